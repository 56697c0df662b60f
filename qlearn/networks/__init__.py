"""Networks to quantize: real, small, trained, in numpy.

data       1,797 handwritten digits, split once         digits
layers     frozen layers, a network is a tuple of them  Conv2d, Dense, BatchNorm, ReLU, ...
trained    five seeds of each shipped network           load
fold       batch norm into weights                      fold
quantized  any layer with quantizers on it              Quantized, quantize
measure    what quantization did to the decisions       evaluate, compare
"""

from .data import digits
from .fold import fold
from .layers import AvgPool, BatchNorm, Conv2d, Dense, Flatten, ReLU, Sequential
from .measure import compare, compare_logits, evaluate, mean_sqnr, verdict
from .quantized import Quantized, fit_minmax, quantize, with_bits
from .trained import load

__all__ = [
    "AvgPool",
    "BatchNorm",
    "Conv2d",
    "Dense",
    "Flatten",
    "Quantized",
    "ReLU",
    "Sequential",
    "compare",
    "compare_logits",
    "digits",
    "evaluate",
    "fit_minmax",
    "fold",
    "load",
    "mean_sqnr",
    "quantize",
    "verdict",
    "with_bits",
]
