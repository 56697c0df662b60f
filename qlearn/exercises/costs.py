"""The exercises of 02-costs: predict a price, write a layer's energy, mend a colleague's factor."""

import numpy as np

from qlearn.hardware import int_mac_pj, price_pj, published_mac_pj

from .verdict import checker, right, value_of, wrong

DRAM_PJ = price_pj("read byte", "dram")  # a byte
WORD_PJ = 4 * DRAM_PJ  # a 32-bit number
INT8_PJ = published_mac_pj("int8")

# What people write for "int8 MACs for one float32 from DRAM", and what they overlooked.
PRICE_HINTS = {
    DRAM_PJ / INT8_PJ: "that is for one byte; a float32 has four.",
    WORD_PJ / 0.2: "you forgot the addition: a MAC multiplies and accumulates.",
    DRAM_PJ / 0.2: "that is for one byte, and without the addition: a float32 has four bytes, a "
    "MAC multiplies and accumulates.",
    WORD_PJ / 0.23: "you added in int8; products of int8 are summed in int32, at 0.1 pJ.",
    WORD_PJ / published_mac_pj("float32"): "that is how many float32 MACs; the question is int8.",
    1300 / INT8_PJ: "1,300 pJ is a 64-bit access, two float32 numbers.",
    2 * WORD_PJ / INT8_PJ: "that is 64 bits; a float32 has 32.",
    8 * WORD_PJ / INT8_PJ: "160 pJ is the price of a byte, not of a bit.",
    INT8_PJ / WORD_PJ: "upside down: how many MACs for one float32?",
    WORD_PJ: "that is the price of the float32 in pJ; how many int8 MACs does it buy?",
}


def judge_price(answer):
    """Predict: how many int8 MACs cost as much as one float32 from DRAM."""
    value = float(value_of(answer))
    for known, hint in PRICE_HINTS.items():
        if np.isclose(value, known, rtol=0.004):
            return wrong(hint)
    if np.isclose(value, WORD_PJ / INT8_PJ, rtol=0.03):
        return right(f"640 / 0.30 = {WORD_PJ / INT8_PJ:,.0f}: fetch it once, use it often.")
    if np.isclose(value, WORD_PJ / int_mac_pj(8, 8), rtol=0.004):
        return right("by the formula; the table's 0.30 pJ gives 2,133.")
    return wrong(f"{value:,.4g}: four bytes at 160 pJ, one MAC at 0.2 + 0.1 pJ.")


PROBES = (256, 10, 3, 16), (4096, 64, 8, 1), (96, 20, 2, 100)  # inputs, outputs, bits, batch


def layer_pj(inputs, outputs, num_bits, batch):
    """Multiply every weight with every 8-bit input of the batch; read each weight from DRAM once.

    E = macs e_mac + weights bits / 8 e_byte, in pJ for the whole batch.
    """
    macs, size = inputs * outputs * batch, inputs * outputs * num_bits / 8
    return macs * int_mac_pj(num_bits, 8) + size * DRAM_PJ


def slips(inputs, outputs, num_bits, batch):
    """What typical slips give for one probe, each with its hint."""
    weights, mac_pj = inputs * outputs, int_mac_pj(num_bits, 8)
    macs, size = weights * batch, weights * num_bits / 8
    multiply, move = macs * mac_pj, size * DRAM_PJ
    product_pj = price_pj("multiply", "int8") / 64 * num_bits * 8
    unit = "the prices are in pJ and so is the answer: you changed the unit."
    return [
        (multiply + 8 * move, "160 pJ is the price of a byte: divide the bits by 8."),
        (multiply + weights * DRAM_PJ, "that is a byte for each weight, whatever its bits."),
        (multiply + size * 1300, "1,300 pJ is a 64-bit access: for a byte divide it by 8."),
        (multiply + size * WORD_PJ, "640 pJ is a 32-bit word: a byte costs 160."),
        (macs * product_pj + move, "a MAC is a multiplication and an addition: you forgot to "
         "accumulate."),
        (multiply + batch * move, "each weight is read once, then used for the whole batch: you "
         "read it again for each input."),
        (multiply / batch + move, "the weights are read once, but each input of the batch "
         "multiplies them again."),
        (multiply, "the weights came from nowhere: add reading them from DRAM."),
        (move, "nothing was multiplied: add the MACs."),
        ((multiply + move) / batch, "that is for one input; give the whole batch."),
        (macs * int_mac_pj(num_bits, num_bits) + move, "the inputs have 8 bits whatever the "
         "weights have: int_mac_pj(num_bits, 8)."),
        (macs * INT8_PJ + move, "0.30 pJ is an 8-bit MAC; take int_mac_pj(num_bits, 8)."),
        (macs * int_mac_pj(8, 8) + move, "int_mac_pj(8, 8) is the price with 8-bit weights; these "
         "have num_bits."),
        (multiply + move / batch, "one read serves the batch, and asked is the whole batch: don't "
         "divide it."),
        (multiply + move + inputs * batch * DRAM_PJ, "the inputs are at hand here: only the "
         "weights are read from DRAM."),
        (multiply + move + inputs * DRAM_PJ, "the inputs are at hand here: only the weights are "
         "read from DRAM."),
        *[((multiply + move) * unit_pj, unit) for unit_pj in (1e-3, 1e-6, 1e-12, 1e3)],
    ]  # fmt: skip


def judge_layer(answer):
    """Write it: the energy of a dense layer for a batch, weights from DRAM."""
    for probe in PROBES:
        energy, expected = float(value_of(answer, *probe)), layer_pj(*probe)
        if np.isclose(energy, expected, rtol=1e-6):
            continue
        for slip, hint in slips(*probe):
            if np.isclose(energy, slip, rtol=1e-6):
                return wrong(hint)
        return wrong(f"layer_pj{probe} is {energy:,.6g} pJ, not {expected:,.6g}.")
    return right("on three layers; at batch 1 nearly all of it is the reading.")


def saving(uses):
    """A MAC and its share of one read from DRAM, float32 over int8 (table prices, 45 nm)."""
    before = published_mac_pj("float32") + WORD_PJ / uses
    return before / (INT8_PJ + DRAM_PJ / uses)


def factor_slips(uses):
    """What typical repairs give, each with its hint."""
    mac = published_mac_pj("float32")
    return [
        (30, "that is the adder alone. What else does a MAC do, and where do the weights "
         "come from?"),
        (3.7 / 0.2, "that is the multiplier alone: a MAC adds as well, and weights are fetched."),
        (mac / INT8_PJ, "right for the MAC; but each weight was fetched from DRAM first."),
        (4, "that is the reading alone: MACs cost something too, the more the uses."),
        (mac / 0.23, "products of int8 are summed in int32, and weights are fetched."),
        ((mac + DRAM_PJ / uses) / (INT8_PJ + DRAM_PJ / uses), "a float32 weight has four bytes, "
         "not one."),
        ((mac + WORD_PJ / uses) / (INT8_PJ + WORD_PJ / uses), "an int8 weight has one byte, not "
         "four."),
        ((mac + WORD_PJ * uses) / (INT8_PJ + DRAM_PJ * uses), "one read serves all the uses: "
         "divide the read by them."),
        ((mac + WORD_PJ) / (INT8_PJ + DRAM_PJ), "you read the weight again for each use; one "
         "read serves them all."),
        ((3.7 + WORD_PJ / uses) / (0.2 + DRAM_PJ / uses), "you forgot to accumulate: a MAC "
         "multiplies and adds."),
        (1 / saving(uses), "upside down: float32 over int8."),
    ]  # fmt: skip


def judge_saving(answer):
    """Find the bug: thirty times is an adder, not a network."""
    for uses in (64, 1, 4096):
        factor, expected = float(value_of(answer, uses)), saving(uses)
        if np.isclose(factor, expected, rtol=1e-3):
            continue
        slip, hint = min(factor_slips(uses), key=lambda known: abs(known[0] - factor))
        if np.isclose(factor, slip, rtol=3e-3):  # 15.3 is 15.33
            return wrong(hint)
        return wrong(f"saving({uses}) is {factor:.4g}, not {expected:.3g}: a MAC, and its share of "
                     "one read, on both sides.")  # fmt: skip
    one, many = saving(1), saving(4096)
    return right(f"{one:.1f} times where a weight is used once, {many:.0f} where 4,096 times; "
                 "never 30.")  # fmt: skip


check = checker(judge_price, judge_layer, judge_saving)
