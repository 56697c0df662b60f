"""The first small pictures of 17-history: an integral as a sum, rounded data, a sampled wave."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.numbers import sheppard, sqnr
from qlearn.numbers.ancestors import pcm, riemann

from .history import layer
from .style import BLACK, BLUE, GREY, SKY, VERMILION

CELLS = np.arange(1, 65)
STEPS = np.arange(2, 41) / 10
AREA = 0.47724986805182085  # of the bell from 0 to 2 sigma: Phi(2) - 1/2


def bell(x):
    """The density of the normal distribution."""
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


@cache
def sum_errors():
    """How far left ends and middles are off, for 1 to 64 cells: two rows."""
    return np.abs([[riemann(bell, 0, 2, n, at) - AREA for n in CELLS] for at in (0, 0.5)])


def sums(fig):
    """An integral as a sum: the cells, and the error of left ends and of middles."""
    left, right = fig.subplots(1, 2)
    x = np.linspace(0, 2, 200)
    left.fill_between(x, bell(x), color=SKY, alpha=0.3)
    left.set(xlim=(0, 2), ylim=(0, 0.42), yticks=[], title="area of the bell, 0 to 2")
    (steps,) = left.plot([], [], color=VERMILION, drawstyle="steps-post", lw=1.5)
    right.set(xscale="log", yscale="log", ylim=(2e-6, 1), xticks=[1, 4, 16, 64])
    right.set(xticklabels=[1, 4, 16, 64], title="error: left ends dashed, middles solid")
    right.minorticks_off()
    for row, style in zip(sum_errors(), ("--", "-"), strict=True):
        right.plot(CELLS, row, style, color=GREY)
    (dots,) = right.plot([], [], "o", color=VERMILION)

    def update(cells=8, middles=True):
        edges = np.linspace(0, 2, cells + 1)
        height = bell(edges[:-1] + middles / cells)
        steps.set_data(edges, [*height, height[-1]])
        ends, middle = sum_errors()[:, cells - 1]
        dots.set_data([cells], [middle if middles else ends])
        off, place = (middle, "in the middle") if middles else (ends, "at its left end")
        count = f"{cells} cells, each" if cells > 1 else "1 cell,"
        return f"{count} measured {place}: off by {off:.2g} of {AREA:.3f}."

    return update


@cache
def variances():
    """Variance of the rounded layer, plain and corrected, over its own, for all steps: two rows."""
    x = layer() / layer().std()
    plain = np.array([np.var(step * np.round(x / step)) for step in STEPS])
    return np.array([plain, sheppard(plain, STEPS)])


def rounded_variance(fig):
    """Rounded weights, and how much wider they look than they are."""
    left, right = fig.subplots(1, 2)
    x = np.linspace(-4, 4, 200)
    left.fill_between(x, bell(x), color=SKY, alpha=0.3)
    left.set(xlim=(-4.4, 4.4), ylim=(0, 0.45), yticks=[], title="weights, rounded (in sigma)")
    stems = left.add_collection(LineCollection([], colors=VERMILION, lw=3))
    right.set(xlim=(0, 4.1), ylim=(-0.75, 1.75), title="variance over true; dashed: rounded")
    right.axhline(1, color=BLACK, lw=1)
    for row, style in zip(variances(), ("--", "-"), strict=True):
        right.plot(STEPS, row, style, color=GREY)
    (dots,) = right.plot([], [], "o", color=VERMILION)

    def update(step=1.0):
        code, count = np.unique(np.round(layer() / layer().std() / step), return_counts=True)
        tops = count / layer().size / step
        stems.set_segments(
            [[(q * step, 0), (q * step, h)] for q, h in zip(code, tops, strict=True)]
        )
        plain, corrected = variances()[:, round(10 * step) - 2]
        dots.set_data([step, step], [plain, corrected])
        verdict = "trust it" if abs(corrected - 1) < 0.01 else "too coarse"
        verdict = "nonsense, below zero" if corrected < 0 else verdict
        return (
            f"Step {step:.1f} sigma: variance {100 * (plain - 1):+.1f} % off as rounded, "
            f"{100 * (corrected - 1):+.1f} % corrected: {verdict}."
        )

    return update


TIME = np.linspace(0, 1, 1000, endpoint=False)
WAVE = np.sin(2 * np.pi * 3 * TIME + 0.5)


@cache
def wave_sqnr():
    """SQNR of the wave for 1 to 8 bits."""
    return np.array([sqnr(WAVE, pcm(WAVE, b)) for b in range(1, 9)])


def wave(fig):
    """A sine, sampled and rounded, and its SQNR beside the six decibels a bit."""
    left, right = fig.subplots(1, 2, width_ratios=(1.6, 1))
    left.plot(TIME, WAVE, color=BLUE, lw=1)
    left.set(xlim=(0, 1), xticks=[], yticks=[-1, 0, 1], title="what is sent")
    (sent,) = left.plot(TIME, WAVE, color=VERMILION, lw=1.5)
    b = np.arange(1, 9)
    right.plot(b, 6.02 * b + 1.76, "--", color=BLACK, lw=1)
    right.plot(b, wave_sqnr(), ".", color=GREY)
    right.set(xlim=(0.5, 8.5), ylim=(0, 55), xticks=[2, 4, 6, 8], title="SQNR (dB) against bits")
    (here,) = right.plot([], [], "o", color=VERMILION)

    def update(num_bits=3):
        sent.set_ydata(pcm(WAVE, num_bits))
        dB = wave_sqnr()[num_bits - 1]
        here.set_data([num_bits], [dB])
        rule = 6.02 * num_bits + 1.76
        count = f"{num_bits} bits" if num_bits > 1 else "1 bit"
        return f"{count} a sample: {dB:.1f} dB; 6.02 b + 1.76 says {rule:.1f}."

    return update
