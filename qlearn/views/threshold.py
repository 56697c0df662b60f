"""A figure of 11-affine: a trained layer on the grid, and the threshold beyond which it is cut."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.networks import fold, load
from qlearn.numbers import Affine, sqnr

from .style import BLUE, GREY, PALE, PURPLE, VERMILION

SHARES = np.arange(10, 101)


@cache
def weights():
    """The 4,608 weights of the second convolution of digits_cnn, seed 0, batch norm folded in."""
    return fold(load("digits_cnn")).layers[2].W.ravel()


def clipped(share, num_bits):
    """The symmetric grid whose range is this share (in percent) of the largest weight."""
    T = share / 100 * np.abs(weights()).max()
    return Affine.from_range(-T, T, num_bits, symmetric=True)


@cache
def sqnr_by_share(num_bits):
    """SQNR of the layer for thresholds of 10, 11, ... 100 percent of its largest weight."""
    return np.array([sqnr(weights(), clipped(t, num_bits)(weights())) for t in SHARES])


def real_layer(fig):
    """A trained layer on the grid: what each level gets, and what the threshold does."""
    W, (left, right) = weights(), fig.subplots(1, 2)
    m = np.abs(W).max()
    left.hist(W, bins=61, range=(-m, m), density=True, color=PALE, ec=GREY, lw=0.5)
    left.set(xlim=(-1.42 * m, 1.42 * m), ylim=(-0.12 / m, 3.2 / m), yticks=[], xlabel="weight")
    left.spines["bottom"].set_position("zero")  # so that the marks of empty levels are whole
    left.set_title("weights, and how many each level gets")
    stems = left.add_collection(LineCollection([], colors=VERMILION, lw=2))
    used = left.plot([], [], "o", color=VERMILION)[0]
    unused = left.plot([], [], "o", mfc="white", color=VERMILION)[0]
    walls = [left.axvline(0, color=BLUE, ls="--") for _ in range(2)]
    right.set(xlim=(6, 104), ylim=(-4, 46), xlabel="threshold T (% of the largest weight)")
    right.tick_params(axis="x", pad=8)
    right.set_title("SQNR (dB)")
    (curve,) = right.plot(SHARES, np.full(91, np.nan), color=BLUE)
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12, clip_on=False)
    (point,) = right.plot([], [], "o", color=VERMILION, ms=11)

    def update(guess=100, threshold=100, num_bits=4, reveal=False):
        Q = clipped(threshold, num_bits)
        q, curve_now = Q.quantize(W), sqnr_by_share(num_bits)
        levels = Q.dequantize(np.arange(Q.qmin, Q.qmax + 1))
        counts = np.bincount(q.astype(int) - Q.qmin, minlength=len(levels))
        height = counts / (len(W) * Q.scale)
        for marks in used, unused:
            marks.set_markersize(min(8, 2 ** (5 - num_bits / 2)))  # 256 levels need small ones
        stems.set_segments([[(x, 0), (x, h)] for x, h in zip(levels, height, strict=True)])
        used.set_data(levels[counts > 0], height[counts > 0])
        unused.set_data(levels[counts == 0], 0 * levels[counts == 0])
        for wall, side in zip(walls, (-1, 1), strict=True):
            wall.set_xdata([side * threshold * m / 100] * 2)
        point.set_data([threshold], [curve_now[threshold - 10]])
        guessed.set_data([guess], [curve_now[guess - 10] if reveal else -4])
        curve.set_ydata(curve_now if reveal else np.full(91, np.nan))
        cut = 100 * np.mean(np.abs(W) > threshold * m / 100)
        return layer_caption(threshold, cut, curve_now, guess if reveal else None)

    return update


def layer_caption(threshold, cut, curve, guess):
    """What the threshold costs and buys; with the guess, where the best one lies."""
    now = curve[threshold - 10]
    said = f"T = {threshold} %: {cut:.1f} % of the weights are cut off, {now:.1f} dB"
    if guess is None and threshold == 100:
        return f"Nothing is cut off: {now:.1f} dB, noise of 1/{10 ** (now / 10):.0f} of the signal."
    if guess is None:
        return f"{said}, {now - curve[-1]:+.1f} dB beside no clipping."
    best = SHARES[curve.argmax()]
    return f"{said}. You said {guess} %; the best is {best} % with {curve.max():.1f} dB."
