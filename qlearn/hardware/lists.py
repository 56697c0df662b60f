"""The tables to read: prices, data types, and what fewer bits really brought.

With this module one can
- read the prices of a technology with their sources: `price_list(45)`,
- see the data types of each device, and what it runs int4 as: `type_list()`,
- see measured times of one network in several data types on one chip: `speed_list()`.
"""

from .paths import dtypes, runs_as
from .show import Table, aligned
from .tables import device, number, rows


def price_list(node_nm: int = 45) -> Table:
    """List the published energies and areas of one technology, each with its source."""
    lines = [("op", "of", "pJ", "um2", "evidence", "source")]
    for row in rows("energy"):
        if row["node_nm"] == str(node_nm):
            source = row["source"].split(";")[0].split(":")[0].replace(" as quoted in", ", in")
            source = source.replace(" (seen only as quoted by others)", ", quoted by others")
            lines.append((row["op"], row["what"], row["pj"], row["um2"], row["evidence"], source))
    if len(lines) == 1:
        raise ValueError(f"no published energies at {node_nm} nm")
    areas = any(line[3] for line in lines[1:])
    note = "\num2: TSMC 45 nm, from a keynote of Dally's, quoted by others" if areas else ""
    return Table(aligned(lines, right=[2, 3]) + note)


def speed(name: str) -> str:
    """How fast a GPU reads, or how fast a microcontroller's clock ticks."""
    chip = device(name)
    if chip.bandwidth_bytes_s:
        return f"{chip.bandwidth_bytes_s / 1e9:,.0f} GB/s"
    return f"{chip.clock_hz / 1e6:,.0f} MHz"


def type_list() -> Table:
    """List the devices with their speed, the types that our tables have figures of, and int4.

    A microcontroller has a type if its time was measured, a GPU if its peak was published.
    """
    lines = [("device", "speed", "types in our tables", "runs int4 as")]
    for name in (row["name"] for row in rows("devices")):
        lines.append((name, speed(name), ", ".join(dtypes(name)), runs_as(name, "int4")))
    return Table(aligned(lines, right=[1]))


def speed_list() -> Table:
    """List what was measured with the same network, chip and software in several data types."""
    runs = {}
    for row in rows("runs"):
        if row["time_ms"]:
            key = (row["device"], row["network"], row["software"], row["published_in"])
            runs.setdefault(key, {})[row["dtype"]] = number(row["time_ms"])
    lines = [("device", "network", "times the speed of float32", "software", "published in")]
    for (name, network, software, place), ms in runs.items():
        faster = [f"{t} {ms['float32'] / ms[t]:.2f}" for t in ms if t != "float32"]
        lines.append((name, network, ", ".join(faster), software, place))
    return Table(aligned(lines, right=[]))
