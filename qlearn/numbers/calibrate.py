"""Which range? Estimators `name_range(x, num_bits=8, axis=None, symmetric=False) -> (xmin, xmax)`.

The range holds 0 and is shaped to broadcast against x; `axis` is the axis (or axes) that is kept.
Every other tool says "observer" or "calibrator" for these functions.
"""

import numpy as np

from .arrays import as_floats


def minmax_range(x, num_bits=8, axis=None, symmetric=False):
    """The smallest and the largest value, so that nothing is clipped (survey III-C).

    It needs neither num_bits nor symmetric; all range functions are called alike.
    """
    x = as_floats(x)
    reduced = reduced_axes(x.ndim, axis)
    xmin = x.min(axis=reduced, keepdims=axis is not None)
    xmax = x.max(axis=reduced, keepdims=axis is not None)
    return np.minimum(xmin, 0), np.maximum(xmax, 0)


def reduced_axes(ndim, axis):
    """All axes but the kept one(s), in numpy's sense of `axis`."""
    if axis is None:
        return None
    kept = axis if isinstance(axis, tuple) else (axis,)
    for a in kept:
        if not -ndim <= a < ndim:
            raise ValueError(f"axis is {a}, but x has {ndim} axes")
    return tuple(i for i in range(ndim) if i not in [a % ndim for a in kept])
