"""The small pictures of 17-history after 1957: levels that go where the numbers are."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.numbers import sqnr
from qlearn.numbers.ancestors import anneal, compand, lloyd, nearest, split

from .history import layer, reached
from .style import BLUE, GREY, PALE, VERMILION

STARTS = ["even levels", "the compander's levels"]


@cache
def lloyd_path(start, num_bits):
    """Levels of the layer (in sigma) and their SQNR after 0 to 30 steps."""
    x = layer() / layer().std()
    even = np.linspace(x.min(), x.max(), 2**num_bits)
    path = [even if start == STARTS[0] else np.unique(compand(x, num_bits))]
    for _ in range(30):
        path.append(lloyd(x, path[-1], steps=1))
    return np.array(path), np.array([sqnr(x, nearest(x, levels)) for levels in path])


def lloyd_steps(fig):
    """Levels walk to the means of their cells; the SQNR climbs."""
    left, right = fig.subplots(1, 2)
    x = layer() / layer().std()
    left.hist(x, bins=81, range=(-4.2, 4.2), density=True, color=PALE, histtype="stepfilled")
    left.set(xlim=(-4.2, 4.2), ylim=(0, 0.48), yticks=[], title="levels; thin: edges (in sigma)")
    stems = left.add_collection(LineCollection([], colors=VERMILION, lw=3))
    edges = left.add_collection(LineCollection([], colors=BLUE, lw=0.8))
    right.set(xlim=(-0.5, 30.5), ylim=(0, 23), title="SQNR (dB) against steps")
    (climb,) = right.plot(np.arange(31), np.zeros(31), color=GREY)
    (here,) = right.plot([], [], "o", color=VERMILION)

    def update(steps=0, num_bits=3, start=STARTS[0]):
        path, dB = lloyd_path(start, num_bits)
        levels = path[steps]
        stems.set_segments([[(v, 0), (v, 0.36)] for v in levels])
        edges.set_segments([[(v, 0), (v, 0.48)] for v in (levels[1:] + levels[:-1]) / 2])
        climb.set_ydata(dB)
        here.set_data([steps], [dB[steps]])
        return f"{steps} steps from {start}: {dB[steps]:.1f} dB, {dB[steps] - dB[0]:+.1f} dB."

    return update


@cache
def points_after(splits):
    """The points for pairs of weights (in sigma) after so many splits, and their SQNR."""
    pairs = (layer() / layer().std()).reshape(-1, 2)
    levels, cell = split(pairs, splits)
    return levels, sqnr(pairs, levels[cell])


def splitting(fig):
    """Points for pairs of weights: each splits in two and walks to the mean of its cell."""
    plane, right = fig.subplots(1, 2, width_ratios=(1, 1.6))
    pairs = (layer() / layer().std()).reshape(-1, 2)
    plane.set(xlim=(-4.3, 4.3), ylim=(-4.3, 4.3), xticks=[], yticks=[], aspect="equal")
    plane.set_title("two weights, a point")
    plane.plot(*pairs[:300].T, ".", color=PALE, ms=3)
    (points,) = plane.plot([], [], "o", color=VERMILION, ms=5, mew=0)
    right.set(xlim=(-0.2, 4.2), ylim=(-1, 25), title="SQNR (dB); diamonds: Lloyd")
    lloyds = [reached("1957 Lloyd", b)[2] for b in (2, 3, 4)]
    right.plot([2, 3, 4], lloyds, "D", mfc="none", color=GREY)
    right.plot(np.arange(9) / 2, [points_after(n)[1] for n in range(9)], color=BLUE)
    (here,) = right.plot([], [], "o", color=VERMILION)

    def update(splits=4):
        levels, dB = points_after(splits)
        points.set_data(levels.T)
        points.set_markersize(5 if splits < 6 else 3)
        here.set_data([splits / 2], [dB])
        table = 32 * levels.size / layer().size
        return (
            f"{len(levels)} point{'s' * (splits > 0)}, {splits / 2:g} "
            f"bit{'s' * (splits != 2)} a weight: {dB:.1f} dB; "
            f"their table adds {table:.2f} bits a weight."
        )

    return update


LUMPS = np.array([1.0, 2, 11, 12, 21, 22, 31, 32])
DATA = ["four lumps", "the layer"]
TEMPERATURES = np.geomspace(4, 1e-3, 60)  # in variances


@cache
def cooling_path(data):
    """Numbers in sigma, the annealed levels at each temperature, and the SQNR of Lloyd alone."""
    x = LUMPS if data == DATA[0] else np.quantile(layer(), (np.arange(400) + 0.5) / 400)
    x = (x - x.mean()) / x.std()
    start = x[:4] if data == DATA[0] else np.linspace(x[0], x[-1], 8)
    path = anneal(x, len(start), TEMPERATURES, np.random.default_rng(0))
    return x, path, sqnr(x, nearest(x, lloyd(x, start)))


def cooling(fig):
    """Levels against temperature: one at first, they part as it falls."""
    ax = fig.subplots()
    ax.set(xscale="log", xlim=(4.5, 5e-4), ylim=(-2.6, 2.6), yticks=[-2, 0, 2])
    ax.set_title("levels (in sigma) against temperature (in variances); right: the numbers")
    tree = [ax.plot(TEMPERATURES, TEMPERATURES, color=BLUE, lw=1.5)[0] for _ in range(8)]
    (numbers,) = ax.plot([], [], "_", color=GREY)
    (here,) = ax.plot([], [], "o", color=VERMILION, ms=6)

    def update(step=59, data=DATA[0]):
        x, path, alone = cooling_path(data)
        count = path.shape[1]
        for i, branch in enumerate(tree):
            branch.set_ydata(path[:, i] if i < count else np.full(60, np.nan))
        numbers.set_data(np.full(len(x), 6.5e-4), x)
        here.set_data(np.full(count, TEMPERATURES[step]), path[step])
        apart = 1 + np.sum(np.diff(path[step]) > 0.02)
        if step < 59:
            return f"Temperature {TEMPERATURES[step]:.2g}: {apart} of {count} levels apart."
        dB = sqnr(x, nearest(x, path[step]))
        return f"Cooled: {dB:.1f} dB; Lloyd alone, from its start, stops at {alone:.1f} dB."

    return update
