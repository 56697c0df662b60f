"""The shipped networks, five trained seeds of each. `make nets` trains them again."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from .layers import AvgPool, BatchNorm, Conv2d, Dense, Flatten, ReLU, Sequential

HERE = Path(__file__).parent / "nets"
SEEDS = range(5)


def digits_cnn():
    """Three convolutions and a dense layer: 25,744 weights, 601,600 MACs an image; all zeros."""
    return Sequential(
        (
            *block(1, 16),
            *block(16, 32),
            AvgPool(2),
            *block(32, 64),
            AvgPool(2),
            Flatten(),
            Dense(zeros(10, 256), zeros(10)),
        ),
        input_shape=(1, 8, 8),
    )


def digits_mobilenet():
    """Depthwise and pointwise convolutions by turns: 8,448 weights; all zeros."""
    return Sequential(
        (
            *block(1, 16),
            *block(16, 16, groups=16),
            *block(16, 32, size=1),
            AvgPool(2),
            *block(32, 32, groups=32),
            *block(32, 64, size=1),
            *block(64, 64, groups=64),
            *block(64, 64, size=1),
            AvgPool(4),
            Flatten(),
            Dense(zeros(10, 64), zeros(10)),
        ),
        input_shape=(1, 8, 8),
    )


NETWORKS = {"digits_cnn": digits_cnn, "digits_mobilenet": digits_mobilenet}


def block(channels, out, size=3, groups=1):
    """Convolution, batch norm, ReLU; the image keeps its size."""
    W = zeros(out, channels // groups, size, size)
    norm = BatchNorm(zeros(out), zeros(out), zeros(out), zeros(out))
    return Conv2d(W, padding=size // 2, groups=groups), norm, ReLU()


def zeros(*shape):
    return np.zeros(shape, np.float32)


def load(name, seed=0):
    """A shipped network by its name, as it was trained: with batch norm, in float32."""
    if name not in NETWORKS:
        raise ValueError(f"name is {name!r}: the shipped networks are {', '.join(NETWORKS)}")
    if isinstance(seed, bool) or seed not in SEEDS:
        raise ValueError(f"seed is {seed}: five are shipped, 0 to 4")
    with np.load(HERE / f"{name}-{int(seed)}.npz", allow_pickle=False) as arrays:
        return with_arrays(NETWORKS[name](), arrays)


def arrays_of(net):
    """All arrays of a network by name: "0.W" is the weights of the first layer."""
    return {
        f"{i}.{field.name}": getattr(layer, field.name)
        for i, layer in enumerate(net.layers)
        for field in fields(layer)
        if isinstance(getattr(layer, field.name), np.ndarray)
    }


def with_arrays(net, arrays):
    """The same network with other arrays of the same names and shapes."""
    layers = list(net.layers)
    for key, old in arrays_of(net).items():
        if key not in arrays or arrays[key].shape != old.shape:
            raise ValueError(f"{key} of shape {old.shape} is missing from the file")
        i, name = key.split(".")
        layers[int(i)] = replace(layers[int(i)], **{name: arrays[key]})
    return Sequential(tuple(layers), net.input_shape)
