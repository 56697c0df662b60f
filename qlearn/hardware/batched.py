"""The roofline with a batch: each weight is read once for all inputs, and used for each of them.

With this module one can
- describe work: `work("LLaMA-2-7B")`, `work((macs, weights, layers))`, or `work(net)`,
- bound its time: `batch_bound("LLaMA-2-7B", "a100", weight_bits=4, input_bits=16, batch=8)`,
- find the batch from which on arithmetic is what it waits for: `turning_batch(...)`,
- count the keys and values of a context: `kv_bytes("LLaMA-2-7B", tokens=2048, batch=39)`.

Bounds count the codes of the weights; scales, keys and values come on top, activations stay on
the chip.
"""

from typing import NamedTuple

import numpy as np

from .counts import count
from .paths import WIDTH, narrowest
from .place import find, path_in, peak_in, positive
from .roofline import bound_s
from .tables import number, rows

MANY = 10**12  # more inputs or layers than that are a mistake


class Work(NamedTuple):
    """A layer, or a whole model taken as one: MACs for one input, and weights."""

    macs: float
    weights: float
    conv_macs: float = 0  # those of convolutions, which microcontrollers tell apart
    layers: int = 1  # matrices that are started one after the other; zero: nobody said


class BatchBound(NamedTuple):
    """A bound, if all weights are read from memory; what runs, and what one waits for."""

    seconds: float
    memory_s: float  # the part of it that waits for memory
    path: str

    @property
    def waits_for(self) -> str:
        return "memory" if self.memory_s >= self.seconds / 2 else "arithmetic"


def model_row(name: str) -> dict:
    """Find a model of the tables."""
    known = {row["name"]: row for row in rows("models")}
    if name not in known:
        raise ValueError(f"no model {name!r} in the tables; there are {', '.join(known)}")
    return known[name]


def work(model) -> tuple[Work, ...]:
    """Give the work of a model of the tables, of (macs, weights, layers), or of a numpy network."""
    if isinstance(model, str):
        parts = ("macs", "weights", "macs_conv", "layers")
        return (Work(*(int(number(model_row(model)[part])) for part in parts)),)
    if isinstance(model, tuple | list):
        return (in_numbers(model),)
    accepted = "a name of the tables, (macs, weights, layers), or a numpy network"
    if hasattr(model, "named_parameters"):
        raise ValueError(f"a model is {accepted}: of a torch model give qlearn.qat.to_numpy(model)")
    if not hasattr(model, "layers"):
        raise ValueError(f"a model is {accepted}, not a {type(model).__name__}")
    layers = count(model)
    if not layers:
        raise ValueError("the network has no layer with weights: there is nothing to time")
    return tuple(Work(n.macs, n.weights, n.macs * (n.kind == "conv")) for n in layers)


def in_numbers(numbers) -> Work:
    """Take a model in numbers; without a third one nobody knows what it has to start."""
    if len(numbers) not in (2, 3):
        raise ValueError(f"a model in numbers is (macs, weights, layers), not {numbers!r}")
    layers = whole("layers", numbers[2], 1) if len(numbers) == 3 else 0
    return Work(*map(positive, numbers[:2]), layers=layers)


def whole(name: str, value, least: int, most: int = MANY) -> int:
    """Refuse what is no whole number from least to most."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or not least <= value <= most:
        types = ", ".join(f"{dtype} {width}" for dtype, width in WIDTH.items())
        note = f" (data types by their bits: {types})" if name.endswith("bits") else ""
        limits = f"a whole number from {least} to {most:g}"
        raise ValueError(f"{name} must be {limits}, not {value!r}{note}")
    return int(value)


def path_of(place, weight_bits: int, input_bits: int) -> str:
    """Choose the data type that multiplies: the narrowest of this device that holds both sides."""
    sides = {"weight_bits": weight_bits, "input_bits": input_bits}
    return path_in(place, narrowest(*(whole(side, bits, 1, 32) for side, bits in sides.items())))


def batch_bound(model, device, weight_bits=16, input_bits=16, batch=1) -> BatchBound:
    """Sum max(2 batch MACs / peak, weights bits / 8 / bandwidth) over the layers (Williams 2009).

    model: what `work` takes. Layers run one after the other, each in one data type.
    """
    batch, path = whole("batch", batch, 1), path_of(device, weight_bits, input_bits)
    peak_ops_s, bandwidth = peak_in(device, path), find(device).bandwidth_bytes_s
    seconds = memory_s = 0.0
    for layer in work(model):
        num_bytes = layer.weights * weight_bits / 8
        bound = bound_s(batch * layer.macs, num_bytes, peak_ops_s, bandwidth)
        seconds += bound
        memory_s += bound if bound == num_bytes / bandwidth else 0.0
    return BatchBound(seconds, memory_s, path)


def turning_batch(model, device, weight_bits=16, input_bits=16) -> float:
    """Give the batch at which reading the weights takes as long as using them.

    batch = (weights bits / 8 / bandwidth) / (2 MACs / peak), for the model as one piece.
    """
    layers, path = work(model), path_of(device, weight_bits, input_bits)
    num_bytes = sum(layer.weights for layer in layers) * weight_bits / 8
    operations = 2 * sum(layer.macs for layer in layers)
    return num_bytes / find(device).bandwidth_bytes_s * peak_in(device, path) / operations


def kv_bytes(model: str, tokens: int, batch=1, num_bits=16) -> float:
    """Bytes = batch tokens (2 layers width) bits / 8: what a step of decoding reads besides."""
    tokens, batch = whole("tokens", tokens, 1), whole("batch", batch, 1)
    if not model_row(model)["kv_values"]:
        raise ValueError(f"{model} has no keys and values in the tables")
    return batch * tokens * number(model_row(model)["kv_values"]) * num_bits / 8
