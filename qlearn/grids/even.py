"""Even levels of least squared error, none of which need be 0: what uneven ones must beat.

levels = step * (k + 1/2 - 2^b / 2),  k = 0 .. 2^b - 1

Half the levels lie on each side of 0 ("mid-rise"); numbers of one side get all of them. An Affine
has a code for zero instead, and so a level more on one side than on the other: at 2 bits that costs
it a decibel.
"""

import numpy as np

from qlearn.numbers.ancestors import count_of, doubles


def even_levels(x, num_bits):
    """The 2^b even levels next to 0 of least mean squared error for the numbers x."""
    x, count = doubles(x).ravel(), count_of(num_bits)
    low = -count // 2 if x.min() < 0 < x.max() else 0 if x.max() > 0 else -count
    if not (largest := np.abs(x).max()):
        raise ValueError("x is all 0: no step is better than another")

    def error(step):
        cell = np.floor(x / step).clip(low, low + count - 1)
        return np.mean((x - step * (cell + 0.5)) ** 2)

    steps = largest * np.geomspace(0.04 / count, 2.1, 100)
    best = np.argmin([error(step) for step in steps])
    step = least(error, steps[max(best - 1, 0)], steps[min(best + 1, 99)])
    return step * (np.arange(low, low + count) + 0.5)


def least(f, low, high):
    """Where f is least between low and high, if it falls and then rises."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(f, bounds=(low, high), method="bounded", options={"xatol": 1e-7 * high})
    return found.x
