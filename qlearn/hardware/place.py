"""Where a model runs: a device of the tables, however it is spelled, or a GPU of one's own.

With this module one can
- look up a device: `find("A100")`, `find("Orin Nano")`,
- describe a GPU: `Gpu("RTX 4090", bandwidth_bytes_s=1008e9, peaks={"float16": 165e12})`,
- ask either one: `path_in(chip, "int4")`, `peak_in(chip, "float16")`, `memory_of(chip)`.
"""

import math
from dataclasses import dataclass

import numpy as np

from .paths import runs_as
from .roofline import peak
from .show import in_unit
from .tables import Device, number, rows
from .tables import device as table_device

ORDER = "int4", "int8", "float16", "float32"  # each holds the values of those before it


def positive(value, what="macs and weights") -> float:
    """Refuse a count or a rate that is none."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value <= 0:
        raise ValueError(f"{what} must be positive numbers, not {value!r}")
    return float(value)


@dataclass(frozen=True)
class Gpu:
    """A chip in numbers: bytes a second, dense operations a second by data type, and its room."""

    name: str
    bandwidth_bytes_s: float
    peaks: dict[str, float]
    memory_bytes: float = 0  # zero: not known
    kind = "gpu"
    chip = "your numbers"

    def __post_init__(self):
        if not isinstance(self.peaks, dict) or not set(self.peaks) <= set(ORDER) or not self.peaks:
            raise ValueError(f"peaks must give some of {', '.join(ORDER)}, not {self.peaks!r}")
        for rate in (self.bandwidth_bytes_s, *self.peaks.values()):
            positive(rate, "bandwidth and peaks")


def find(place) -> Device | Gpu:
    """Look up a device; capitals and spaces are free, and "M4" is enough for "cortex-m4"."""
    if isinstance(place, Gpu | Device):
        return place
    if not isinstance(place, str):
        raise ValueError(f"a device is a name of the tables or a Gpu(...), not {place!r}")
    key = place.lower().replace(" ", "-")
    names = [row["name"] for row in rows("devices")]
    fit = [name for name in names if name == key or name.endswith(f"-{key}")]
    return table_device(fit[0] if len(fit) == 1 else place)


def path_in(place, dtype: str) -> str:
    """Choose the data type that multiplies: this one, or the next wider one that is there."""
    chip = find(place)
    if not isinstance(chip, Gpu):
        return runs_as(chip.name, dtype)
    if dtype not in ORDER:
        raise ValueError(f"unknown data type {dtype!r}; there are {', '.join(ORDER)}")
    wider = [other for other in ORDER[ORDER.index(dtype) :] if other in chip.peaks]
    if not wider:
        have = ", ".join(chip.peaks)
        raise ValueError(f"{chip.name} has no peak for {dtype} or a wider type: {have}")
    return wider[0]


def peak_in(place, dtype: str) -> float:
    """Operations a second in this data type."""
    chip = find(place)
    return chip.peaks[dtype] if isinstance(chip, Gpu) else peak(chip.name, dtype)


def memory_of(place) -> float:
    """Give the bytes that weights may take: a GPU's memory, a microcontroller's flash."""
    chip = find(place)
    if isinstance(chip, Gpu):
        return chip.memory_bytes
    known = {row["device"]: 1e9 * number(row["memory_gb"]) for row in rows("memories")}
    return known.get(chip.name, chip.flash_bytes)


def size_text(num_bytes: float) -> str:
    """Write a size with three digits, in the unit that suits it."""
    return in_unit(num_bytes, {"GB": 1e9, "MB": 1e6, "kB": 1e3, "bytes": 1})
