"""Which neighbour? A rounding rule is a function from floats to whole numbers of the same type.

Give one to any quantizer as `round=`. `half_even` takes tensors too; the others take arrays.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import as_floats


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


def stochastic_binary(rng):
    """Return a function: +1 with probability clip((x + 1) / 2, 0, 1), and else -1.

    Survey Eq. 9 with the hard sigmoid of BinaryConnect (Courbariaux et al. 2015): between
    -1 and 1 the mean is x. With the smooth sigmoid that the survey prints, it would be
    tanh(x / 2).
    """
    up = stochastic(rng)

    def binarize(x):
        return 2 * up(np.clip((as_floats(x) + 1) / 2, 0, 1)) - 1

    return binarize


@dataclass(frozen=True, eq=False)
class Rounded:
    """A quantizer Q with another rounding rule; a stochastic one draws anew at every use."""

    Q: object
    round: object

    def __post_init__(self):
        if not callable(self.round):
            raise ValueError(f"round is {self.round!r}: give a function such as floor")

    def quantize(self, x):
        return self.Q.quantize(x, self.round)

    def dequantize(self, q):
        return self.Q.dequantize(q)

    def __call__(self, x):
        return self.Q(x, self.round)

    @property
    def num_bits(self):
        return self.Q.num_bits

    def storage(self, size):
        return self.Q.storage(size)

    def bits_per_value(self, size):
        return self.Q.bits_per_value(size)


ELEMENTWISE = (half_even, half_away, floor)  # may be worked piece by piece: they keep no state
