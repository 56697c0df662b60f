"""Which arithmetic runs: chips multiply a few data types and unpack the others to one of those.

With this module one can
- list what a device multiplies: `dtypes("a100")`,
- ask what runs in place of a data type it lacks: `runs_as("h100", "int4")`.
"""

from functools import cache

from .tables import device, rows

WIDTH = {"float32": 32, "float16": 16, "bfloat16": 16, "float8": 8, "int8": 8, "int4": 4}
# A wider type of the same sort holds every value of the narrower one.
INSTEAD = {"int4": "int8", "float8": "float16", "float16": "float32", "bfloat16": "float32"}


@cache
def dtypes(name: str) -> tuple[str, ...]:
    """List the data types with a published peak or a measured time on this device."""
    device(name)  # an unknown name is refused there
    found = [row["dtype"] for table in ("peaks", "mcu_times") for row in rows(table)
             if row["device"] == name]  # fmt: skip
    return tuple(dict.fromkeys(found))


def runs_as(name: str, dtype: str) -> str:
    """Follow the data type to the one that this device multiplies in its place."""
    if dtype not in WIDTH:
        raise ValueError(f"unknown data type {dtype!r}; there are {', '.join(WIDTH)}")
    if dtype in dtypes(name):
        return dtype
    if dtype not in INSTEAD:
        have = ", ".join(dtypes(name))
        raise ValueError(f"{name} has no {dtype} path in the tables and none in its place: {have}")
    return runs_as(name, INSTEAD[dtype])


def check_path(name: str, dtype: str) -> None:
    """Refuse a data type that the device lacks, and say which one runs instead."""
    path = runs_as(name, dtype)
    if path != dtype:
        raise ValueError(f"{name} has no {dtype} path in the tables: {dtype} runs as {path}")


def narrowest(weight_bits: int, input_bits: int) -> str:
    """Name the narrowest data type for both sides; as in W16A16, 16 bits mean float16."""
    widest = max(weight_bits, input_bits)
    return next(dtype for dtype in ("int4", "int8", "float16", "float32") if widest <= WIDTH[dtype])


def too_narrow(path: str, weight_bits: int, input_bits: int) -> dict[str, int]:
    """List the sides with fewer bits than the data type they are multiplied in."""
    sides = {"weights": weight_bits, "inputs": input_bits}
    return {side: bits for side, bits in sides.items() if bits < WIDTH[path]}


def layer_path(name: str, layer) -> str:
    """Choose the data type a layer is multiplied in: the narrowest that holds both sides."""
    return runs_as(name, narrowest(layer.weight_bits, layer.input_bits))


def layer_paths(name: str, layers) -> list[str]:
    """List the data types that the layers of a network run in, each once."""
    return list(dict.fromkeys(layer_path(name, layer) for layer in layers))


def unpacking(name: str, layer) -> str:
    """Say in words what has to be unpacked before this layer can be multiplied; else nothing."""
    path = layer_path(name, layer)
    sides = too_narrow(path, layer.weight_bits, layer.input_bits)
    narrow = [f"{bits}-bit {side}" for side, bits in sides.items()]
    return f"{' and '.join(narrow)} run as {path}: unpacked" if narrow else ""
