"""The numbers other people measured or published, one row a fact, each with its source.

With this module one can
- read a table of the package: `rows("energy")`,
- look up a device: `device("cortex-m4").sram_bytes`.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

DATA = Path(__file__).parent / "data"


@cache
def rows(table: str) -> tuple[MappingProxyType, ...]:
    """Read data/<table>.csv: one dictionary a row, read-only, the values still text."""
    known = sorted(path.stem for path in DATA.glob("*.csv"))
    if table not in known:
        raise ValueError(f"no table {table!r}; there are {', '.join(known)}")
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(MappingProxyType, csv.DictReader(file)))


@dataclass(frozen=True)
class Device:
    """A chip as its maker describes it; zero where the table has no figure."""

    name: str
    kind: str  # "microcontroller" or "gpu"
    chip: str
    clock_hz: float
    sram_bytes: int
    flash_bytes: int
    bandwidth_bytes_s: float
    source: str


def number(text: str) -> float:
    """Read a cell of a table, an empty one as zero."""
    return float(text or 0)


@cache
def device(name: str) -> Device:
    """Look up a device by name; an unknown one is a ValueError that lists those there are."""
    known = {row["name"]: row for row in rows("devices")}
    if name not in known:
        raise ValueError(f"no device {name!r} in the tables; there are {', '.join(known)}")
    row = known[name]
    return Device(
        name=name,
        kind=row["kind"],
        chip=row["chip"],
        clock_hz=1e6 * number(row["clock_mhz"]),
        sram_bytes=int(1024 * number(row["sram_kib"])),
        flash_bytes=int(1024 * number(row["flash_kib"])),
        bandwidth_bytes_s=1e9 * number(row["bandwidth_gb_s"]),
        source=row["source"],
    )
