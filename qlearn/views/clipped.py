"""A figure of 13-calibrate: the same clipping, seen by the tensors and by the network they are in.

Nothing here looks at test digits: every ninth calibration digit gives the ranges and the scores.
"""

from dataclasses import replace
from functools import cache

import numpy as np

from qlearn.networks import Conv2d, Dense, Quantized, digits, fold, load
from qlearn.networks.trained import SEEDS
from qlearn.numbers import Affine, minmax_range, sqnr

from .style import BLUE, VERMILION

WHAT = ["weights", "activations"]
SHARES = np.arange(30, 101, 10)
BITS = [8, 6, 4, 3]
NETS = "digits_cnn", "digits_mobilenet"
NAME = NETS[1]  # the one in the figure


@cache
def twin(name, seed):
    """A shipped network, folded; 20 calibration digits; what each layer receives; the logits."""
    net, x = fold(load(name, seed)), digits("calibration")[0][::9]
    outputs = net.outputs(x)
    return net, x, [x, *outputs[:-1]], outputs[-1]


def has_weights(layer):
    return isinstance(layer, Conv2d | Dense)


def fitted(name, seed, find, num_bits, what):
    """The network whose weights, or activations, have the ranges that find gives, per tensor.

    Weights are symmetric. The image itself stays as it is: 17 grey levels need no clipping.
    """
    net, x, received, _ = twin(name, seed)

    def fit(h, symmetric):
        ends = find(h, num_bits, symmetric=symmetric)
        return Affine.from_range(*ends, num_bits, symmetric=symmetric)

    def quantized(layer, h):
        if what == "weights":
            return Quantized(layer, weights=fit(layer.W, True))
        return layer if h is x else Quantized(layer, inputs=fit(h, False))

    pairs = zip(net.layers, received, strict=True)
    layers = (quantized(layer, h) if has_weights(layer) else layer for layer, h in pairs)
    return replace(net, layers=tuple(layers))


def tensor_sqnr(name, find, num_bits, what, seed=0):
    """The mean SQNR of the tensors, each with the range that find gives."""
    received = twin(name, seed)[2]
    quantized = fitted(name, seed, find, num_bits, what).layers
    if what == "weights":
        rows = [(layer.layer.W, layer.weights) for layer in quantized if hasattr(layer, "weights")]
    else:
        pairs = zip(received, quantized, strict=True)
        rows = [(h, layer.inputs) for h, layer in pairs if hasattr(layer, "inputs")]
    return np.mean([sqnr(h, Q(h)) for h, Q in rows])


def logit_sqnr(name, find, num_bits, what, seed=0):
    """The SQNR of the logits, with the ranges that find gives."""
    _, x, _, logits = twin(name, seed)
    return sqnr(logits, fitted(name, seed, find, num_bits, what)(x))


@cache
def over_seeds(name, find, num_bits, what):
    """logit_sqnr of the five shipped networks: one number a seed."""
    return np.array([logit_sqnr(name, find, num_bits, what, seed) for seed in SEEDS])


def shrunk(share):
    """A range estimator: min/max times share percent."""

    def find(x, num_bits, symmetric=False):
        return tuple(end * x.dtype.type(share / 100) for end in minmax_range(x))

    return find


@cache
def curves(num_bits, what, seed=0):
    """(mean SQNR of the tensors, SQNR of the logits) at each share."""
    rules = [shrunk(share) for share in SHARES]
    return np.array(
        [[f(NAME, r, num_bits, what, seed) for r in rules] for f in (tensor_sqnr, logit_sqnr)]
    )


def clipped(fig):
    """Shrink all ranges at once: left what the tensors say of it, right what the network says."""
    for num_bits in BITS:  # so that no move has to wait for a network
        for what in WHAT:
            curves(num_bits, what)
    axes, parts = fig.subplots(1, 2), []
    for ax, title in zip(
        axes, ["SQNR of the tensors (dB)", "SQNR of the logits (dB)"], strict=True
    ):
        ax.set(xlim=(26, 104), ylim=(-8, 52), title=title, xlabel="ranges (% of min/max)")
        (line,) = ax.plot(SHARES, 0 * SHARES, "o-", color=BLUE, ms=5)
        (point,) = ax.plot([], [], "o", color=VERMILION, ms=11)
        parts.append((line, point))

    def update(share=100, num_bits=4, what="weights", reveal=False):
        both, i = curves(num_bits, what), list(SHARES).index(share)
        for y, (line, point) in zip(both, parts, strict=True):
            line.set_ydata(y if reveal else np.full(len(SHARES), np.nan))
            point.set_data([share], [y[i]])
        said = f"Ranges at {share} % of min/max: {both[0, i]:.1f} dB in the tensors, "
        said += f"{both[1, i]:.1f} dB in the logits"
        if not reveal:
            return said + " (seed 0)."
        best = SHARES[both.argmax(axis=1)]
        return said + f". The tensors are best at {best[0]} %, the network at {best[1]} %."

    return update
