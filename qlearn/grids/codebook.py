"""The non-uniform grid: a sorted list of levels and a scale are a whole quantizer.

The wall:  q = number of edges below x / scale,   x_hat = scale * levels[q]

An edge lies half-way between two levels (survey Eq. 6 with the edges that Eq. 7 asks for).
"""

from dataclasses import dataclass

import numpy as np

from qlearn.numbers import grid
from qlearn.numbers.arrays import (
    as_numbers,
    finite,
    in_blocks,
    is_tensor,
    like,
    work_floats,
)
from qlearn.numbers.rounding import half_even

from .cells import as_levels, count_below, edges_for


@dataclass(frozen=True, eq=False)
class Codebook:
    """x ~ scale * levels[q], with codes q from 0 on; each number takes the nearest level.

    levels: 1 to 65536 numbers that rise. A number half-way between two takes the lower one.
    scale: a number, or an array that broadcasts against x (one per channel, say).
    known: the levels are the same for every tensor (NF4, even ones) and not stored with it.
    """

    levels: np.ndarray
    scale: np.ndarray = 1
    known: bool = False

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

    def quantize(self, x, round=half_even):
        """Codes: how many edges lie below x / scale, in the smallest unsigned integer type."""
        check_round(round)
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

    def __call__(self, x, round=half_even):
        """Fake quantization: dequantize(quantize(x)), to the bit, cast to x's own float type."""
        check_round(round)
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
        """Bits to store `size` values: codes, levels at 32 bits unless known, scales unless 1."""
        if size != int(size) or size < 1:
            raise ValueError(f"size is {size}: a tensor has at least one value")
        none = not np.ndim(self.scale) and self.scale == 1
        scale_bits = 16 if grid.float_type(self.scale) == "float16" else 32
        return {
            "codes": self.num_bits * int(size),
            "levels": 0 if self.known else 32 * len(self.levels),
            "scales": 0 if none else scale_bits * grid.count(self.scale),
        }

    def bits_per_value(self, size):
        """Stored bits a value, for a tensor of `size` values: codes, levels and scales."""
        return sum(self.storage(size).values()) / size


def check_round(round):
    """Affine's verbs take a rounding, so these do, too; but each number goes to its nearest level.

    (Which of two levels a number half-way takes is no matter of even codes: the lower one.)
    """
    if round is not half_even:
        name = getattr(round, "__name__", round)
        raise ValueError(f"round is {name}: in a codebook each number takes the nearest level")
