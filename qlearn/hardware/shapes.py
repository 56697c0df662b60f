"""The shapes of a network's tensors, followed through its layers without running it.

With this module one can
- go through a network: `for step in walk(net)`, each a layer with the shapes before and after it,
- find the most memory its activations need at once: `peak_activation_bytes(net)`.

Shapes are those of one input, without the batch.
"""

from collections.abc import Iterator
from math import ceil, prod
from typing import NamedTuple

from qlearn.networks.layers import AvgPool, BatchNorm, Conv2d, Dense, Flatten, ReLU
from qlearn.networks.quantized import Quantized

FLOAT_BITS = 32  # a value that no quantizer touches is a float32


class Step(NamedTuple):
    """One layer on the way, its quantizers (or None) and the shapes before and after it."""

    layer: object
    weights: object
    inputs: object
    shape_in: tuple
    shape_out: tuple

    @property
    def has_weights(self) -> bool:
        return isinstance(self.layer, Conv2d | Dense)


def bits(quantizer) -> int:
    """Give the width of a code, or of a float where nothing is quantized."""
    return FLOAT_BITS if quantizer is None else quantizer.num_bits


def check_channels(layer, found: int) -> None:
    """Refuse an input with another number of channels than the weights have."""
    wanted = layer.W.shape[1] * getattr(layer, "groups", 1)
    if found != wanted:
        raise ValueError(f"{type(layer).__name__} takes {wanted} channels but gets {found}")


def shape_after(layer, shape: tuple) -> tuple:
    """Give the shape that `layer` makes of `shape`."""
    match layer:
        case Conv2d(W=W, stride=stride, padding=padding):
            check_channels(layer, shape[0])
            pairs = zip(shape[1:], W.shape[2:], strict=True)
            sizes = [(n + 2 * padding - k) // stride + 1 for n, k in pairs]
            if min(sizes) < 1:
                raise ValueError(f"a kernel of {W.shape[2:]} does not fit into images of {shape}")
            return (W.shape[0], *sizes)
        case Dense(W=W):
            check_channels(layer, shape[-1])
            return (*shape[:-1], W.shape[0])
        case AvgPool(size=size):
            if any(n % size for n in shape[1:]):
                raise ValueError(f"AvgPool({size}) does not divide a tensor of shape {shape}")
            return (shape[0], *(n // size for n in shape[1:]))
        case Flatten():
            return (prod(shape),)
        case ReLU():
            return shape
        case BatchNorm():
            raise ValueError("BatchNorm has no price of its own: cost fold(net) instead of net")
    raise ValueError(f"no rule to price a layer of type {type(layer).__name__}")


def walk(net) -> Iterator[Step]:
    """Go through the network layer by layer, unwrapping the quantized ones."""
    shape = getattr(net, "input_shape", None)
    if not shape:
        raise ValueError(f"{type(net).__name__} has no input_shape: how large is one input?")
    for layer in net.layers:
        weights = inputs = None
        if isinstance(layer, Quantized):
            layer, weights, inputs = layer.layer, layer.weights, layer.inputs
        after = shape_after(layer, shape)
        yield Step(layer, weights, inputs, shape, after)
        shape = after


def peak_activation_bytes(net) -> int:
    """Find the largest input + output of one layer, in bytes; ReLU and Flatten work in place.

    A tensor is stored, packed, at the width at which the next layer with weights reads it.
    """
    width_out, peak = FLOAT_BITS, 0
    for step in reversed(list(walk(net))):
        width_in = bits(step.inputs) if step.has_weights else width_out
        if not isinstance(step.layer, ReLU | Flatten):
            tensors = (prod(step.shape_in) * width_in, prod(step.shape_out) * width_out)
            peak = max(peak, sum(ceil(size_bits / 8) for size_bits in tensors))
        width_out = width_in
    return peak
