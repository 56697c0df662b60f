"""Will fewer bits make my model faster on my device, and how sure is that?

With this module one can
- ask: `faster("LLaMA-2-7B", "a100", weight_bits=4, input_bits=16, batch=1)`,
- with a network of one's own, `faster(net, "cortex-m4", 8, 8)`, or (macs, weights, layers),
- with a chip of one's own: `faster("LLaMA-2-7B", Gpu("RTX 4090", 1008e9, {"float16": 165e12}))`.
"""

from .answer import EVEN, HARDLY, Faster
from .batched import batch_bound, model_row, path_of, whole, work
from .counts import count
from .evidence import Pair, pairs
from .latency import SOLVED_FROM, mcu_time_s, measured
from .overhead import launch_s
from .paths import dtypes, too_narrow
from .place import find, memory_of

BESIDE = (16, 16)  # weights and inputs of what it is compared with
UNSPLIT = "(macs, weights) don't say which are convolutions: all are timed as other layers"


def faster(model, device, weight_bits=4, input_bits=16, batch=1) -> Faster:
    """Compare weights and inputs of so many bits with 16 and 16, on one device.

    model: the name of one in the tables, (macs, weights, layers), or a numpy network.
    device: a name of the tables, or a Gpu.
    """
    chip, layers, batch = find(device), work(model), whole("batch", batch, 1)
    settings = BESIDE, (weight_bits, input_bits)
    check_own_bits(model, *settings[1])
    ask = on_microcontroller if chip.kind == "microcontroller" else on_gpu
    times, limits, kind, starts_s, notes = ask(model, layers, chip, settings, batch)
    runs = [path_text(chip, *bits) for bits in settings]
    names = [f"W{weights}A{inputs}" for weights, inputs in settings]
    left = (times[0] + (starts_s or 0)) / (times[1] + (starts_s or 0))
    known = kin(kind, limits, chip) if times[0] > EVEN * times[1] and left >= HARDLY else ()
    weights = sum(layer.weights for layer in layers)
    stored = weights * 2.0, weights * weight_bits / 8
    pairs_of_two = map(tuple, (names, runs, times, limits))
    return Faster(chip, batch, *pairs_of_two, kind, starts_s, stored, memory_of(chip),
                  settings[1], known, notes)  # fmt: skip


def on_gpu(model, layers, chip, settings, batch):
    """Bound both settings; the starts come on top where the number of layers is known."""
    found = [batch_bound(model, chip, *bits, batch) for bits in settings]
    times, limits = [bound.seconds for bound in found], [bound.waits_for for bound in found]
    known = all(layer.layers for layer in layers)
    starts_s = launch_s() * sum(layer.layers for layer in layers) if known else None
    is_llm = isinstance(model, str) and model_row(model)["kv_values"]
    notes = ("short contexts: keys and values (KV cache) are not counted",) if is_llm else ()
    return times, limits, "bound", starts_s, notes


def on_microcontroller(model, layers, chip, settings, batch):
    """Estimate both settings by the chip's constants, and say where those come from."""
    if "float32" not in dtypes(chip.name):
        have = ", ".join(dtypes(chip.name))
        raise ValueError(f"{chip.name} has measured times of {have} alone: W16A16, which would "
                         "run as float32, is missing")  # fmt: skip
    paths = [path_of(chip, *bits) for bits in settings]
    conv = sum(layer.conv_macs for layer in layers)
    other = sum(layer.macs for layer in layers) - conv
    times = [batch * mcu_time_s(conv, other, chip.name, path) for path in paths]
    told = ", ".join(f"{path} by {timed_on(chip.name, path)}" for path in dict.fromkeys(paths))
    unsplit = (UNSPLIT,) if isinstance(model, tuple | list) else ()
    return times, ["arithmetic"] * 2, "estimate", 0.0, (f"times of {told}", *unsplit)


def timed_on(name: str, path: str) -> str:
    """The board and the software that the constants of this data type come from."""
    run = measured(name, path, SOLVED_FROM[0])
    return f"{run['board']} with {run['source'].split('(')[1].rstrip(')')}"


def check_own_bits(model, weight_bits: int, input_bits: int) -> None:
    """Refuse other bits than a quantized network has; 32 are those of a float."""
    if not hasattr(model, "layers"):
        return
    for side, asked in (("weight_bits", weight_bits), ("input_bits", input_bits)):
        own = sorted({getattr(layer, side) for layer in count(model)} - {32, asked})
        if own:
            raise ValueError(f"{side} is {asked}, but the network itself has {own[0]}: ask for "
                             "those, or give the network before it was quantized")  # fmt: skip


def path_text(chip, weight_bits: int, input_bits: int) -> str:
    """Say which type runs, and what has to be unpacked for it."""
    path = path_of(chip, weight_bits, input_bits)
    narrow = too_narrow(path, weight_bits, input_bits)
    return f"{path}, {' and '.join(narrow)} unpacked" if narrow else path


def kin(kind, limits, chip) -> tuple[Pair, ...]:
    """Find pairs of measurements with the same limit: on this device, else on others.

    From float32 a GPU gains what 16 bits never promised: such pairs are left out.
    """
    if kind == "estimate":
        return tuple(pair for pair in pairs("microcontroller") if pair.device == chip.name)
    if limits[0] != limits[1]:
        return ()
    found = [pair for pair in pairs(limits[0]) if pair.widths[0] <= BESIDE[0]]
    return tuple([p for p in found if chip.name in (p.device, p.where)] or found)
