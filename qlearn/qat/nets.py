"""Train the shipped networks again: `make nets`."""

import numpy as np
import torch
from torch import nn

from qlearn.networks.data import digits, distort
from qlearn.networks.trained import HERE, NETWORKS, SEEDS, arrays_of

from .train import train
from .twin import to_numpy, to_torch


def trained_net(net, data, epochs=30, seed=0, rate=5e-3):
    """A trained copy of a numpy network, from random weights."""
    rng = torch.Generator().manual_seed(seed)
    model, _ = train(initialized(to_torch(net), rng), data, epochs, rng, rate)
    return to_numpy(model, net.input_shape)


def initialized(module, rng):
    """The module with random weights (He et al. 2015), no biases, batch norm that does nothing."""
    for m in module:
        if isinstance(m, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu", generator=rng)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        if isinstance(m, nn.BatchNorm2d):
            m.reset_parameters()
    return module


def plain_and_hard(seed):
    """Training digits for each epoch: as they are, and distorted anew."""
    x, y = digits("train")

    def data(epoch):
        turned = distort(x, np.random.default_rng([seed, epoch]))
        return np.concatenate([x, turned]), np.concatenate([y, y])

    return data


def train_nets(epochs=40):
    """Write the .npz of every shipped network and seed."""
    HERE.mkdir(exist_ok=True)
    for name, empty in NETWORKS.items():
        for seed in SEEDS:
            net = trained_net(empty(), plain_and_hard(seed), epochs, seed)
            np.savez_compressed(HERE / f"{name}-{seed}.npz", **arrays_of(net))
            print(f"{name} seed {seed}: trained")
