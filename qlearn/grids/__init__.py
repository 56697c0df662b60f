"""Part 2, grids: where the levels lie when they need not be even.

    codebook    any sorted list of levels              Codebook
                ... of equal share under the bell      nf4
    kmeans      the best levels for these numbers      lloyd_max
                ... by plain steps, from a start       lloyd (qlearn.numbers.ancestors)

A Codebook is a quantizer like Affine: Q.quantize(x), Q.dequantize(q), Q(x). What it costs at run
time differs: a code is looked up where an Affine's is multiplied.
"""

from qlearn.numbers.ancestors import lloyd

from .codebook import Codebook, nf4
from .kmeans import lloyd_max

__all__ = [
    "Codebook",
    "lloyd",
    "lloyd_max",
    "nf4",
]
