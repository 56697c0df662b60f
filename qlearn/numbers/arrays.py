"""What every function asks of its input, and how a formula walks through a large array.

Arrays are numpy's. The few functions that take torch tensors too use only what both have.
"""

import numpy as np


class NotFinite(ValueError):
    """A NaN or an infinity where numbers are needed."""


BLOCK = 1 << 16  # numbers worked on at a time: they and their temporaries stay in the cache


def is_tensor(x):
    """Is x a torch tensor? Asked without importing torch."""
    return hasattr(x, "detach")


def as_floats(x, name="x"):
    """x as an array of finite floats, at least one; a tensor is refused."""
    if is_tensor(x):
        raise ValueError(f"{name} is a tensor: this function takes arrays")
    return finite(work_floats(x, name), name)


def work_floats(x, name="x"):
    """x in the float type it is worked in: float64 stays, all else becomes float32."""
    x = as_numbers(x, name)
    if is_tensor(x):
        return x if str(x.dtype) == "torch.float64" else x.float()
    wide = x.dtype in (np.float64, np.longdouble)
    return x.astype(np.float64 if wide else np.float32, copy=False)


def corner(x):
    """The first value of an array or tensor, in the float type that x is worked in."""
    return work_floats(x[(slice(0, 1),) * x.ndim])


def as_numbers(x, name="x"):
    """x as an array (a tensor stays one) of real numbers, at least one.

    Numbers and lists without a type become float64, as everywhere in numpy.
    """
    if is_tensor(x):
        check_kind(str(x.dtype).removeprefix("torch."), x.shape, name)
        return x
    typed, x = hasattr(x, "dtype"), np.asarray(x)
    check_kind(x.dtype.name, x.shape, name)
    return x if typed else x.astype(np.float64)


def check_kind(type_name, shape, name):
    """Refuse what is no number, and what holds none."""
    if not type_name.startswith(("float", "bfloat", "int", "uint", "longdouble")):
        raise ValueError(f"{name} holds {type_name} values: real numbers are needed")
    if 0 in shape:
        raise ValueError(f"{name} is empty: its shape is {tuple(shape)}")


def finite(x, name="x"):
    """x, or a ValueError that shows its first NaN or infinity."""
    # A finite sum proves finite terms; only where the sum overflows is each one looked at.
    with np.errstate(over="ignore", invalid="ignore"):
        total = x.sum()
        if not total - total == 0 and len(bad := x[x - x != 0]):
            raise NotFinite(f"{name} holds {float(bad[0])}")
    return x


def like(a, b):
    """a in the type of b; a plain number bends by itself."""
    if type(a) in (int, float):  # not isinstance: np.float64 is a float too
        return a
    return a.to(b.dtype) if is_tensor(a) else a.astype(b.dtype, copy=False)


def in_blocks(f, x, *params, dtype):
    """f(x, *params), elementwise, worked in pieces that fit the cache and written as dtype."""
    result = np.empty_like(x, dtype, subok=False)  # in x's memory layout
    inwards = np.argsort([-s for s in x.strides], kind="stable")
    params = [np.broadcast_to(p, x.shape).transpose(inwards) if np.ndim(p) else p for p in params]
    x, out = x.transpose(inwards), result.transpose(inwards)
    for i in pieces(x.shape):
        out[i] = f(x[i], *(p[i] if np.ndim(p) else p for p in params))
    return result


def pieces(shape):
    """Indices that cut an array of this shape into pieces of at most BLOCK numbers."""
    inner = int(np.prod(shape[1:]))
    if not shape:
        yield ()
    elif inner > BLOCK:
        for i in range(shape[0]):
            for j in pieces(shape[1:]):
                yield (i, *j)
    else:
        step = BLOCK // inner
        for i in range(0, shape[0], step):
            yield (slice(i, i + step),)
