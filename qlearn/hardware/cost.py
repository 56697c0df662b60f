"""What a network costs, as a value that shows itself as a table; every row says what it is worth.

exact: counted. bound: reality cannot be better. estimate: a fitted model. measured: someone did.

With this module one can
- price a network: `cost(net, device="cortex-m4")`, and read `.bytes`, `.macs`, `.time_ms`, ...,
- set several side by side: `table({"float32": cost(net), "8 bits": cost(net8)})`.
"""

from dataclasses import dataclass
from typing import NamedTuple

from .batched import whole
from .counts import LayerCount, bops, count
from .energy import mac_energy_pj, weight_energy_pj
from .latency import active_power_w, cycles_per_mac, mcu_latency_s, measured
from .paths import layer_paths, unpacking
from .roofline import peak, roofline_s
from .shapes import peak_activation_bytes
from .show import Table, aligned, text
from .tables import Device
from .tables import device as find_device


class Row(NamedTuple):
    """A line of the table: the quantity, its value, and how far to trust it."""

    quantity: str
    value: object
    unit: str
    kind: str  # exact, bound, estimate or measured
    source: str


def value_of(quantity: str) -> property:
    """Make an attribute that reads the row of this quantity, or None where there is none."""
    return property(lambda self: {row.quantity: row.value for row in self.rows}.get(quantity))


@dataclass(frozen=True)
class Cost:
    """The cost of one pass of `batch` inputs through a network on a device."""

    device: Device
    batch: int
    layers: tuple[LayerCount, ...]
    rows: tuple[Row, ...]

    macs = value_of("MACs")
    bytes = value_of("stored")
    peak_activation_bytes = value_of("peak activations")
    bops = value_of("BOPs")
    energy_uj = value_of("energy floor")
    time_ms = value_of("time")
    chip_energy_uj = value_of("chip energy")

    def __repr__(self) -> str:
        title = f"cost on {self.device.name} ({self.device.chip}), batch {self.batch}"
        lines = [("quantity", "value", "unit", "kind", "where it comes from")]
        lines += [(row.quantity, text(row.value), *row[2:]) for row in self.rows]
        return f"{title}\n{aligned(lines, right=[1])}"


def table(costs: dict[str, Cost]) -> Table:
    """Set several costs side by side: a column for each, a line for each quantity."""
    cells, kinds = {}, {}
    for name, one in costs.items():
        for row in one.rows:
            cells.setdefault(row.quantity, {})[name] = f"{text(row.value)} {row.unit}".rstrip()
            kinds.setdefault(row.quantity, {})[row.kind] = True
    lines = [("quantity", *costs, "kind")]
    for quantity, cell in cells.items():
        values = (cell.get(name, "-") for name in costs)
        lines.append((quantity, *values, " / ".join(kinds[quantity])))
    return Table(aligned(lines, right=range(1, len(costs) + 1)))


def count_rows(net, layers, batch: int) -> list[Row]:
    """What is counted, and is the same on every device."""
    parts = ("code", "scale", "zero_point", "bias", "level")
    sums = {part: sum(getattr(n, f"{part}_bytes") for n in layers) for part in parts}
    split = "codes {code:,} + scales {scale:,} + zero points {zero_point:,} + biases {bias:,}"
    split += " + levels {level:,}" * (sums["level"] > 0)
    macs, peak_bytes = sum(n.macs for n in layers), peak_activation_bytes(net)
    return [
        Row("MACs", batch * macs, "", "exact", f"one for each use of a weight, batch of {batch}"),
        Row("stored", sum(sums.values()), "bytes", "exact", split.format(**sums)),
        Row("peak activations", batch * peak_bytes, "bytes", "exact",
            "largest input + output of a layer"),
        Row("BOPs", batch * bops(layers), "", "exact",
            "MACs x weight bits x input bits: neither energy nor time"),
    ]  # fmt: skip


def floor_row(layers, batch: int) -> Row:
    """What the arithmetic and one read of the weights from DRAM take in 45 nm; all else adds."""
    mac_uj, read_uj = batch * mac_energy_pj(layers) * 1e-6, weight_energy_pj(layers) * 1e-6
    source = f"45 nm: MACs {text(mac_uj)} + every weight code once from DRAM {text(read_uj)}"
    return Row("energy floor", mac_uj + read_uj, "uJ", "estimate", source)


def path_row(layers, name: str) -> Row:
    """The data types that run, and what has to be unpacked for them."""
    notes = dict.fromkeys(note for n in layers if (note := unpacking(name, n)))
    source = "; ".join(notes) or "as stored"
    source += ", which is not counted" if notes else ""
    return Row("data types", ", ".join(layer_paths(name, layers)), "", "exact", source)


def cycles_source(name: str, dtype: str) -> str:
    """Say which constants a time rests on, and where they were measured."""
    c_conv, c_other = cycles_per_mac(name, dtype)
    board = measured(name, dtype, "ResNet-8")["board"]
    return f"{dtype} on {board}: {c_conv:.2f} cycles a conv MAC, {c_other:.2f} others"


def mcu_rows(net, layers, chip: Device, batch: int) -> list[Row]:
    """Time and energy of a whole microcontroller, and whether the network fits into it."""
    time_ms, power_w = batch * mcu_latency_s(layers, chip.name) * 1e3, active_power_w(chip.name)
    source = "; ".join(cycles_source(chip.name, path) for path in layer_paths(chip.name, layers))
    rows = [Row("time", time_ms, "ms", "estimate", f"{source}; {chip.clock_hz / 1e6:.0f} MHz")]
    if power_w:
        source = f"{1e3 * power_w:.1f} mW (measured on int8 ResNet-8) x time"
        rows.append(Row("chip energy", time_ms * power_w * 1e3, "uJ", "estimate", source))
    fits = sum(n.bytes for n in layers) <= chip.flash_bytes
    fits &= batch * peak_activation_bytes(net) <= chip.sram_bytes
    source = f"flash {chip.flash_bytes // 1024} KiB, SRAM {chip.sram_bytes // 1024} KiB; no program"
    return [*rows, Row("fits", "yes" if fits else "no", "", "exact", source)]


def gpu_rows(net, layers, chip: Device, batch: int) -> list[Row]:
    """The time that the roofline allows."""
    peaks = (f"{p} {peak(chip.name, p) / 1e12:g} Tops/s" for p in layer_paths(chip.name, layers))
    source = f"roofline: {', '.join(peaks)}; weights once at {chip.bandwidth_bytes_s / 1e9:g} GB/s"
    return [Row("time", roofline_s(layers, chip.name, batch) * 1e3, "ms", "bound", source)]


def cost(net, device: str = "cortex-m4", batch: int = 1) -> Cost:
    """Price one pass of `batch` inputs through a network on a device of the tables."""
    batch, chip, layers = whole("batch", batch, 1), find_device(device), count(net)
    if not layers:
        raise ValueError("the network has no layer with weights: there is nothing to price")
    device_rows = mcu_rows if chip.kind == "microcontroller" else gpu_rows
    rows = [*count_rows(net, layers, batch), floor_row(layers, batch)]
    rows += [path_row(layers, device), *device_rows(net, layers, chip, batch)]
    return Cost(chip, batch, layers, tuple(rows))
