"""Ranges of what never stands still: over a stream of batches, or anew for each array.

Static: calibrate on batches, keep the range (running_minmax, moving_average). Dynamic: no range is
kept, each array brings its own (survey III-D).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real

import numpy as np

from .arrays import as_floats
from .calibrate import minmax_range
from .rounding import half_even


def in_batches(x, size):
    """Walk through x, `size` of it at a time along the first axis; the last batch may be smaller.

    The batches of a float32 or float64 x are views of it; other types become float32 first.
    """
    x, size = as_floats(x), whole(size)
    if not x.ndim:
        raise ValueError(f"x is the number {x}: batches are cut along its first axis")
    return (x[start : start + size] for start in range(0, len(x), size))


def whole(size, name="size"):
    """A number of values or images as an int, or a ValueError that shows what is none."""
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"{name} is {size!r}: it must be a whole number of at least 1")
    return int(size)


def running_minmax(batches, axis=None):
    """The smallest and the largest value of all batches, which are looked at one at a time.

    It can only widen, and the order of the batches does not matter.
    """
    xmin = xmax = None
    for low, high in ranges(batches, lambda x: minmax_range(x, axis=axis)):
        xmin = low if xmin is None else np.minimum(xmin, low)
        xmax = high if xmax is None else np.maximum(xmax, high)
    return xmin, xmax


def moving_average(batches, momentum=0.99, estimate=minmax_range):
    """The exponential moving average of the batches' ranges (Jacob et al. 2018, section 3.1).

    xmax <- momentum * xmax + (1 - momentum) * estimate(batch). The first batch starts it: after n
    batches it still weighs momentum**(n - 1), the newest 1 - momentum. Every range holds 0, and so
    does the average.
    """
    number = isinstance(momentum, Real) and not isinstance(momentum, bool)
    if not number or not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum!r}: it must be at least 0 and below 1")
    if not callable(estimate):
        raise ValueError(f"estimate is {estimate!r}: give a function such as minmax_range")
    ends = None
    for new in ranges(batches, estimate):
        ends = ends or new
        # The order of torch's MovingAverageMinMaxObserver, so that both agree to the bit.
        ends = tuple(e + (n - e) * (1 - momentum) for e, n in zip(ends, new, strict=True))
    return ends


def ranges(batches, estimate):
    """estimate(batch) of one batch after the other; all must have one shape."""
    if not isinstance(batches, Iterable):
        raise ValueError(f"batches is {batches!r}: give a list or a generator of arrays")
    shape = rank = None
    for batch in batches:
        batch = as_floats(batch, "a batch")
        if rank not in (None, batch.ndim):
            raise ValueError(f"a batch of {batch.ndim} axes follows one of {rank}: {batch.shape}")
        low, high = estimate(batch)
        if not (np.all(low <= 0) and np.all(high >= 0)):  # NaN fails, too
            raise ValueError(f"the range of a batch is {low} to {high}: it must hold 0")
        if shape not in (None, np.shape(high)):
            raise ValueError(f"a range of shape {np.shape(high)} follows one of {shape}")
        rank, shape = batch.ndim, np.shape(high)
        yield low, high
    if rank is None:
        raise ValueError(f"batches is empty, {batches!r}: a range takes at least one")


@dataclass(frozen=True, eq=False)
class Dynamic:
    """A quantizer that is fitted anew to each array it meets: Q(x) = fit(x)(x) (survey III-D).

    fit: a function array -> quantizer. If its ranges keep axis 0 there is one for each image (or
    token); without an axis all images of a call share theirs.
    """

    fit: object

    def __post_init__(self):
        if not callable(self.fit) or hasattr(self.fit, "quantize"):  # Q itself is no fit
            raise ValueError(f"fit is {self.fit!r}: give a function array -> quantizer")

    def __call__(self, x, round=half_even):
        """Fake quantization on the grid of x itself."""
        return self.fit(x)(x, round)

    def quantize(self, x, round=half_even):
        """Refuse: codes are nothing without the scales of their array, so keep its quantizer."""
        raise ValueError(f"codes of {type(x).__name__} x need its own scales: keep Q = fit(x), "
                         "then Q.quantize(x), Q.dequantize(q)")  # fmt: skip

    dequantize = quantize

    @property
    def num_bits(self):
        """The width of a code."""
        return self.fit(np.zeros((2, 2, 2, 2), np.float32)).num_bits

    def storage(self, size):
        """Bits to store one image of `size` values with its own scales."""
        shapes = (1, 1, whole(size)), (1, whole(size), 1)
        wide, tall = (self.fit(np.zeros(s, np.float32)).storage(size) for s in shapes)
        if wide != tall:
            raise ValueError(f"fit keeps an inner axis: {size} values don't tell its length")
        return wide

    def bits_per_value(self, size):
        """Stored bits a value of one image: codes, and the scale that comes with it."""
        return sum(self.storage(size).values()) / size
