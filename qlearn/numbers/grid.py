"""What makes a grid of whole codes a valid one: its limits, scale, zero point and codes."""

import numpy as np

from .arrays import NotFinite, as_numbers, corner, finite, is_tensor, like, work_floats
from .rounding import floor, half_away

# Below these a scale loses its precision, or vanishes, in the type it is stored in.
SMALLEST = {"float16": 2.0**-24, "float32": 2.0**-126, "float64": 2.0**-1022}
# The methods by which torch casts (it has few unsigned types).
TENSOR_CASTS = {"int8": "char", "uint8": "byte", "int16": "short", "uint16": "int", "int32": "int"}
TENSOR_CASTS |= {"bfloat16": "bfloat16", "float16": "half", "float32": "float", "float64": "double"}


def grid_limits(num_bits, signed=True, narrow_range=False):
    """(qmin, qmax) of a grid: signed -2^(b-1) .. 2^(b-1) - 1, unsigned 0 .. 2^b - 1."""
    if isinstance(num_bits, bool) or num_bits not in range(1, 17):
        raise ValueError(f"num_bits is {num_bits}: whole numbers from 1 to 16 make a grid")
    num_bits = int(num_bits)
    if not signed:
        if narrow_range:
            raise ValueError("narrow_range drops the code -2^(b-1): an unsigned grid has none")
        return 0, 2**num_bits - 1
    if num_bits == 1:
        raise ValueError("num_bits is 1 on a signed grid: give signed=False, or see binary codes")
    return -(2 ** (num_bits - 1)) + bool(narrow_range), 2 ** (num_bits - 1) - 1


def as_range(xmin, xmax, negative=True):
    """The range in float64, widened to hold 0, and a number of the kind its scale will be."""
    if is_tensor(xmin) != is_tensor(xmax):
        raise ValueError(f"the range mixes a tensor and a number: xmin {xmin}, xmax {xmax}")
    kind = as_scale_type(xmin, "xmin")
    xmin, xmax = in_double(xmin, "xmin"), in_double(xmax, "xmax")
    if xmin.shape != xmax.shape:
        raise ValueError(f"xmin has shape {tuple(xmin.shape)}, xmax {tuple(xmax.shape)}")
    if (wrong := xmin > xmax).any():
        raise ValueError(f"xmin {first(xmin, wrong)} is above xmax {first(xmax, wrong)}")
    if not negative and (xmin < 0).any():
        raise ValueError(f"xmin is {first(xmin, xmin < 0)}: unsigned symmetric codes start at 0")
    return xmin.clip(None, 0), xmax.clip(0, None), kind


def in_double(x, name):
    """x in float64, finite."""
    x = finite(work_floats(x, name), name)
    return x.double() if is_tensor(x) else x.astype(np.float64)


def as_scale_type(x, name="scale"):
    """x in a type that a scale may have: its own if that is a float of at most 64 bits."""
    half = str(getattr(x, "dtype", None)) in ("float16", "torch.float16")
    return x if half else work_floats(x, name)


def or_one(scale, kind):
    """The scale, or 1 where the range is so narrow that its type can't hold the scale."""
    smallest = SMALLEST[str(kind.dtype).removeprefix("torch.")]
    return scale * (scale >= smallest) + 1.0 * (scale < smallest)


def as_scale(scale):
    """The scale as floats, positive and finite; float16 is kept, it is stored in 16 bits."""
    scale = as_scale_type(scale)
    if (wrong := ~(scale > 0) | (scale == np.inf)).any():
        kind = ValueError if np.isfinite(value := first(scale, wrong)) else NotFinite
        raise kind(f"scale is {value}: it must be positive and finite")
    return scale if is_tensor(scale) else scale.copy()[()]


def as_zero_point(zero_point, Q):
    """The zero point as whole numbers that are codes of the grid Q and go with its scale."""
    if hasattr(zero_point, "shape") and is_tensor(zero_point) != is_tensor(Q.scale):
        raise ValueError("scale and zero_point mix a tensor and an array")
    floats = finite(work_floats(zero_point, "zero_point"), "zero_point")
    if (wrong := floats != floats.round()).any():
        raise ValueError(f"zero_point is {first(floats, wrong)}: a code is a whole number")
    if (wrong := (floats < Q.qmin) | (floats > Q.qmax)).any():
        wrong = f"zero_point {first(floats, wrong):.0f}"
        raise ValueError(f"{wrong} is not one of the codes {Q.qmin} .. {Q.qmax}")
    if not floats.shape:
        return int(floats)
    check_shape("zero_point", floats, "scale", Q.scale)
    return floats.int() if is_tensor(floats) else floats.astype(np.int32)


def check_limits(qmin, qmax):
    """Refuse limits that are not whole, cross, span over 16 bits or leave float32's integers."""
    whole = qmin == int(qmin) and qmax == int(qmax)
    if not (whole and 0 < int(qmax) - int(qmin) < 2**16 and -(2**24) <= qmin and qmax <= 2**24):
        raise ValueError(f"qmin {qmin} and qmax {qmax} are no grid of 2 to 65536 whole codes")


def check_shape(name, small, other_name, x):
    """Refuse a parameter that does not broadcast to the shape it goes with."""
    small, shape = tuple(np.shape(small)), tuple(np.shape(x))
    fits = all(a in (1, b) for a, b in zip(small[::-1], shape[::-1], strict=False))
    if len(small) > len(shape) or not fits:
        raise ValueError(f"{name} has shape {small}, which does not fit {other_name}'s {shape}")


def code_type(Q):
    """The smallest integer type that holds all codes of the grid."""
    names = ("int8", "int16", "int32") if Q.qmin < 0 else ("uint8", "uint16", "uint32")
    return next(n for n in names if np.iinfo(n).min <= Q.qmin and Q.qmax <= np.iinfo(n).max)


def check_codes(q, Q):
    """Refuse codes that the grid does not have."""
    if 0 in q.shape:
        raise ValueError(f"q is empty: its shape is {tuple(q.shape)}")
    low, high = q.min(), q.max()
    if not (low >= Q.qmin and high <= Q.qmax):
        wrong = low if low < Q.qmin else high
        raise ValueError(f"q holds {wrong}: the codes are {Q.qmin} .. {Q.qmax}")


def check_pair(x, scale, round):
    """Refuse an x that the scale can't serve (its kind, shape, number range) or the rule can't."""
    if is_tensor(x) != is_tensor(scale):
        kinds = ("a tensor", "an array") if is_tensor(x) else ("an array", "a tensor")
        raise ValueError(
            "x is {} but the scale is {}: a quantizer serves its own kind".format(*kinds)
        )
    if is_tensor(x) and round in (half_away, floor):
        raise ValueError(f"round is {round.__name__}, which takes arrays, but x is a tensor")
    check_shape("scale", scale, "x", x)
    if not (served := like(work_floats(scale), corner(x))).all():
        raise ValueError(f"scale {first(scale, served == 0)} is 0 in x's type, {float_type(x)}")


def float_type(x):
    """The name of x's own float type, or of the one it is worked in."""
    name = str(getattr(x, "dtype", "")).removeprefix("torch.")
    return name if "float" in name else str(corner(as_numbers(x)).dtype).removeprefix("torch.")


def cast(x, name):
    """x as the type of that name, whole codes being saturated already."""
    return getattr(x, TENSOR_CASTS[name])() if is_tensor(x) else x.astype(name, copy=False)


def count(x):
    """How many numbers x holds."""
    return int(np.prod(np.shape(x)))


def fits(x_hat, scale, name):
    """x_hat, or a ValueError where a level lies beyond what x's float type can hold."""
    if name in SMALLEST and float(scale.max()) > float(np.finfo(name).max) / 2**16:
        finite(x_hat, f"x_hat, in {name},")
    return x_hat


def first(x, where):
    """The first value of x at which the condition holds."""
    return float(x.reshape(-1)[where.reshape(-1)][0])
