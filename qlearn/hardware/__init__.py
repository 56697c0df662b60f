"""Part 7, hardware: what a network costs in bytes, energy and time, and how sure that is.

counts      multiplications, weights, bytes, BOPs, layer by layer      exact
shapes      the tensors between the layers, and their peak memory      exact
energy      what a multiplication and a byte cost in silicon           estimate
paths       which data types a chip multiplies, which it unpacks       exact
latency     a microcontroller's time, from two networks run on it      estimate
roofline    the time a GPU can't beat: its multipliers or its memory   bound
cost        all of it for one network on one device                    Cost, table
show        how numbers and words stand in columns
lists       those tables to read: prices, data types, measured speeds
tables      the published and measured numbers, each with its source   measured

from qlearn.hardware import cost
cost(net, device="cortex-m4")
"""

from .cost import Cost, cost, table
from .counts import LayerCount, bops, count
from .energy import (
    area_um2,
    int_mac_pj,
    mac_energy_pj,
    price_pj,
    published_mac_pj,
    weight_energy_pj,
)
from .latency import cycles_per_mac, mcu_latency_s, mcu_time_s
from .lists import price_list, speed_list, type_list
from .paths import dtypes, runs_as
from .roofline import bound_s, peak, roofline_s
from .shapes import peak_activation_bytes
from .tables import Device, device, rows

__all__ = [  # noqa: RUF022 - in teaching order
    "count",
    "LayerCount",
    "peak_activation_bytes",
    "bops",
    "price_pj",
    "area_um2",
    "published_mac_pj",
    "int_mac_pj",
    "mac_energy_pj",
    "weight_energy_pj",
    "dtypes",
    "runs_as",
    "cycles_per_mac",
    "mcu_time_s",
    "mcu_latency_s",
    "peak",
    "bound_s",
    "roofline_s",
    "cost",
    "Cost",
    "table",
    "device",
    "Device",
    "rows",
    "price_list",
    "type_list",
    "speed_list",
]
