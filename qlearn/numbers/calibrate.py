"""Which range? Estimators `name_range(x, num_bits=8, axis=None, symmetric=False) -> (xmin, xmax)`.

The range holds 0 and is shaped to broadcast against x; `axis` is the axis (or axes) that is kept.
Every other tool says "observer" or "calibrator" for these functions.
"""

import numpy as np

from .arrays import as_floats
from .grid import grid_limits
from .valley import Table, best_grid


def minmax_range(x, num_bits=8, axis=None, symmetric=False):
    """The smallest and the largest value, so that nothing is clipped (survey III-C).

    It needs neither num_bits nor symmetric; all range functions are called alike.
    """
    x = checked(x, num_bits)
    reduced = reduced_axes(x.ndim, axis)
    xmin = x.min(axis=reduced, keepdims=axis is not None)
    xmax = x.max(axis=reduced, keepdims=axis is not None)
    return np.minimum(xmin, 0), np.maximum(xmax, 0)


def percentile_range(x, num_bits=8, axis=None, symmetric=False, percentile=99.9):
    """Cut off the share 100 - percentile of the values (survey III-C, McKinstry 2018).

    Symmetric: T is that percentile of |x|. Otherwise each side that has values loses an
    equal part.
    """
    if not 0 < percentile <= 100:
        raise ValueError(f"percentile is {percentile}: it must lie above 0 and be at most 100")

    def find(x):
        if symmetric:
            T = np.percentile(np.abs(x), percentile)
            return -T if x.min() < 0 else 0, T
        two_sided = x.min() < 0 < x.max()
        cut = (100 - percentile) / (1 + two_sided)
        low, high = np.percentile(x, (cut, 100 - cut))
        return min(low, 0), max(high, 0)

    return each_slice(find, checked(x, num_bits), axis)


def mse_range(x, num_bits=8, axis=None, symmetric=False):
    """The range of least mean squared error after Affine.from_range (OMSE, Choukroun 2019).

    It may end a little beyond the largest value, where that puts a level on it (III-D).
    """
    x = checked(x, num_bits)
    qmin, qmax = grid_limits(num_bits, signed=symmetric or num_bits > 1)

    def find(x):
        if not x.any():
            return 0, 0
        scale, zero_point = best_grid(Table.of(x), qmin, qmax, symmetric)
        if not symmetric:
            return scale * (qmin - zero_point), scale * (qmax - zero_point)
        T = scale * (qmax - qmin) / 2
        return -T if x.min() < 0 else 0, T

    return each_slice(find, x, axis)


def checked(x, num_bits):
    """x as floats, after a look at the number of bits: all estimators refuse the same ones."""
    grid_limits(num_bits, signed=False)
    return as_floats(x)


def several(x, axis):
    """x itself, unless it leaves one value a scale: one value tells nothing of a distribution."""
    reduced = range(x.ndim) if axis is None else reduced_axes(x.ndim, axis)
    if np.prod([x.shape[a] for a in reduced], dtype=int) == 1:
        raise ValueError(f"x holds one value a scale, {x.flat[0]:g} first: it takes at least two")
    return x


def each_slice(find, x, axis):
    """find(values) -> (xmin, xmax) for all of x, or for every index of the kept axis."""
    reduced = reduced_axes(x.ndim, axis)
    if reduced is None:
        low, high = find(x.ravel())
        return x.dtype.type(low), x.dtype.type(high)
    kept = [a for a in range(x.ndim) if a not in reduced]
    shape = [1 if a in reduced else n for a, n in enumerate(x.shape)]
    rows = x.transpose(*kept, *reduced).reshape(np.prod(shape, dtype=int), -1)
    low, high = np.array([find(row) for row in rows], x.dtype).T
    return low.reshape(shape), high.reshape(shape)


def reduced_axes(ndim, axis):
    """All axes but the kept one(s), in numpy's sense of `axis`."""
    if axis is None:
        return None
    kept = axis if isinstance(axis, tuple) else (axis,)
    for a in kept:
        if not -ndim <= a < ndim:
            raise ValueError(f"axis is {a}, but x has {ndim} axes")
    return tuple(i for i in range(ndim) if i not in [a % ndim for a in kept])
