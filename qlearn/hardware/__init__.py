"""Part 7, hardware: what a network costs in bytes, energy and time, and how sure that is.

counts      multiplications, weights, bytes, BOPs, layer by layer      exact
shapes      the tensors between the layers, and their peak memory      exact
energy      what a multiplication and a byte cost in silicon           estimate
paths       which data types a chip multiplies, which it unpacks       exact
latency     a microcontroller's time, from two networks run on it      estimate
roofline    the time a GPU can't beat: its multipliers or its memory   bound
place       devices by any spelling, GPUs in numbers, memory sizes     exact
batched     the same with a batch: weights read once, used often       bound
decode      tokens a second of a language model, from two constants    estimate
overhead    starting a kernel, passes over activations, unpacking      estimate
evidence    how much of a promised gain others measured                measured
answer      what `faster` says, as a value that shows itself           Faster
faster      will fewer bits be faster here, and how sure is that?      Faster
cost        all of it for one network on one device                    Cost, table
show        how numbers and words stand in columns
lists       those tables to read: prices, data types, measured speeds
tables      the published and measured numbers, each with its source   measured

from qlearn.hardware import cost
cost(net, device="cortex-m4")
"""

from .answer import Faster
from .batched import BatchBound, Work, batch_bound, kv_bytes, turning_batch, work
from .cost import Cost, cost, table
from .counts import LayerCount, bops, count
from .decode import (
    DecodeFit,
    decode_bound_s,
    decode_s,
    decoders,
    fit_decode,
    nominal_bytes_s,
    tokens_s,
)
from .energy import (
    area_um2,
    int_mac_pj,
    mac_energy_pj,
    price_pj,
    published_mac_pj,
    weight_energy_pj,
)
from .evidence import Pair, pairs
from .faster import faster
from .latency import cycles_per_mac, mcu_latency_s, mcu_time_s
from .lists import price_list, speed_list, type_list
from .overhead import beside_s, launch_s, layer_parts_s
from .paths import dtypes, runs_as
from .place import Gpu, memory_of
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
    "work",
    "Work",
    "batch_bound",
    "BatchBound",
    "turning_batch",
    "kv_bytes",
    "Gpu",
    "memory_of",
    "decoders",
    "tokens_s",
    "nominal_bytes_s",
    "decode_bound_s",
    "fit_decode",
    "decode_s",
    "DecodeFit",
    "beside_s",
    "launch_s",
    "layer_parts_s",
    "pairs",
    "Pair",
    "faster",
    "Faster",
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
