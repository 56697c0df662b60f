"""Part 1, numbers: what quantization does to one array.

    error       how far is x_hat from x?               mse, sqnr
    rounding    which neighbour?                       half_even, half_away, floor, stochastic
    affine      the uniform grid: scale, zero point    Affine
    calibrate   which range?                           minmax_range

A quantizer Q is a value with three verbs: Q.quantize(x) gives codes, Q.dequantize(q) gives numbers
back, Q(x) does both. All that differs between methods is the range, the grid or the rounding.
"""

from .affine import Affine
from .calibrate import minmax_range
from .error import mse, sqnr
from .rounding import floor, half_away, half_even, stochastic

__all__ = [
    "Affine",
    "floor",
    "half_away",
    "half_even",
    "minmax_range",
    "mse",
    "sqnr",
    "stochastic",
]
