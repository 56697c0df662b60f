"""The roofline: no chip multiplies faster than its peak or reads faster than its memory.

With this module one can
- look up a peak: `peak("a100", "int8")`, in operations a second, dense,
- bound one piece of work: `bound_s(macs, num_bytes, peak, bandwidth)`,
- bound a network: `roofline_s(count(net), "a100", batch=64)`.

A bound is not a time: large int8 networks reach 38 % of it on a T4 and 49 % on an A100, and one
image alone 8 % on a T4.
"""

from .paths import check_path, layer_path
from .tables import device, number, rows


def peak(name: str, dtype: str) -> float:
    """Operations a second in this data type; one it lacks is refused with what runs instead."""
    check_path(name, dtype)
    for row in rows("peaks"):
        if (row["device"], row["dtype"]) == (name, dtype):
            return number(row["tera_ops_s"]) * 1e12
    raise ValueError(f"{name} is a {device(name).kind}: it has measured times, no published peak")


def bound_s(macs: float, num_bytes: float, peak_ops_s: float, bandwidth_bytes_s: float) -> float:
    """t >= max(2 MACs / peak, bytes / bandwidth); one MAC is two operations (Williams 2009)."""
    return max(2 * macs / peak_ops_s, num_bytes / bandwidth_bytes_s)


def layer_bound_s(layer, name: str, batch: int = 1) -> float:
    """Bound one layer: its weights are read once a batch, its activations stay on the chip."""
    peak_ops_s = peak(name, layer_path(name, layer))
    return bound_s(batch * layer.macs, layer.bytes, peak_ops_s, device(name).bandwidth_bytes_s)


def roofline_s(layers, name: str, batch: int = 1) -> float:
    """Sum the bounds of the layers, which run one after the other."""
    return sum(layer_bound_s(layer, name, batch) for layer in layers)
