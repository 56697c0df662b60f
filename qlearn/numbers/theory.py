"""The laws behind error against bits: what rounding costs, and what no quantizer can do better.

Arguments are numbers or arrays that broadcast. sigma^2 is the variance of the numbers, scale the
width of a step, b the bits a number; 4^-b = 2^-2b is 6.02 decibels a bit.
"""

import numpy as np

from .arrays import as_floats


def rounding_noise(scale):
    """Mean squared error of rounding where all places in a step are equally likely.

    Bennett 1948 for quantizers; the twelfth of a squared step is Sheppard's (1897) already.
    D = scale^2 / 12
    """
    return positive(scale, "scale") ** 2 / 12


def sheppard(var, scale):
    """Variance of the data, from the variance `var` of the rounded data (Sheppard 1897/98).

    sigma^2 = var - scale^2 / 12, for a density smooth over a step and without sharp ends: Gaussian
    up to scale = sigma. It fails for uniform numbers, and far beyond sigma it may be negative.
    """
    return at_least_zero(var, "var") - rounding_noise(scale)


def rate_distortion(variance, num_bits):
    """Least mean squared error of any code with num_bits a number, Gaussian numbers (Shannon 1948).

    D = variance 2^(-2 num_bits), for independent numbers, on average over long blocks. Other
    distributions of this variance have a lower limit (in general: Shannon 1959). Fractions of a bit
    are allowed.
    """
    return at_least_zero(variance, "variance") * 4.0 ** -at_least_zero(num_bits, "num_bits")


def sqnr_limit(x, num_bits):
    """The best SQNR that Gaussian numbers of x's variance allow, in decibels (Shannon 1948).

    10 log10(mean(x^2) / D), D = variance 2^(-2 num_bits): what the mean of x adds is for nothing.
    """
    x = as_floats(x).astype(np.float64)
    return 10 * np.log10(np.mean(x**2) / rate_distortion(x.var(), num_bits))


def panter_dite(pdf, num_bits, low=-np.inf, high=np.inf):
    """Mean squared error of the best 2^num_bits levels, where they are many (Panter, Dite 1951).

    D = (1/12) (integral of pdf^(1/3))^3 4^-b; pdf: the density at one number, from low to high.
    """
    total = integral(lambda x: at_least_zero(pdf(x), "the density"), low, high)
    if not abs(total - 1) < 1e-3:
        raise ValueError(f"pdf sums to {total:.4g} from {low} to {high}: a density sums to 1 "
                         "(or its peak was not found: give low and high)")  # fmt: skip
    cubed = integral(lambda x: np.cbrt(pdf(x)), low, high) ** 3
    return cubed / 12 * 4.0 ** -at_least_zero(num_bits, "num_bits")


def integral(f, low, high):
    """The integral of f by quadrature; a ValueError where it does not settle."""
    from scipy.integrate import quad

    value, _, _, *trouble = quad(f, low, high, full_output=True)
    if trouble:
        raise ValueError(f"the integral from {low} to {high} does not settle: {trouble[0]}")
    return value


def code_entropy(q):
    """Bits a code that no lossless code beats if it names each by itself (Shannon 1948).

    H = -sum of p log2 p over the codes that occur, p the share of each in the array q. Where
    neighbours are alike, words for several codes at once may need less.
    """
    as_floats(q, "q")  # refuses what holds no codes; float32 would merge large ones
    p = np.unique(np.asarray(q), return_counts=True)[1] / np.size(q)
    return float(p @ np.log2(1 / p))


def at_least_zero(x, name):
    """x in float64, or a ValueError that shows what is NaN, infinite or below 0."""
    x = as_floats(x, name).astype(np.float64)
    if (x < 0).any():
        raise ValueError(f"{name} is {x[x < 0].flat[0]:g}: it can't be negative")
    return x


def positive(x, name):
    """The same, and above 0."""
    x = at_least_zero(x, name)
    if not x.all():
        raise ValueError(f"{name} is 0: it must be above 0")
    return x
