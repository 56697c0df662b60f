"""The same network twice: frozen numpy layers and torch modules, one description."""

import numpy as np
import torch
from torch import nn

from qlearn.networks import (
    AvgPool,
    BatchNorm,
    Conv2d,
    Dense,
    Flatten,
    Quantized,
    ReLU,
    Sequential,
)

from .chain import chain
from .lsq import FakeQuantize
from .model import FakeQuantized


def to_torch(net):
    """The torch twin of a numpy network, with the same weights, in evaluation mode."""
    # A new torch module draws random weights: from a copy of the caller's random state.
    with torch.random.fork_rng(devices=[]):
        return nn.Sequential(*[module_of(layer) for layer in net.layers]).eval()


def to_numpy(module, input_shape=None):
    """The numpy twin of a torch model that is a chain of the layers that the course knows.

    Quantized layers become Quantized; those of a trained model take the same decisions.
    """
    return Sequential(tuple(layer_of(m) for m in chain(module)), input_shape)


def module_of(layer):
    """One torch module for one layer."""
    match layer:
        case Conv2d(W, b, stride, padding, groups):
            out, channels, *size = W.shape
            options = dict(stride=stride, padding=padding, groups=groups, bias=b is not None)
            return filled(nn.Conv2d(channels * groups, out, size, **options), weight=W, bias=b)
        case Dense(W, b):
            return filled(nn.Linear(*W.shape[::-1], bias=b is not None), weight=W, bias=b)
        case BatchNorm(gamma, beta, mean, var, eps):
            norm = nn.BatchNorm2d(len(gamma), eps=eps)
            return filled(norm, weight=gamma, bias=beta, running_mean=mean, running_var=var)
        case AvgPool(size):
            return nn.AvgPool2d(size)
        case ReLU():
            return nn.ReLU()
        case Flatten():
            return nn.Flatten()
        case Quantized(layer, weights, inputs):
            weights = weights and FakeQuantize(weights)
            return FakeQuantized(
                module_of(layer), weights, inputs and FakeQuantize(inputs, batched=True)
            )
    raise ValueError(f"a {type(layer).__name__} has no torch twin")


def filled(module, **arrays):
    """The module with these arrays in its parameters and buffers."""
    for name, array in arrays.items():
        if array is not None:
            getattr(module, name).data.copy_(torch.tensor(np.ascontiguousarray(array)))
    return module


KNOWN = nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.AvgPool2d, nn.ReLU, nn.Flatten


def layer_of(m):
    """One frozen layer for one torch module."""
    base = next((known for known in KNOWN if isinstance(m, known)), None)
    if base and type(m).forward is not base.forward:
        raise ValueError(f"{m} computes something of its own: it has no numpy twin")
    match m:
        case nn.Conv2d():
            (stride, other), padding = m.stride, m.padding[0]
            plain = m.dilation == (1, 1) and m.padding_mode == "zeros"
            if not plain or stride != other or m.padding != (padding, padding):
                raise ValueError(f"{m} has no numpy twin: one stride, zero padding, no dilation")
            return Conv2d(array(m.weight), array(m.bias), stride, padding, m.groups)
        case nn.Linear():
            return Dense(array(m.weight), array(m.bias))
        case nn.BatchNorm2d(affine=True, track_running_stats=True):
            arrays = map(array, (m.weight, m.bias, m.running_mean, m.running_var))
            return BatchNorm(*arrays, m.eps)
        case nn.AvgPool2d(
            kernel_size=int(size), padding=0, divisor_override=None, ceil_mode=False
        ) if m.stride == size:
            return AvgPool(size)
        case nn.ReLU():
            return ReLU()
        case nn.Flatten(start_dim=1, end_dim=-1):
            return Flatten()
        case FakeQuantized():
            return Quantized(
                layer_of(m.layer), grid_of(m.weights, m.layer.weight), grid_of(m.inputs)
            )
    names = ", ".join(known.__name__ for known in KNOWN)
    raise ValueError(f"{m} has no numpy twin; there are twins of {names}")


def grid_of(quantizer, x=None):
    """The numpy quantizer that a module has come to; a range that follows x has to see it."""
    if quantizer is None:
        return None
    if not isinstance(getattr(type(quantizer), "Q", None), property):
        raise ValueError(f"{quantizer} has no property Q, the numpy quantizer that it has come to")
    if x is not None:
        quantizer(x)
    return quantizer.Q


def array(tensor):
    """A parameter as a float32 array of its own, or None."""
    return None if tensor is None else tensor.detach().cpu().numpy().astype(np.float32, copy=True)
