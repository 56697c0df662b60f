"""Energy in silicon: what a multiplication and a byte cost (Horowitz 2014, Jouppi et al. 2021).

With this module one can
- look up a published energy: `price_pj("read byte", "dram")`,
- price a multiply-accumulate from the table: `published_mac_pj("int8")`,
- or integers of any width by a formula: `int_mac_pj(4, 8)`,
- find a floor for a network: `mac_energy_pj(layers) + weight_energy_pj(layers)`.

It is the arithmetic and one read of the weights, no more: a whole microcontroller spends about a
hundred times as much, on fetching and deciding, and may have no DRAM at all.
"""

from qlearn.numbers.grid import grid_limits

from .shapes import FLOAT_BITS
from .tables import number, rows


def price_row(op: str, what: str, node_nm: int = 45) -> dict:
    """Find the row of a published price; `op` is "add", "multiply" or "read byte"."""
    for row in rows("energy"):
        if (row["op"], row["what"], row["node_nm"]) == (op, what, str(node_nm)):
            return row
    raise ValueError(f"no published energy for {op} {what} at {node_nm} nm")


def price_pj(op: str, what: str, node_nm: int = 45) -> float:
    """Look up a published energy in pJ; `op` is "add", "multiply" or "read byte"."""
    return number(price_row(op, what, node_nm)["pj"])


def area_um2(op: str, what: str) -> float:
    """Look up the published area of an adder or a multiplier in 45 nm, in square micrometres."""
    area = number(price_row(op, what)["um2"])
    if not area:
        raise ValueError(f"no published area for {op} {what}")
    return area


def published_mac_pj(dtype: str, node_nm: int = 45) -> float:
    """Multiply and accumulate, both from the table; products of int8 are summed in int32.

    E = E_multiply + E_add (Horowitz 2014 at 45 nm, Jouppi et al. 2021 at 7 nm)
    """
    total = "int32" if dtype == "int8" else dtype
    return price_pj("multiply", dtype, node_nm) + price_pj("add", total, node_nm)


def int_mac_pj(weight_bits: int, input_bits: int, node_nm: int = 45) -> float:
    """Multiply grows with the area b_w b_a, add with the width of the sum, b_w + b_a + 8 bits.

    E = alpha b_w b_a + beta (b_w + b_a + 8); alpha from the int8 multiplier, beta from the int32
    adder. Against synthesised 2-, 4-, 8- and 16-bit units (BitFusion) it is 2 to 17 % low.
    """
    for bits in weight_bits, input_bits:
        grid_limits(bits, signed=False)  # refuses what is no width of a code
    alpha = price_pj("multiply", "int8", node_nm) / 8**2
    beta = price_pj("add", "int32", node_nm) / 32
    return alpha * weight_bits * input_bits + beta * (weight_bits + input_bits + 8)


def layer_mac_pj(layer, node_nm: int = 45) -> float:
    """Price one MAC of a layer; if either side is a float, both are."""
    if max(layer.weight_bits, layer.input_bits) == FLOAT_BITS:
        return published_mac_pj("float32", node_nm)  # no formula spans the floats
    return int_mac_pj(layer.weight_bits, layer.input_bits, node_nm)


def mac_energy_pj(layers, node_nm: int = 45) -> float:
    """Energy of all multiply-accumulates of one input."""
    return sum(layer.macs * layer_mac_pj(layer, node_nm) for layer in layers)


def weight_energy_pj(layers, node_nm: int = 45) -> float:
    """Energy to read each weight code once from DRAM, without scales, biases and activations."""
    return sum(layer.code_bytes for layer in layers) * price_pj("read byte", "dram", node_nm)
