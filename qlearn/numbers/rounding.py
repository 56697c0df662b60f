"""Which neighbour? A rounding rule is a function from floats to whole numbers of the same type.

Give one to any quantizer as `round=`. `half_even` takes tensors too; the others take arrays.
"""

import numpy as np


def half_even(x):
    """Round to the nearest whole number, ties to the even one (IEEE 754; numpy, torch, ONNX)."""
    return x.round()


def half_away(x):
    """Round to the nearest whole number, ties away from zero (TFLite; what schools teach)."""
    # Not floor(|x| + 1/2): that sum rounds up just below a tie, and again beyond 2^23.
    whole = np.trunc(x)
    return whole + np.copysign(np.abs(x - whole) >= 0.5, x)


def floor(x):
    """Round down; the survey's "truncation", the cheapest rule and a biased one."""
    return np.floor(x)


def stochastic(rng):
    """Return a rule that rounds up with probability x - floor(x), so that its mean is x.

    Survey Eq. 8, mended: as printed, both outcomes have probability 0 where x is whole.
    """
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {rng!r}: give a generator such as np.random.default_rng(0)")

    def round(x):
        below = np.floor(x)
        return below + (rng.random(x.shape) < x - below)

    return round


ELEMENTWISE = (half_even, half_away, floor)  # may be worked piece by piece: they keep no state
