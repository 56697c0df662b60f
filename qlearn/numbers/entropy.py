"""The range that keeps the histogram's shape: least Kullback-Leibler divergence (survey III-C).

Cast: h counts of |x|; P the first i of them, the last also holding all that lies beyond; Q what the
levels can tell of those i: the mean of each group of neighbours that get one code.
"""

import numpy as np

from .calibrate import checked, each_slice, several

BINS = 2048
FIRST = 128  # no threshold below this many bins is tried
EPSILON = 1e-4  # of a count: what a smoothed Q holds where it is empty


def entropy_range(x, num_bits=8, axis=None, symmetric=False, smoothed=False):
    """The threshold T on |x| at which KL(P || Q) is least (Migacz 2017; NVIDIA's).

    Unsmoothed, as published, it never cuts off a lone outlier: Q has nothing in its bin,
    and that costs infinitely much. smoothed takes 1e-4 of a count there, as MXNet does.
    Where several T tie, it is the largest.
    """

    def find(x):
        low, high = min(x.min(), 0), max(x.max(), 0)
        two_sided = symmetric or low < 0 < high
        m = max(-low, high)
        if m == 0:
            return 0, 0
        h, groups = histogram(x, m), 2**num_bits // (1 + two_sided)
        parts = 1 + min(groups, BINS) // 128  # each fits a cache
        i = np.array_split(np.arange(FIRST, BINS + 1), parts)
        KL = np.concatenate([divergences(h, part, groups, smoothed) for part in i])
        T = m * (BINS - KL[::-1].argmin()) / BINS
        return max(low, -T), min(high, T)

    return each_slice(find, several(checked(x, num_bits), axis), axis)


def histogram(x, m):
    """How many |x| lie in each of 2048 bins from 0 to m; bin 0, which codes exactly, as bin 1."""
    bins = np.minimum(np.abs(x) / m * BINS, BINS - 1).astype(np.intp)
    h = np.bincount(bins, minlength=BINS)
    h[0] = h[1]
    return h


def divergences(h, i, groups, smoothed):
    """KL(P || Q) for an array of numbers of bins i, all at once, from running sums over the bins.

    = sum of p log p - sum of p log q; a group of Q with c counts in m bins that are not empty
    has q = c / m in each of these.
    """
    groups = min(groups, len(h))  # with more than one a bin nothing would change
    edges = -(-i[:, None] * np.arange(groups + 1) // groups)
    counts, used, logs = (running(a) for a in (h, h > 0, h * log(h)))
    c, m = (np.diff(sums[edges]) for sums in (counts, used))
    kept, last = counts[i], h[i - 1]
    beyond = counts[-1] - kept
    of_last = ((i - 1) * groups // i)[:, None]  # the group that the last bin is in
    q = [np.take_along_axis(a, of_last, 1)[:, 0] for a in (c, m)]
    q = np.where(last > 0, q[0] / np.maximum(q[1], 1), EPSILON if smoothed else 0)
    p = last + beyond
    with np.errstate(divide="ignore"):
        cost = np.where(beyond > 0, -np.log(q) * beyond, 0)
    inside = (c * log(c / np.maximum(m, 1))).sum(axis=1)
    sums = logs[i - 1] + p * log(p) - inside + cost
    return sums / counts[-1] + np.log(np.maximum(kept, 1) / counts[-1])


def log(x):
    """log(x), and 0 where x is 0, because p log p is 0 there."""
    return np.log(np.where(x > 0, x, 1))


def running(x):
    """0, x[0], x[0] + x[1], ..."""
    return np.concatenate([[0], np.cumsum(x)])
