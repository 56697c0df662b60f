"""How many numbers share a scale? A group is a row: one scale a row is one scale a group.

The survey's four granularities (III-E) are four group sizes: the whole layer, some channels
(groupwise), one channel (channelwise), less than a channel (sub-channelwise).
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from .arrays import as_numbers, finite, is_tensor
from .rounding import half_even


def to_groups(x, group_size, pad=False):
    """The values of x in order, group_size of them a row: shape (groups, group_size).

    A ragged last group is a ValueError, or is filled with zeros if pad. Types stay.
    """
    x, group_size = as_array(x, "x"), as_group_size(group_size)
    groups, left_over = divmod(x.size, group_size)
    if left_over and not pad:
        raise ValueError(
            f"group_size is {group_size}: {x.size} values make {groups} such groups and leave "
            f"{left_over} over; choose a divisor, or pad=True fills the last group with zeros"
        )
    if left_over:
        x = np.pad(x.ravel(), (0, group_size - left_over))
    return x.reshape(-1, group_size)


def from_groups(groups, shape):
    """What to_groups made into rows, back in its shape; zeros that filled the last row go."""
    groups, shape = as_array(groups, "groups"), tuple(shape)
    if groups.ndim != 2 or not 0 <= groups.size - prod(shape) < groups.shape[1]:
        raise ValueError(f"groups of shape {groups.shape} are not those of an array {shape}")
    return groups.ravel()[: prod(shape)].reshape(shape)


@dataclass(frozen=True, eq=False)
class Grouped:
    """A quantizer for arrays of any shape: Q, fitted to their rows of group_size, works on these.

    The last group is padded; the padding is stored, so it is counted.
    """

    Q: object
    group_size: int

    def __post_init__(self):
        object.__setattr__(self, "group_size", as_group_size(self.group_size))

    def _on_rows(self, verb, x, *options):
        x = np.asarray(x)
        return from_groups(verb(to_groups(x, self.group_size, pad=True), *options), x.shape)

    def quantize(self, x, round=half_even):
        """Codes in the shape of x."""
        return self._on_rows(self.Q.quantize, x, round)

    def dequantize(self, q):
        """Numbers in the shape of the codes q."""
        return self._on_rows(self.Q.dequantize, q)

    def __call__(self, x, round=half_even):
        """Fake quantization: dequantize(quantize(x))."""
        return self._on_rows(self.Q, x, round)

    @property
    def num_bits(self):
        """The width of a code."""
        return self.Q.num_bits

    def storage(self, size):
        """Bits to store `size` values: codes, with those of the padding; scales; zero points."""
        return self.Q.storage(size + -size % self.group_size)

    def bits_per_value(self, size):
        """Stored bits a value: num_bits + (scale + zero point bits) / group_size, and padding."""
        return sum(self.storage(size).values()) / size


def by_group(fit, group_size):
    """Turn fit, a function rows -> quantizer, into a function array -> quantizer of its groups."""
    return lambda x: Grouped(fit(to_groups(x, group_size, pad=True)), group_size)


def half_scales(Q):
    """The Affine Q with its scales rounded to float16: another grid, so quantize with this one."""
    scale = np.asarray(Q.scale)
    with np.errstate(over="ignore"):
        half = scale.astype(np.float16)
    if (wrong := (half == 0) | (half == np.inf)).any():
        raise ValueError(f"scale {scale[wrong].flat[0]} does not fit float16, 6e-08 to 65504")
    return replace(Q, scale=half)


def as_array(x, name):
    """x as an array of real, finite numbers in their own type, at least one."""
    if is_tensor(x):
        raise ValueError(f"{name} is a tensor: this function takes arrays")
    return finite(as_numbers(x, name), name)


def as_group_size(group_size):
    """The group size as a whole number of at least 1."""
    whole = isinstance(group_size, int | np.integer) and not isinstance(group_size, bool)
    if not whole or group_size < 1:
        raise ValueError(f"group_size is {group_size!r}: give a whole number of at least 1")
    return int(group_size)
