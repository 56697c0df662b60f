"""Levels for the bell, exactly: no samples, only the normal distribution N(0, 1).

Cast: P the probability of each cell, M its part of the mean, so M / P is the mean in the cell.
"""

import numpy as np

from .cells import as_levels
from .even import least


def cells_of(levels):
    """(P, M) of the cells whose edges lie half-way between the levels.

    P = Phi(right) - Phi(left), M = phi(left) - phi(right).
    """
    from scipy.special import ndtr

    edges = np.concatenate([[-np.inf], (levels[1:] + levels[:-1]) / 2, [np.inf]])
    density = np.exp(-(edges**2) / 2) / np.sqrt(2 * np.pi)
    return np.diff(ndtr(edges)), -np.diff(density)


def bell_error(levels):
    """D = E (x - nearest level)^2 = 1 - 2 levels M + levels^2 P, for x from N(0, 1)."""
    levels = as_levels(levels).astype(np.float64)
    P, M = cells_of(levels)
    return float(1 - 2 * levels @ M + levels**2 @ P)


def bell_lloyd(levels, steps=100):
    """Lloyd's steps on the bell itself: every level to the mean of its cell, M / P."""
    levels = as_levels(levels).astype(np.float64)
    for _ in range(steps):
        P, M = cells_of(levels)
        levels = np.where(P > 1e-12, M / np.maximum(P, 1e-300), levels)
    return levels


def bell_levels(count):
    """The `count` levels of least error on the bell (Lloyd 1957, Max 1960): there is one set only.

    Lloyd's steps lead there from anywhere, since log of the density is concave (Fleischer 1964).
    """
    start = np.sqrt(3) * equal_share(count)  # best for many levels (Panter and Dite 1951)
    return bell_lloyd(start, min(20 + 4 * count**2, 5000))


def bell_even(count, zero=False):
    """The `count` even levels of least error on the bell: about 0, or with a level at 0.

    zero=True is what an Affine must have: of an even count, one more on the lower side.
    """
    places = np.arange(count) - (count // 2 if zero else (count - 1) / 2)
    return least(lambda step: bell_error(step * places), 0.01, 4) * places


def equal_share(count):
    """The medians of `count` cells, each as probable as the others: quantiles of the bell."""
    from scipy.special import ndtri

    if count != int(count) or count < 1:
        raise ValueError(f"count is {count}: a grid has at least one level")
    return ndtri((np.arange(count) + 0.5) / count)


def nf4():
    """The 16 levels of NF4: normal quantiles, 8 above 0 and 7 below, and 0 itself.

    Dettmers et al. 2023 (QLoRA), as in bitsandbytes: the ends are -1 and 1.
    """
    from scipy.special import ndtri

    last = 1 - (1 / 32 + 1 / 30) / 2  # half a cell short of 1, which would lie at infinity
    below, above = (ndtri(np.linspace(0.5, last, n)) for n in (8, 9))
    return np.concatenate([-below[:0:-1], above]) / above[-1]
