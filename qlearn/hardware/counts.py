"""Exact counts: multiplications, weights, biases and bytes of a network, layer by layer.

With this module one can
- count a network: `count(net)`, a `LayerCount` for each layer that has weights,
- multiply bits with bits: `bops(count(net))`.
"""

from dataclasses import dataclass
from math import ceil, log2, prod

from qlearn.networks.layers import Dense

from .shapes import FLOAT_BITS, Step, bits, walk

BIAS_BYTES = 4  # integer kernels keep a bias as int32, float kernels as float32


@dataclass(frozen=True)
class LayerCount:
    """What one layer with weights multiplies (for one input) and stores."""

    name: str
    kind: str  # conv, pointwise, depthwise or dense
    macs: int
    weights: int
    biases: int
    fan_in: int  # products summed for one output
    weight_bits: int
    input_bits: int
    code_bytes: int
    scale_bytes: int
    zero_point_bytes: int
    level_bytes: int = 0  # of a codebook

    @property
    def bias_bytes(self) -> int:
        return BIAS_BYTES * self.biases

    @property
    def bytes(self) -> int:
        """All that is stored: codes, scales, zero points, levels and biases."""
        quantizer_bytes = self.scale_bytes + self.zero_point_bytes + self.level_bytes
        return self.code_bytes + quantizer_bytes + self.bias_bytes


def kind(layer) -> str:
    """Name the four kinds of layers that chips treat differently."""
    if isinstance(layer, Dense):
        return "dense"
    if layer.groups > 1 and layer.W.shape[1] == 1:
        return "depthwise"
    return "pointwise" if layer.W.shape[2:] == (1, 1) else "conv"


def weight_bytes(W, quantizer) -> dict[str, int]:
    """Bytes of all that is stored of W, codes, scales and more, each packed into whole bytes."""
    floats = {"codes": W.size * FLOAT_BITS, "scales": 0, "zero_points": 0}
    stored = floats if quantizer is None else quantizer.storage(W.size)
    names = {"codes": "code_bytes", "scales": "scale_bytes", "zero_points": "zero_point_bytes"}
    names |= {"levels": "level_bytes"}
    part_bytes = dict.fromkeys(names.values(), 0)
    return part_bytes | {names[part]: ceil(bits / 8) for part, bits in stored.items()}


def count_layer(step: Step, name: str) -> LayerCount:
    """Count one layer: macs = outputs x fan-in, where fan-in = weights / output channels."""
    W, b = step.layer.W, step.layer.b
    return LayerCount(
        name=name,
        kind=kind(step.layer),
        macs=prod(step.shape_out) * (W.size // len(W)),
        weights=W.size,
        biases=0 if b is None else b.size,
        fan_in=W.size // len(W),
        weight_bits=bits(step.weights),
        input_bits=bits(step.inputs),
        **weight_bytes(W, step.weights),
    )


def count(net) -> tuple[LayerCount, ...]:
    """Count every layer with weights, in order; for one input."""
    steps = [step for step in walk(net) if step.has_weights]
    return tuple(count_layer(step, f"{kind(step.layer)} {i}") for i, step in enumerate(steps, 1))


def bops(layers, accumulate=False) -> float:
    """Sum MACs x weight bits x input bits (HAWQ-V3, Bayesian Bits).

    accumulate=True adds the width of the sum: macs (b_w b_a + b_w + b_a + log2 fan_in) (UNIQ 2018).
    """
    total = sum(n.macs * n.weight_bits * n.input_bits for n in layers)
    if accumulate:
        total += sum(n.macs * (n.weight_bits + n.input_bits + log2(n.fan_in)) for n in layers)
    return total
