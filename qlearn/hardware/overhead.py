"""What a roofline leaves out: the start of a kernel, passes over the activations, unpacking.

With this module one can
- see what a measured network takes beside its bound, a layer: `beside_s(row)`,
- take that of one network for the start of any layer: `launch_s()`,
- take one dense layer apart: `layer_parts_s("a100", num_bits=8, passes=2)`.
"""

from .batched import batch_bound, path_of, whole
from .paths import WIDTH
from .place import find, path_in
from .tables import number, rows

SIDE = 4096  # of the dense layer that is taken apart
# Bytes that a pass moves for each activation: it reads one type and writes another.
PASS_BYTES = {
    "quantize the inputs": 2 + 1,
    "dequantize the sums": 4 + 2,
    "find the inputs' range": 2,
}


def beside_s(row) -> float:
    """(measured time - bound) / layers, of a row of the table of launches."""
    bound = batch_bound(row["network"], row["device"], 8, 8).seconds
    return (number(row["time_ms"]) * 1e-3 - bound) / int(row["layers"])


def launch_s() -> float:
    """t0: what the smallest network, MobileNetV1 on an A100, takes beside its bound, a layer.

    Its layers are so small that nearly all of it is starting; in larger ones that time holds also
    what keeps a layer from its bound. Every other GPU borrows the A100's.
    """
    return beside_s(rows("launches")[0])


def check_path(place, path: str, num_bits: int) -> str:
    """Refuse a data type that the device lacks, or that is too narrow for so many bits."""
    runs_as = path_in(place, path)
    if runs_as != path:
        name = find(place).name
        raise ValueError(f"{name} has no {path} path in the tables: {path} runs as {runs_as}")
    if WIDTH[path] < whole("num_bits", num_bits, 1, 32):
        raise ValueError(f"runs_in is {path!r}, which does not hold num_bits, {num_bits}")
    return path


def layer_parts_s(
    place, num_bits=8, batch=1, passes=0, runs_in=None, unpack_first=False
) -> dict[str, float]:
    """Take the time of one 4096 x 4096 layer apart, weights and inputs of num_bits.

    passes: how many of the kernels of PASS_BYTES run beside it. runs_in: the data type that
    multiplies, if not the device's own choice. unpack_first: a kernel of its own writes the weights
    anew at that width. Reading and multiplying are bounds, starting a kernel is an estimate.
    """
    passes, start = whole("passes", passes, 0, len(PASS_BYTES)), launch_s()
    path = check_path(place, runs_in or path_of(place, num_bits, num_bits), num_bits)
    bandwidth = find(place).bandwidth_bytes_s
    before = unpack_first and WIDTH[path] > num_bits
    read_bits = WIDTH[path] if before else num_bits
    bound = batch_bound("dense 4096 x 4096", place, read_bits, WIDTH[path], batch)
    moved = sum(list(PASS_BYTES.values())[:passes]) * SIDE * batch
    unpacked = SIDE**2 * (num_bits + WIDTH[path]) / 8 / bandwidth + start
    return {
        "wait for memory": bound.memory_s,
        "wait for arithmetic": bound.seconds - bound.memory_s,
        "start the layer": start,
        "extra passes": passes * start + moved / bandwidth,
        "unpack first": unpacked if before else 0.0,
    }
