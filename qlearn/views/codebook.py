"""A figure of 21-codebook: four levels under the bell, by hand and by Lloyd's steps."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.grids import bell_even, bell_levels, even_levels, lloyd_max
from qlearn.grids.bell import cells_of
from qlearn.networks import fold, load

from .style import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, VERMILION

GRIDS = ["Gaussian", "weights"]
X = np.linspace(-4, 4, 161)
START = 1.0, 3.0  # inner and outer level
MET = 0.025  # sigma: half of a slider's step
TOP = 1.15  # D beyond it is shown here
LIGHT = "#E3F1FA"  # the sky, paler: every other cell


@cache
def layer():
    """The 18,432 weights of the third convolution of digits_cnn, seed 0, sorted, in sigma."""
    w = np.sort(fold(load("digits_cnn")).weights[2].ravel().astype(np.float64))
    return w / np.sqrt(np.mean(w**2))


@cache
def density(grid):
    """The density at X: of the bell, or of the weights (their share in each bin)."""
    if grid == "Gaussian":
        return np.exp(-(X**2) / 2) / np.sqrt(2 * np.pi)
    return np.histogram(layer(), np.append(X, 4.05) - 0.025, density=True)[0]


@cache
def sums():
    """How many weights, and what they add up to, before each cut."""
    return np.arange(layer().size + 1) / layer().size, np.cumsum(
        np.append(0, layer())
    ) / layer().size


def cells(grid, levels):
    """(share, part of the mean) of each cell; the mean in the cell is their ratio."""
    if grid == "Gaussian":
        return cells_of(levels)
    cuts = np.searchsorted(layer(), (levels[1:] + levels[:-1]) / 2)
    return [np.diff(s[[0, *cuts, -1]]) for s in sums()]


@cache
def walk(inner, outer, grid):
    """From the mirrored levels: 0 to 30 of Lloyd's steps (31, 4), means of cells, errors D."""
    levels, path = np.array([-outer, -inner, inner, outer]), []
    for _ in range(31):
        P, M = cells(grid, levels)
        means = np.where(P > 0, M / np.maximum(P, 1e-300), levels)
        path.append((levels, means, 1 - 2 * levels @ M + levels**2 @ P))
        levels = means
    return [np.array(part) for part in zip(*path, strict=True)]


@cache
def goals(grid):
    """The error D of the best four even levels, and of the best four of all."""
    if grid == "Gaussian":
        both = bell_even(4), bell_levels(4)
    else:
        both = even_levels(layer(), 2), lloyd_max(layer(), 2)
    pairs = [(levels, *cells(grid, levels)) for levels in both]
    return [1 - 2 * levels @ M + levels**2 @ P for levels, P, M in pairs]


def beat(fig):
    """Four levels, their cells and their error; right, the error over Lloyd's steps."""
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
    left.set(xlim=(-4, 4), ylim=(-0.03, 0.46), yticks=[], xlabel="x (sigma)")
    left.set_title("levels, edges (dashed), error (orange area)")
    left.axhline(0, color=GREY, lw=1)
    bells = {g: left.fill([-4, *X, 4], [0, *density(g), 0], fc=PALE, ec=GREY)[0] for g in GRIDS}
    shades = [left.axvspan(0, 1, color=LIGHT, lw=0, zorder=0.9) for _ in range(2)]
    area = left.fill(X, 0 * X, fc=ORANGE, ec=VERMILION)[0]
    stems = left.add_collection(LineCollection([], colors=VERMILION, lw=3))
    edges = left.add_collection(LineCollection([], colors=BLUE, lw=1, ls="--"))
    (off,) = left.plot([], [], "^", mfc="white", color=GREEN, ms=9)
    (met,) = left.plot([], [], "^", color=GREEN, ms=9)
    right.set(xlim=(-0.7, 30.7), yscale="log", ylim=(0.05, 1.3), xlabel="Lloyd steps")
    right.set(title="mean squared error D", yticks=[0.0625, 0.125, 0.25, 0.5, 1])
    right.set_yticklabels(["1/16", "1/8", "1/4", "1/2", "1"])
    right.minorticks_off()
    right.axhline(1 / 16, color=BLACK, ls="--", lw=1.5, zorder=1)
    said = dict(x=28.5, ha="right", zorder=1)
    right.text(y=1 / 16, s="Gaussian limit", va="bottom", **said)
    answers = [right.text(y=0.122, s="best even levels", va="bottom", **said)]
    answers += [right.text(y=0.114, s="best levels of all", va="top", color=GREEN, **said)]
    looks = dict(color=GREY, ls=":"), dict(color=GREEN, ls="-.")
    lines = {
        g: [right.axhline(D, lw=1.5, zorder=1.5, **k) for D, k in zip(goals(g), looks, strict=True)]
        for g in GRIDS
    }
    (trail,) = right.plot([], [], color=VERMILION)
    (here,) = right.plot([], [], "o", color=VERMILION, ms=11)

    def update(inner=START[0], outer=START[1], steps=0, grid=GRIDS[0]):
        if inner >= outer:
            raise ValueError(f"The outer level {outer:g} must lie beyond the inner one, {inner:g}")
        path, means, D = walk(inner, outer, grid)
        levels, p = path[steps], density(grid)
        cut = (levels[1:] + levels[:-1]) / 2
        distance = np.abs(X[:, None] - levels).min(axis=1)
        area.set_xy(np.column_stack([[-4, *X, 4], [0, *(distance**2 * p), 0]]))
        moved = steps > 0 or (inner, outer) != START  # the first look must not tell the answer
        for g in GRIDS:
            bells[g].set_visible(g == grid)
            for line in lines[g]:
                line.set_visible(g == grid and moved)
        for words in answers:
            words.set_visible(moved)
        for shade, (a, b) in zip(shades, [(-4, cut[0]), (cut[1], cut[2])], strict=True):
            shade.set_bounds(a, 0, b - a, 1)
        stems.set_segments([[(v, 0), (v, 0.42)] for v in levels])
        edges.set_segments([[(v, 0), (v, 0.46)] for v in cut])
        rests = np.abs(means[steps] - levels) < MET
        for marks, which in (off, ~rests), (met, rests):
            marks.set_data(means[steps][which], 0 * levels[which])
        trail.set_data(np.arange(steps + 1), D[: steps + 1])
        here.set_data([steps], [min(D[steps], TOP)])
        here.set_marker("o" if D[steps] < TOP else "^")  # it lies beyond the axis
        return beat_caption(steps, D[steps], goals(grid)[1] if moved else None, rests.all())

    return update


def beat_caption(steps, D, best, rests):
    """How far from the best; and whether both of Lloyd's conditions are met."""
    whose = f"After {steps} step{'s' * (steps != 1)}" if steps else "Four levels"
    if best is None:
        return f"{whose}: D = {D:.4f}. Move them and see how much better is possible."
    said = f"{whose}: D = {D:.4f}, {10 * np.log10(D / best):.2f} dB above the best, {best:.4f}."
    return said + " Each meets the mean of its cell." * bool(rests)
