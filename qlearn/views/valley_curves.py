"""What a threshold cuts off and costs on five tensors: the curves of the figure of 13-calibrate."""

from functools import cache

import numpy as np

from qlearn.networks import digits, fold, load
from qlearn.numbers import (
    Affine,
    entropy_range,
    gauss_range,
    laplace_range,
    minmax_range,
    mse_range,
    percentile_range,
    sqnr,
)
from qlearn.numbers.valley import Table

TENSORS = ["Laplace", "Gaussian", "conv weights", "ReLU outputs", "one outlier"]
SHARES = np.arange(1, 101)  # percent of the largest value
EDGES = np.linspace(-100, 100, 62)
MARKS = {
    "$m$": minmax_range,
    "$p$": percentile_range,
    "$e$": entropy_range,
    "$L$": laplace_range,
    "$G$": gauss_range,
    "*": mse_range,
}


@cache
def values(tensor):
    """The values of a tensor by its name; no test digits."""
    if tensor not in TENSORS:
        raise ValueError(f"tensor is {tensor!r}: choose from {', '.join(TENSORS)}")
    rng = np.random.default_rng(0)
    if tensor == "Laplace":
        return rng.laplace(size=100_000).astype(np.float32)
    if tensor == "conv weights":
        return fold(load("digits_cnn")).layers[2].W.ravel()
    if tensor == "ReLU outputs":
        return fold(load("digits_cnn")).outputs(digits("calibration")[0][::5])[3].ravel()
    x = rng.normal(size=100_000).astype(np.float32)
    if tensor == "one outlier":
        x[-1] = 100
    return x


@cache
def table(tensor):
    return Table.of(values(tensor))


def grid(tensor, T, num_bits):
    """The grid that clips at T: symmetric, but for the outputs of a ReLU."""
    symmetric = tensor != "ReLU outputs"
    return Affine.from_range(-T if symmetric else 0 * T, T, num_bits, symmetric=symmetric)


@cache
def valley_curves(tensor, num_bits):
    """T, clipping and rounding error at 1, 2, ... 100 percent, as shares of the sum of squares."""
    x = table(tensor)
    T = SHARES / 100 * np.abs(values(tensor)).max()
    Q = grid(tensor, T, num_bits)
    z = np.broadcast_to(Q.zero_point, T.shape)
    top, bottom = Q.scale * (Q.qmax - z), Q.scale * (Q.qmin - z)
    clipping = np.maximum(x.above(T, top) + x.below(np.minimum(-T, bottom), bottom), 0)
    total = x.error(Q.scale, z, Q.qmin, Q.qmax)
    return T, clipping / x.squares[-1], np.maximum(total - clipping, 0) / x.squares[-1]


@cache
def marked(tensor, num_bits):
    """Where the estimators cut, in percent of the largest value, in the order of MARKS."""
    x, symmetric = values(tensor), tensor != "ReLU outputs"
    ranges = [find(x, num_bits, symmetric=symmetric) for find in MARKS.values()]
    return np.minimum([100 * max(-low, high) / np.abs(x).max() for low, high in ranges], 100)


@cache
def body_sqnr(T, num_bits):
    """The SQNR of the 99,999 values beside the outlier."""
    x = values("one outlier")[:-1]
    return sqnr(x, grid("one outlier", np.float32(T), num_bits)(x))


@cache
def shares(tensor):
    """The share of the values in each bar of the histogram."""
    x = values(tensor)
    counts, _ = np.histogram(100 * x / np.abs(x).max(), EDGES)
    return counts / counts.sum()


def level_places(tensor, threshold, num_bits):
    """The levels in percent of the largest value."""
    Q = grid(tensor, np.float64(threshold), num_bits)
    return Q.dequantize(np.arange(Q.qmin, Q.qmax + 1))
