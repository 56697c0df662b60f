"""Ideas from before neural networks that are still in every quantizer, a few lines each.

Gray and Neuhoff, "Quantization" (1998), and the survey's section II tell their history. Where a
work was printed later than it was read or written, two years are given. Part 2 of the course treats
Lloyd, Huffman and vectors in full.
"""

from heapq import heapify, heappop, heappush

import numpy as np

from .grid import grid_limits


def riemann(f, low, high, cells, at=0.5):
    """The sum that stands for an integral: f at a place in each cell, times its width.

    Riemann 1854, printed 1867.
    """
    step = (high - low) / cells
    return step * f(low + step * (np.arange(cells) + at)).sum()


def pcm(x, num_bits):
    """Round to the middles of 2^b even cells, min to max (Oliver, Pierce, Shannon 1948)."""
    cells, low = count_of(num_bits), np.min(x)
    step = width_of(x) / cells
    q = np.floor((x - low) / step).clip(0, cells - 1)
    return low + step * (q + 0.5)


def compand(x, num_bits, spread=3**0.5):
    """Compress by the bell, round to the middle of even cells, expand (Bennett 1948).

    spread: width of that bell beside sigma of x; sqrt(3) is best for Gaussian x and many bits.
    """
    from scipy.special import ndtr, ndtri

    cells, width = count_of(num_bits), spread * np.std(x)
    width_of(x)  # refuses a constant
    q = np.floor(cells * ndtr(x / width)).clip(0, cells - 1)
    return width * ndtri((q + 0.5) / cells)


def huffman(counts):
    """Bits of each code's word: join the two rarest until one tree is left (Huffman 1952)."""
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
    for _ in range(steps):
        cell = np.searchsorted((levels[1:] + levels[:-1]) / 2, x)
        count = np.bincount(cell, minlength=len(levels))
        total = np.bincount(cell, x, minlength=len(levels))
        levels = np.where(count > 0, total / np.maximum(count, 1), levels)
    return levels


def nearest(x, levels):
    """The nearest of the sorted levels to each number."""
    return levels[np.searchsorted((levels[1:] + levels[:-1]) / 2, x)]


def split(points, splits, steps=10):
    """Split every level in two, move each to the mean of its cell, again.

    Linde, Buzo and Gray 1980. points: (n, dimensions). Returns 2^splits levels, and for each
    point the number of the level next to it.
    """
    from scipy.cluster.vq import kmeans2

    levels, cell = points.mean(0, keepdims=True), np.zeros(len(points), int)
    for _ in range(splits):
        nudge = 0.01 * points.std(0)
        levels, cell = kmeans2(
            points, np.vstack([levels - nudge, levels + nudge]), steps, minit="matrix"
        )
    return levels, cell


def anneal(x, count, temperatures, rng):
    """Levels at each temperature T: a number belongs to all, exp(-distance^2 / T).

    Rose, Gurewitz and Fox 1990. All levels are one until T falls to twice the variance of x.
    """
    from scipy.special import softmax

    levels, path = np.full(count, x.mean()), []
    for T in temperatures:
        levels = levels + 1e-3 * x.std() * rng.normal(size=count)  # else twins never part
        for _ in range(50):
            share = softmax(-((x[:, None] - levels) ** 2) / T, axis=1)
            levels = x @ share / share.sum(axis=0)
        path.append(np.sort(levels))
    return np.array(path)


def count_of(num_bits):
    """2^b, for bits that make a grid."""
    return grid_limits(num_bits, signed=False)[1] + 1


def width_of(x):
    """max - min; a ValueError where there is nothing to divide into cells."""
    if not 0 < (width := np.ptp(x)) < np.inf:
        raise ValueError(f"x runs from {np.min(x):g} to {np.max(x):g}: no width to divide")
    return width
