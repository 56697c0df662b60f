"""The non-uniform grid: a sorted list of levels and a scale are a whole quantizer.

The wall:  q = number of edges below x / scale,   x_hat = scale * levels[q]

An edge lies half-way between two levels (survey Eq. 6 with the edges that Eq. 7 asks for).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qlearn.numbers import grid
from qlearn.numbers.arrays import (
    as_floats,
    as_numbers,
    finite,
    in_blocks,
    is_tensor,
    like,
    work_floats,
)
from qlearn.numbers.rounding import half_even

FEW = 255  # edges that are quicker compared with all numbers than looked up; a byte counts them


@dataclass(frozen=True, eq=False)
class Codebook:
    """x ~ scale * levels[q], with codes q from 0 on; each number takes the nearest level.

    levels: 1 to 65536 numbers that rise. A number half-way between two takes the lower one.
    scale: a number, or an array that broadcasts against x (one per channel, say).
    """

    levels: np.ndarray
    scale: np.ndarray = 1

    def __post_init__(self):
        levels = as_levels(self.levels)
        if is_tensor(self.scale):
            raise ValueError("scale is a tensor: a codebook takes arrays")
        object.__setattr__(self, "levels", levels)
        bends = type(self.scale) in (int, float)
        scale = levels.dtype.type(self.scale) if bends else self.scale
        object.__setattr__(self, "scale", grid.as_scale(scale))

    qmin = 0

    @property
    def qmax(self):
        """The code of the highest level."""
        return len(self.levels) - 1

    def quantize(self, x):
        """Codes: how many edges lie below x / scale, in the smallest unsigned integer type."""
        return self._work(lambda codes, scale: codes, x, grid.code_type(self))

    def dequantize(self, q):
        """Numbers: scale * levels[q], in the wider float type of the two (float32 at least)."""
        q = as_numbers(q, "q")
        if is_tensor(q):
            raise ValueError("q is a tensor: a codebook takes arrays")
        grid.check_codes(q, self)
        if q.dtype.kind == "f" and (wrong := q != np.floor(q)).any():
            raise ValueError(f"q is {grid.first(q, wrong)}: a code is a whole number")
        grid.check_shape("scale", self.scale, "q", q)
        return in_blocks(self._values, q, self.scale, dtype=self._type)[()]

    def __call__(self, x):
        """Fake quantization: dequantize(quantize(x)), to the bit, cast to x's own float type."""
        name = grid.float_type(x)
        return grid.fits(self._work(self._values, x, name), self._largest, name)

    def _values(self, codes, scale):
        """scale * levels[q]; one scale multiplies the levels, many the numbers."""
        levels = self.levels.astype(self._type, copy=False)
        codes = codes.astype(np.intp, copy=False)
        if np.ndim(scale):
            return scale * levels.take(codes, mode="clip")  # all codes exist: no need to look
        return (scale * levels).take(codes, mode="clip")

    def _work(self, formula, x, dtype):
        """formula(codes of x, scale) as dtype, in blocks that fit the cache."""
        x = as_numbers(x)
        grid.check_pair(x, self.scale, half_even)
        edges = edges_for(work_floats(x[(slice(0, 1),) * x.ndim]), self.levels)
        unit = not np.ndim(self.scale) and self.scale == 1

        def piece(x, scale):
            x = finite(work_floats(x))
            return formula(count_below(x if unit else x / like(scale, x), edges), scale)

        with np.errstate(over="ignore"):  # x / scale beyond all levels takes the last
            return in_blocks(piece, x, work_floats(self.scale), dtype=dtype)[()]

    @property
    def _type(self):
        return np.result_type(self.levels, work_floats(self.scale))

    @property
    def _largest(self):
        return np.float64(np.max(self.scale)) * np.abs(self.levels).max()

    @property
    def num_bits(self):
        """The width of a code: 0 for a single level, which needs none."""
        return self.qmax.bit_length()

    def storage(self, size):
        """Bits to store `size` values: codes, levels at 32 bits, scales unless the one is 1."""
        if size != int(size) or size < 1:
            raise ValueError(f"size is {size}: a tensor has at least one value")
        none = not np.ndim(self.scale) and self.scale == 1
        scale_bits = 16 if grid.float_type(self.scale) == "float16" else 32
        return {
            "codes": self.num_bits * int(size),
            "levels": 32 * len(self.levels),
            "scales": 0 if none else scale_bits * grid.count(self.scale),
        }

    def bits_per_value(self, size):
        """Stored bits a value, for a tensor of `size` values: codes, levels and scales."""
        return sum(self.storage(size).values()) / size


def nf4():
    """The 16 levels of NF4: normal quantiles, 8 above 0 and 7 below, and 0 itself.

    Dettmers et al. 2023 (QLoRA), as in bitsandbytes: the ends are -1 and 1.
    """
    from scipy.special import ndtri

    last = 1 - (1 / 32 + 1 / 30) / 2  # half a cell short of 1, which would lie at infinity
    below, above = (ndtri(np.linspace(0.5, last, n)) for n in (8, 9))
    return np.concatenate([-below[:0:-1], above]) / above[-1]


def as_levels(levels):
    """The levels as a list of floats that rise, no more than a code of 16 bits can name."""
    levels = as_floats(levels, "levels").copy()
    if levels.ndim != 1:
        raise ValueError(f"levels has shape {levels.shape}: it must be a list of numbers")
    if len(levels) > 2**16:
        raise ValueError(f"levels holds {len(levels)} numbers: a code of 16 bits names 65536")
    for low, high in pairwise(levels):
        if not low < high:
            what = "twice" if low == high else f"after {low}"
            raise ValueError(f"levels holds {high} {what}: levels must rise")
    return levels


def edges_for(x, levels):
    """Half-way between levels, rounded down to x's type: x lies above both or neither."""
    exact = levels[:-1].astype(np.float64) / 2 + levels[1:].astype(np.float64) / 2
    with np.errstate(over="ignore"):
        edges = exact.astype(x.dtype)
    return np.where(edges > exact, np.nextafter(edges, x.dtype.type(-np.inf)), edges)


def count_below(x, edges):
    """How many of the sorted edges lie below each number."""
    if len(edges) > FEW:
        return np.searchsorted(edges, x)
    codes = np.zeros(np.shape(x), np.uint8)
    for edge in edges:
        codes += np.greater(x, edge).view(np.uint8)  # adding booleans would cast them first
    return codes
