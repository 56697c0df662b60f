"""Ranges from a formula: fit a distribution, take the threshold that is best for it.

ACIQ (Banner, Nahshan and Soudry 2019) models a grid of 2^b equal bins that clips at +-T. The paper
writes M for the bits b, alpha for T, and b for the mean |x|, which is lambda here.
"""

from functools import cache

import numpy as np

from .calibrate import checked, each_slice, several


def laplace_range(x, num_bits=8, axis=None, symmetric=False):
    """T = lambda W0(3 * 4^b), exact for Laplace values; lambda = mean |x - mean| (ACIQ).

    W0 is Lambert's function. Values on one side of 0 get b + 1 bits, their zeros are left out.
    """
    return fitted(x, num_bits, axis, symmetric, laplace_clip, np.mean)


def gauss_range(x, num_bits=8, axis=None, symmetric=False):
    """The best T for a normal distribution, solved numerically, times sigma (ACIQ).

    Values on one side of 0 get b + 1 bits, their zeros are left out.
    """
    return fitted(x, num_bits, axis, symmetric, gauss_clip, root_mean_square)


@cache
def laplace_clip(num_bits):
    """T / lambda at the least of 2 lambda^2 exp(-T / lambda) + T^2 / (3 * 4^b)."""
    from scipy.special import lambertw

    return float(lambertw(3 * 4.0**num_bits).real)


@cache
def gauss_clip(num_bits):
    """T / sigma at the least of clipping + T^2 / (3 * 4^b): the root of its derivative."""
    from scipy.optimize import brentq
    from scipy.special import erfc

    def slope(a):  # halved, with sigma = 1
        clipping = a * erfc(a / 2**0.5) - (2 / np.pi) ** 0.5 * np.exp(-a * a / 2)
        return clipping + a / (3 * 4.0**num_bits)

    return brentq(slope, 0, 20)


def fitted(x, num_bits, axis, symmetric, clip, spread):
    """centre +- clip(bits) spread(|x - centre|), within the data and holding 0."""

    def find(x):
        low, high = min(x.min(), 0), max(x.max(), 0)
        if low < 0 < high:
            centre = 0 if symmetric else x.mean(dtype=np.float64)
            alpha = clip(num_bits) * spread(np.abs(x - centre), dtype=np.float64)
        elif low == high:
            return 0, 0
        else:
            centre = 0
            size = spread(np.abs(x[x != 0]), dtype=np.float64)
            alpha = clip(num_bits + (not symmetric)) * size
        return min(max(low, centre - alpha), 0), max(min(high, centre + alpha), 0)

    return each_slice(find, several(checked(x, num_bits), axis), axis)


def root_mean_square(x, dtype):
    return np.sqrt(np.mean(np.square(x, dtype=dtype)))
