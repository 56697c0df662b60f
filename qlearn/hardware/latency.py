"""Microcontroller time: two constants for each chip, solved from two measured networks.

With this module one can
- see what a MAC costs on a chip: `cycles_per_mac("cortex-m4")`,
- estimate a time from counts: `mcu_time_s(conv_macs, other_macs, "cortex-m4")`,
- and for a network: `mcu_latency_s(count(net), "cortex-m4")`.

ResNet-8 is nearly all 3x3 convolution, MobileNet nearly all pointwise and depthwise: together they
give the two constants. On DS-CNN and the autoencoder, which they never saw, the int8 constants are
0 to 11 % off on M4, M7 and M33, up to 25 % on the M0+. The float32 ones are 23 % (M4) and 45 % (M7)
too fast on the autoencoder, which uses each weight once.
"""

from functools import cache

import numpy as np

from .paths import check_path, layer_path
from .tables import device, number, rows

SOLVED_FROM = ("ResNet-8", "MobileNet")


def measured(name: str, dtype: str, network: str) -> dict:
    """Find the row of one measured network; the networks are those of MLPerf Tiny."""
    check_path(name, dtype)
    for row in rows("mcu_times"):
        if (row["device"], row["dtype"], row["network"]) == (name, dtype, network):
            return row
    raise ValueError(f"no measured {dtype} time of {network} on {name}")


def network_macs(network: str) -> tuple[int, int]:
    """MACs of a measured network: those of its convolutions and those of all other layers."""
    (row,) = (row for row in rows("networks") if row["name"] == network)
    return int(row["macs_conv"]), int(row["macs_other"])


@cache
def cycles_per_mac(name: str, dtype: str = "int8") -> tuple[float, float]:
    """Solve cycles = c_conv MACs_conv + c_other MACs_other for two measured networks."""
    runs = [measured(name, dtype, network) for network in SOLVED_FROM]
    cycles = [number(run["time_ms"]) * 1e-3 * number(run["clock_mhz"]) * 1e6 for run in runs]
    c_conv, c_other = np.linalg.solve([network_macs(network) for network in SOLVED_FROM], cycles)
    return float(c_conv), float(c_other)


def mcu_time_s(conv_macs: int, other_macs: int, name: str, dtype: str = "int8") -> float:
    """t = (c_conv MACs_conv + c_other MACs_other) / clock."""
    c_conv, c_other = cycles_per_mac(name, dtype)
    return (c_conv * conv_macs + c_other * other_macs) / device(name).clock_hz


def mcu_latency_s(layers, name: str) -> float:
    """Estimate the time of one input; every layer in the data type that runs on this chip."""
    total = 0.0
    for layer in layers:
        conv, other = (layer.macs, 0) if layer.kind == "conv" else (0, layer.macs)
        total += mcu_time_s(conv, other, name, layer_path(name, layer))
    return total


def active_power_w(name: str) -> float:
    """Power of the chip while it runs ResNet-8 in int8, measured; zero where nobody measured."""
    run = measured(name, "int8", "ResNet-8")
    return (
        number(run["energy_uj"]) / number(run["energy_run_ms"]) * 1e-3 if run["energy_uj"] else 0.0
    )
