"""The uniform grid: two numbers, scale and zero point, are a whole quantizer.

The wall:  q = clip(round(x / scale) + zero_point, qmin, qmax),   x_hat = scale * (q - zero_point)
"""

from dataclasses import dataclass

import numpy as np

from . import grid
from .arrays import as_numbers, finite, in_blocks, is_tensor, like, work_floats
from .rounding import ELEMENTWISE, half_even


@dataclass(frozen=True, eq=False)
class Affine:
    """x ~ scale * (q - zero_point), with whole codes q in [qmin, qmax] (Jacob et al. 2018, Eq. 1).

    scale: a number, or an array that broadcasts against x (one scale per channel, say).
    zero_point: the code of real 0, whole, shaped like scale. The survey's Z is -zero_point.
    A quantizer for tensors holds tensors, one for arrays holds arrays.
    """

    scale: np.ndarray
    zero_point: np.ndarray = 0
    qmin: int = -128
    qmax: int = 127

    def __post_init__(self):
        grid.check_limits(self.qmin, self.qmax)
        object.__setattr__(self, "qmin", int(self.qmin))
        object.__setattr__(self, "qmax", int(self.qmax))
        object.__setattr__(self, "scale", grid.as_scale(self.scale))
        object.__setattr__(self, "zero_point", grid.as_zero_point(self.zero_point, self))

    @classmethod
    def from_range(cls, xmin, xmax, num_bits=8, signed=True, symmetric=False, narrow_range=False):
        """The grid that covers [xmin, xmax] widened to hold 0 (survey Eq. 4), worked in float64.

        Asymmetric: scale = (xmax - xmin) / (qmax - qmin), zero_point = round(qmin - xmin / scale).
        Symmetric: zero_point = 0, scale = 2 max(-xmin, xmax) / (qmax - qmin); unsigned xmax / qmax.
        narrow_range drops the lowest code; a range of width zero gets scale 1; one bit is unsigned.
        """
        qmin, qmax = grid.grid_limits(num_bits, signed, narrow_range)
        xmin, xmax, kind = grid.as_range(xmin, xmax, negative=signed or not symmetric)
        if symmetric:
            largest = (-xmin).clip(xmax, None)  # max(-xmin, xmax), for arrays and tensors alike
            scale = grid.or_one(largest / ((qmax - qmin) / 2 if signed else qmax), kind)
            zero_point = 0
        else:
            scale = grid.or_one((xmax - xmin) / (qmax - qmin), kind)
            zero_point = (qmin - xmin / scale).round()
        return cls(like(scale, kind), zero_point, qmin, qmax)

    def _codes(self, x, scale, zero_point, round):
        """The wall: whole numbers, still in x's float type, so that gradients pass."""
        return (round(x / scale) + zero_point).clip(self.qmin, self.qmax)

    def _values(self, codes, scale, zero_point):
        return scale * (like(codes, scale) - zero_point)

    def quantize(self, x, round=half_even):
        """Codes: clip(round(x / scale) + zero_point, qmin, qmax), in the smallest integer type."""

        def codes(x, scale, zero_point):
            return self._codes(x, like(scale, x), like(zero_point, x), round)

        return self._work(codes, x, round, grid.code_type(self))

    def dequantize(self, q):
        """Numbers: scale * (q - zero_point), in the scale's float type (float32 for float16)."""
        q = as_numbers(q, "q")
        grid.check_codes(q, self)
        return self._work(self._values, q, half_even, grid.float_type(work_floats(self.scale)))

    def __call__(self, x, round=half_even):
        """Fake quantization: dequantize(quantize(x)), to the bit, cast to x's own float type."""

        def fake(x, scale, zero_point):
            codes = self._codes(x, like(scale, x), like(zero_point, x), round)
            return self._values(codes, scale, zero_point)

        name = grid.float_type(x)
        return grid.fits(self._work(fake, x, round, name), self.scale, name)

    def _work(self, formula, x, round, dtype):
        """formula(x, scale, zero_point) as dtype; arrays go in blocks where that is safe."""
        x = as_numbers(x)
        grid.check_pair(x, self.scale, round)
        scale = work_floats(self.scale)
        params = scale, like(self.zero_point, scale)
        with np.errstate(over="ignore"):  # x / scale beyond all codes is clipped
            if is_tensor(x) or round not in ELEMENTWISE:
                return grid.cast(formula(finite(work_floats(x)), *params), dtype)
            return in_blocks(
                lambda x, *p: formula(finite(work_floats(x)), *p), x, *params, dtype=dtype
            )[()]

    @property
    def num_bits(self):
        """The width of a code."""
        return (self.qmax - self.qmin).bit_length()

    def storage(self, size):
        """Bits to store `size` values: codes, scales, and the zero points unless all are 0."""
        if size != int(size) or size < 1:
            raise ValueError(f"size is {size}: a tensor has at least one value")
        z = self.zero_point
        symmetric = not (z.any() if np.shape(z) else z)
        scale_bits = 16 if grid.float_type(self.scale) == "float16" else 32
        return {
            "codes": self.num_bits * int(size),
            "scales": scale_bits * grid.count(self.scale),
            "zero_points": 0 if symmetric else self.num_bits * grid.count(z),
        }

    def bits_per_value(self, size):
        """Stored bits a value, for a tensor of `size` values: codes, scales and zero points."""
        return sum(self.storage(size).values()) / size
