"""Ideas from before neural networks that are still in every quantizer, a few lines each.

Gray and Neuhoff, "Quantization" (1998), and the survey's section II tell their history. Where a
work was printed later than it was read or written, two years are given. Part 2 of the course treats
Lloyd, Huffman and vectors in full.
"""

from heapq import heapify, heappop, heappush

import numpy as np

from .arrays import as_floats
from .grid import grid_limits
from .running import whole
from .theory import at_least_zero, positive


def riemann(f, low, high, cells, at=0.5):
    """The sum that stands for an integral: f at a place in each cell, times its width.

    Riemann 1854, printed 1867.
    """
    step = (high - low) / whole(cells, "cells")
    return step * f(low + step * (np.arange(cells) + at)).sum()


def pcm(x, num_bits):
    """Round to the middles of 2^b even cells, min to max (Oliver, Pierce, Shannon 1948)."""
    x, cells = doubles(x), count_of(num_bits)
    low, step = x.min(), width_of(x) / cells
    q = np.floor((x - low) / step).clip(0, cells - 1)
    return low + step * (q + 0.5)


def compand(x, num_bits, spread=3**0.5):
    """Compress by the bell, round to the middle of even cells, expand (Bennett 1948).

    x has mean 0. spread: width of the bell beside sigma; sqrt(3) is best for Gaussian x, many bits.
    """
    from scipy.special import ndtr, ndtri

    x, cells = doubles(x), count_of(num_bits)
    width_of(x)  # refuses a constant
    width = positive(spread, "spread") * x.std()
    q = np.floor(cells * ndtr(x / width)).clip(0, cells - 1)
    return width * ndtri((q + 0.5) / cells)


def huffman(counts):
    """Bits of each code's word: join the two rarest until one tree is left (Huffman 1952)."""
    counts = at_least_zero(counts, "counts").ravel().tolist()
    bits = np.zeros(len(counts), int)
    heap = [(n, [i]) for i, n in enumerate(counts) if n]
    heapify(heap)
    while len(heap) > 1:
        (n, rarest), (m, next_rarest) = heappop(heap), heappop(heap)
        bits[rarest + next_rarest] += 1  # all words below the new knot grow by a bit
        heappush(heap, (n + m, rarest + next_rarest))
    return bits


def lloyd(x, levels, steps=100):
    """Edges half-way between levels, then levels to the mean of their cell.

    Lloyd 1957, printed 1982; Max 1960. levels: sorted; one whose cell is empty stays.
    """
    x, levels = doubles(x).ravel(), doubles(levels)
    for _ in range(steps):
        cell = np.searchsorted(edges(levels), x)
        count = np.bincount(cell, minlength=len(levels))
        total = np.bincount(cell, x, minlength=len(levels))
        levels = np.where(count > 0, total / np.maximum(count, 1), levels)
    return levels


def nearest(x, levels):
    """The nearest of the sorted levels to each number."""
    levels = doubles(levels)
    return levels[np.searchsorted(edges(levels), doubles(x))]


def split(points, splits, steps=10):
    """Split every level in two, move each to the mean of its cell, again.

    Linde, Buzo and Gray 1980. points: (n, dimensions). Returns 2^splits levels, and for each
    point the number of the level next to it.
    """
    from scipy.cluster.vq import kmeans2, vq

    points = doubles(points)
    levels, nudge = points.mean(0, keepdims=True), 0.01 * points.std(0)
    for _ in range(splits):
        twins = np.vstack([levels - nudge, levels + nudge])
        levels, _ = kmeans2(points, twins, steps, minit="matrix")
    return levels, vq(points, levels)[0]


def anneal(x, count, temperatures, rng):
    """Levels at each temperature T: a number belongs to all, exp(-distance^2 / T).

    Rose, Gurewitz and Fox 1990. All levels are one until T falls to twice the variance of x.
    """
    from scipy.special import softmax

    x, path = doubles(x), []
    levels = np.full(whole(count, "count"), x.mean())
    for T in positive(temperatures, "temperature"):
        levels = levels + 1e-3 * x.std() * rng.normal(size=count)  # else twins never part
        for _ in range(50):
            share = softmax(-((x[:, None] - levels) ** 2) / T, axis=1)
            total = share.sum(axis=0)
            levels = np.where(total > 0, x @ share / np.maximum(total, 1e-300), levels)
        path.append(np.sort(levels))
    return np.array(path)


def doubles(x):
    """x in float64, whose sums and differences don't overflow as those of small types do."""
    return as_floats(x).astype(np.float64)


def edges(levels):
    """Half-way between neighbours; a ValueError where levels fall."""
    if levels.ndim != 1 or (np.diff(levels) < 0).any():
        raise ValueError(f"levels are {levels}: they must be a list of numbers that never falls")
    return (levels[1:] + levels[:-1]) / 2


def count_of(num_bits):
    """2^b, for bits that make a grid."""
    return grid_limits(num_bits, signed=False)[1] + 1


def width_of(x):
    """max - min; a ValueError where there is nothing to divide into cells."""
    if not 0 < (width := np.ptp(x)) < np.inf:
        raise ValueError(f"x runs from {np.min(x):g} to {np.max(x):g}: no width to divide")
    return width
