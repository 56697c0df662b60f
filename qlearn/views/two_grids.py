"""A figure of 15-activations: one image in any light, on a static grid and on its own."""

from functools import cache

import numpy as np

from qlearn.networks import digits
from qlearn.numbers import Affine, minmax_range, sqnr

from .shift import network, shifted
from .style import GREEN, GREY, PALE, VERMILION

BRIGHTNESS = np.arange(1, 11) / 10
NOISE = [0.0, 0.1, 0.2, 0.3, 0.4]


@cache
def static_range():
    """What the second convolution of digits_cnn receives from 180 bright digits: min and max."""
    return minmax_range(network("digits_cnn").outputs(digits("calibration")[0])[1])


@cache
def activations(brightness, noise):
    """What the second convolution receives from the first test digit, in this light."""
    x = shifted(digits("test")[0][:1], brightness, noise, np.random.default_rng(0))
    return network("digits_cnn").outputs(x)[1].ravel()


@cache
def grids(brightness, noise, num_bits):
    """(grid, which of its levels are used, SQNR) with the static range and with the image's own."""
    x, rows = activations(brightness, noise), []
    for ends in static_range(), minmax_range(x):
        Q = Affine.from_range(*ends, num_bits, signed=False)
        used = np.bincount(Q.quantize(x), minlength=Q.qmax + 1) > 0
        rows.append((Q.dequantize(np.arange(Q.qmax + 1)), used, sqnr(x, Q(x))))
    return rows


@cache
def curve(noise, num_bits):
    """The SQNR on both grids for each brightness."""
    return np.array([[row[2] for row in grids(b, noise, num_bits)] for b in BRIGHTNESS.tolist()]).T


def two_grids(fig):
    """The activations of one image, the levels that a static and its own grid put under them."""
    shape = dict(height_ratios=[2.2, 1], width_ratios=[1.5, 1])
    ax, right, rows = fig.subplot_mosaic("AC;BC", **shape).values()
    edges = np.linspace(0, 4.6, 47)
    bars = ax.stairs(np.ones(46), edges, baseline=0.5, fill=True, fc=PALE, ec=GREY)
    ax.set(xlim=(-0.1, 4.7), yscale="log", ylim=(0.7, 1500), yticks=[1, 10, 100, 1000], xticks=[])
    ax.minorticks_off()
    ax.set_title("activations of one image (count)")
    rows.set(xlim=(-0.1, 4.7), ylim=(-0.6, 1.6), yticks=[0, 1], yticklabels=["its own", "static"])
    rows.tick_params(axis="y", length=0)
    rows.spines["left"].set_visible(False)
    rows.set_xlabel("activation; grey: levels that nothing uses")
    marks = [[rows.plot([], [], "|", color=c, ms=17, mew=w)[0] for c, w in pair] for pair in
             [((PALE, 1.2), (VERMILION, 1.6)), ((PALE, 1.2), (GREEN, 1.6))]]  # fmt: skip
    right.set(xlim=(0.05, 1.05), ylim=(-2, 58), xlabel="brightness", title="SQNR (dB)")
    right.grid(True)
    curves = [right.plot([], [], s, color=c)[0] for s, c in [("-", VERMILION), ("--", GREEN)]]
    points = [right.plot([], [], m, color=c, ms=11)[0] for m, c in [("o", VERMILION), ("s", GREEN)]]

    def update(brightness=1.0, noise=0.0, num_bits=8, reveal=False):
        light = round(brightness, 1), round(noise, 1)
        bars.set_data(np.histogram(activations(*light), edges)[0].clip(0.5))
        both = grids(*light, num_bits)
        for i, (pair, (levels, used, dB)) in enumerate(zip(marks, both, strict=True)):
            shown = reveal or i == 0
            for mark, which in zip(pair, (~used, used), strict=True):
                at = levels[which & shown]
                mark.set_data(at, np.full(len(at), 1 - i))
            points[i].set_data([light[0]] if shown else [], [dB] if shown else [])
            curves[i].set_data(
                *((BRIGHTNESS, curve(light[1], num_bits)[i]) if reveal else ([], []))
            )
        said = f"The static grid uses {both[0][1].sum()} of its {2**num_bits} levels"
        if not reveal:
            return f"{said}: {both[0][2]:.1f} dB."
        return f"{said}; the image's own grid is {both[1][2] - both[0][2]:.1f} dB better."

    return update
