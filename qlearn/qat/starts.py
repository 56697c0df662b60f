"""Where a learned scale starts: the first guesses of LSQ and LSQ+, for arrays."""

import numpy as np

from qlearn.numbers import Affine
from qlearn.numbers.arrays import as_floats, like
from qlearn.numbers.calibrate import reduced_axes
from qlearn.numbers.grid import grid_limits, or_one


def lsq_start(x, num_bits, signed=True, axis=None):
    """LSQ's first guess for an array: scale = 2 mean|x| / sqrt(qmax); axis is the axis kept."""
    x, (qmin, qmax) = as_floats(x), grid_limits(num_bits, signed)
    mean = np.abs(x).mean(reduced_axes(x.ndim, axis), keepdims=axis is not None)
    return Affine(like(or_one(2 * mean / qmax**0.5, x), x), 0, qmin, qmax)


def lsq_plus_start(x, num_bits, axis=None):
    """LSQ+'s first guess for weights: scale = max|mean +- 3 sigma| / 2^(b - 1).

    Signed; axis is the axis kept. The divisor is that of its re-implementations (Bhalgat 2020).
    """
    x, (qmin, qmax) = as_floats(x), grid_limits(num_bits, signed=True)
    kept = dict(axis=reduced_axes(x.ndim, axis), keepdims=axis is not None)
    reach = np.abs(x.mean(**kept)) + 3 * x.std(**kept)
    return Affine(like(or_one(reach / -qmin, x), x), 0, qmin, qmax)
