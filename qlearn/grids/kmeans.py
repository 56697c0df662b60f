"""The levels of least squared error for given numbers, the best of all there are.

In one dimension every cell is a stretch of the sorted numbers, so where to cut is a shortest path:
the best k cells up to cut j are the best k - 1 up to some cut i, and one cell from i to j.

Cast: i, j cuts, W and S the sums of weights and of weights * x before each cut.
"""

from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from qlearn.numbers.ancestors import count_of
from qlearn.numbers.arrays import as_floats
from qlearn.numbers.theory import at_least_zero

CUTS = 1024  # places to cut at that are tried, at least; for many levels 8 for each
SPAN = 8  # where levels are many, no cell takes more than 8 times the mean number of cuts
NEAR = 32  # cuts on either side of each chosen one that are tried next
ROWS = 64  # cuts worked on at a time: they stay in the cache


def lloyd_max(x, num_bits, weights=None):
    """The 2^b levels of least sum of weights * (x - nearest level)^2 (survey Eq. 7), sorted.

    weights: shaped like x, the diagonal of a Hessian or Fisher matrix, say (Choi et al. 2017).
    Exact for up to 1024 different numbers (7 bits). Of more, 1024 cuts at Panter and Dite's density
    are tried in all combinations, then closer ones around the best: within 1e-6 of the least error
    up to 4 bits, 1e-4 at 6 (seen, beside kmeans1d). Beyond 8 bits levels start at that density and
    take Lloyd's steps. Fewer different numbers than levels are all levels.
    """
    count = count_of(num_bits)
    x, w = in_order(x, weights)
    start = np.flatnonzero(np.diff(x, prepend=-np.inf))  # of each different number
    values, w_of = x[start].astype(np.float64), np.add.reduceat(w, start)
    if len(values) <= count:
        return x[start]
    values = (values - values[len(values) // 2]) / (values[-1] - values[0])
    W, S = (np.append(0, np.cumsum(a)) for a in (w_of, w_of * values))
    if count > 256:
        cuts = places(values, w_of, count)
    else:
        tried = places(values, w_of, max(CUTS, 8 * count))
        cuts = zoom(W, S, tried, count)
    cells = start[settle(values, W, S, cuts)[:-1]]
    means = np.add.reduceat(w * x, cells) / np.add.reduceat(w, cells)
    return means.astype(x.dtype)


def in_order(x, weights):
    """x sorted, and the weights of at most 1 that go with it; what weighs nothing is left out."""
    x = as_floats(x)
    if weights is None:
        return np.sort(x, axis=None), np.ones(x.size)
    w = at_least_zero(weights, "weights")
    if w.shape != x.shape:
        raise ValueError(f"weights has shape {w.shape}, x {x.shape}: one weight for each number")
    if not w.any():
        raise ValueError("weights are all 0: some number must count")
    order = np.argsort(x, axis=None)
    order = order[w.ravel()[order] > 0]
    w = w.ravel()[order].astype(np.float64)
    return x.ravel()[order], w / w.max()


def places(values, w, count):
    """Cuts for about `count` cells as dense as f^(1/3), best for many (Panter and Dite 1951).

    A stretch of a gap g and a weight w between two numbers has the density f = w / g. No gap gets
    more than one cell.
    """
    if len(values) <= count:
        return np.arange(len(values) + 1)
    share = np.cbrt(np.diff(values) ** 2 * (w[1:] + w[:-1]))
    for _ in range(20):  # what an outlier's gap does not need goes to the others
        share = np.minimum(share, share.sum() / count)
    way = np.cumsum(share)
    inner = np.searchsorted(way, np.linspace(0, way[-1], count + 1)[1:-1])
    inner = [inner.clip(0, len(way) - 1), np.flatnonzero(share > way[-1] / count / 2)]
    return np.unique(np.concatenate([[-1], *inner, [len(way)]])) + 1


def zoom(W, S, tried, count):
    """The cuts of the shortest path over those tried, then over closer ones around each."""
    p = shortest_path(W[tried], S[tried], count)
    cuts = tried[p]
    reach = tried[np.minimum(p + NEAR, len(tried) - 1)] - tried[np.maximum(p - NEAR, 0)]
    for _ in range(60):  # far more than it takes
        reach = np.maximum(reach // 2, NEAR)
        reach[[0, -1]] = 0
        closer = np.linspace(cuts - reach, cuts + reach, 2 * NEAR + 1).round().astype(int)
        new = path_through(W, S, closer.clip(0, len(W) - 1).T)
        if (new == cuts).all() and reach.max() == NEAR:
            break
        cuts = new
    return cuts


def path_through(W, S, closer):
    """The shortest path that takes one cut out of each row of `closer`."""
    D, came = np.zeros(closer.shape[1]), []
    for i, j in pairwise(closer):
        weight = W[j, None] - W[i]
        with np.errstate(divide="ignore", invalid="ignore"):
            cell = np.where(weight > 0, -((S[j, None] - S[i]) ** 2) / weight, np.inf)
        cell += D
        came.append(cell.argmin(axis=1))
        D = cell.min(axis=1)
    at = [D.argmin()]
    for c in came[::-1]:
        at.append(c[at[-1]])
    return closer[np.arange(len(closer)), at[::-1]]


def shortest_path(W, S, count):
    """Which `count` + 1 of these cuts, the ends among them, bound the cells of least error.

    A cell's error is the sum of w x^2, which all paths share, minus (sum of w x)^2 / sum of w.
    """
    n = len(W)
    span = n if count <= 128 else SPAN * (n // count + 1)
    before = np.concatenate([np.full(span, -np.inf), W])  # row j: the cuts j - span .. j - 1
    W_i = sliding_window_view(before, span)[:n]
    S_i = sliding_window_view(np.concatenate([np.zeros(span), S]), span)[:n]
    cell = np.square(S[:, None] - S_i)
    cell /= W_i - W[:, None]  # in place: it is large
    D = np.full((count + 1, span + n), np.inf)  # least error of k cells up to each cut
    D[0, span] = 0
    for k in range(1, count + 1):
        D_i = sliding_window_view(D[k - 1], span)[:n]
        for j in range(0, n, ROWS):
            row, some = slice(j, min(j + ROWS, n)), slice(max(0, span - j - ROWS), span)
            D[k, span:][row] = (D_i[row, some] + cell[row, some]).min(axis=1)
    path = [n - 1]
    for k in range(count, 0, -1):
        j = path[-1]
        path.append(j - span + np.argmin(D[k - 1, j : j + span] + cell[j]))
    return np.array(path[::-1])


def settle(values, W, S, cuts):
    """The cuts after Lloyd's steps, until none moves: each halves what its neighbours leave."""
    while True:
        levels = np.diff(S[cuts]) / np.diff(W[cuts])
        inner = values.searchsorted((levels[1:] + levels[:-1]) / 2, side="right")
        new = np.concatenate([[0], inner, [len(values)]])
        if (new == cuts).all() or (np.diff(new) < 1).any():
            return cuts
        cuts = new
