"""Part 2, grids: where the levels lie when they need not be even.

    codebook    any sorted list of levels              Codebook
    kmeans      the best levels for these numbers      lloyd_max
                ... by plain steps, from a start       lloyd (qlearn.numbers.ancestors)
    even        ... if they must be even               even_levels
    bell        the same for the bell itself           bell_levels, bell_even
                ... and its steps, and the error       bell_lloyd, bell_error
                ... levels of equal share under it     equal_share, nf4
    cells       edges half-way between levels          count_below
    compare     all quantizers on the same numbers     ladder, so_far, absmax, run_time

A Codebook is a quantizer like Affine: Q.quantize(x), Q.dequantize(q), Q(x). What it costs at run
time differs: a code is looked up where an Affine's is multiplied.
"""

from qlearn.numbers.ancestors import lloyd

from .bell import bell_error, bell_even, bell_levels, bell_lloyd, equal_share, nf4
from .cells import count_below
from .codebook import Codebook
from .compare import absmax, ladder, run_time, so_far, uniform
from .even import even_levels
from .kmeans import lloyd_max

__all__ = [
    "Codebook",
    "absmax",
    "bell_error",
    "bell_even",
    "bell_levels",
    "bell_lloyd",
    "count_below",
    "equal_share",
    "even_levels",
    "ladder",
    "lloyd",
    "lloyd_max",
    "nf4",
    "run_time",
    "so_far",
    "uniform",
]
