"""Part 1, numbers: what quantization does to one array.

    error       how far is x_hat from x?               mse, sqnr
    rounding    which neighbour?                       half_even, half_away, floor, stochastic,
                                                       stochastic_binary, Rounded
    affine      the uniform grid: scale, zero point    Affine
    calibrate   which range?                           minmax_range, percentile_range, mse_range
    entropy     ... that keeps the histogram's shape   entropy_range
    aciq        ... from a fitted distribution         laplace_range, gauss_range
    granularity how many share a scale?                by_group, to_groups, from_groups, half_scales
    running     ... and for a stream of inputs?        running_minmax, moving_average, Dynamic
    theory      why b bits, and what is the limit?     rounding_noise, sheppard, panter_dite,
                                                       rate_distortion, sqnr_limit, code_entropy
    ancestors   PCM, companders, Huffman, Lloyd ...   import from qlearn.numbers.ancestors

A quantizer Q is a value with three verbs: Q.quantize(x) gives codes, Q.dequantize(q) gives numbers
back, Q(x) does both. All that differs between methods is the range, the grid or the rounding.
(Dynamic, fitted anew to each array, has Q(x) alone: codes mean nothing without their own scales.)
"""

from .aciq import gauss_range, laplace_range
from .affine import Affine
from .calibrate import minmax_range, mse_range, percentile_range
from .entropy import entropy_range
from .error import mse, sqnr
from .granularity import Grouped, by_group, from_groups, half_scales, to_groups
from .rounding import Rounded, floor, half_away, half_even, stochastic, stochastic_binary
from .running import Dynamic, in_batches, moving_average, running_minmax
from .theory import (
    code_entropy,
    panter_dite,
    rate_distortion,
    rounding_noise,
    sheppard,
    sqnr_limit,
)

__all__ = [
    "Affine",
    "Dynamic",
    "Grouped",
    "Rounded",
    "by_group",
    "code_entropy",
    "entropy_range",
    "floor",
    "from_groups",
    "gauss_range",
    "half_away",
    "half_even",
    "half_scales",
    "in_batches",
    "laplace_range",
    "minmax_range",
    "moving_average",
    "mse",
    "mse_range",
    "panter_dite",
    "percentile_range",
    "rate_distortion",
    "rounding_noise",
    "running_minmax",
    "sheppard",
    "sqnr",
    "sqnr_limit",
    "stochastic",
    "stochastic_binary",
    "to_groups",
]
