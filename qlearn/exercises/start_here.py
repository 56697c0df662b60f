"""The exercises of 00-start-here: count the bytes, decide within a budget, explain a time."""

import re
from functools import cache

from qlearn.hardware import cost
from qlearn.networks import digits, evaluate, fold, load, with_bits

from .verdict import checker, right, value_of, wrong

BUDGET = 1.0  # points of accuracy that may be lost, on the mean of five seeds
INPUT_BITS = 8
IMAGES, _ = digits("calibration")
BYTES_HINTS = {
    12_872: "you stored the codes and threw the scales and biases away: nobody could decode "
    "them, and the sums would lack their biases.",
    13_360: "scales or biases, one of them is missing: each is 122 float32 numbers, 488 bytes.",
    12_933: "you quantized the biases too and left out the scales; biases stay 32 bits here.",
    13_421: "you quantized the biases too; they stay 32 bits here.",
    110_784: "that is bits, not bytes.",
    13_376: "that is one scale a layer; per channel there are 122 of them.",
    26_720: "that is 8 bits a weight.",
    103_464: "that is float32.",
}


@cache
def loss(num_bits, per_channel, part="calibration"):
    """Points of accuracy lost on the mean of five seeds."""
    make = with_bits(num_bits, INPUT_BITS, per_channel)
    lost = [evaluate("digits_cnn", m, part).accuracy.mean() for m in (with_bits(32), make)]
    return lost[0] - lost[1]


@cache
def stored_bytes(num_bits, per_channel):
    """Bytes of codes, scales and biases; the same for every seed."""
    net = with_bits(num_bits, INPUT_BITS, per_channel)(fold(load("digits_cnn")), IMAGES)
    return cost(net, "cortex-m4").bytes


def judge_bytes(answer):
    """Predict: the bytes of digits_cnn with 4-bit weights, one scale a channel."""
    value = value_of(answer)
    if value == stored_bytes(4, True):
        return right(f"{value:,} bytes: codes 12,872, scales 488, biases 488.")
    return wrong(
        BYTES_HINTS.get(value, "count three things: codes, scales, biases. A byte has 8 bits.")
    )


def judge_choice(answer):
    """Decide: the cheapest weights that lose at most one point on the calibration digits."""
    value = value_of(answer)
    if not isinstance(value, tuple | list) or len(value) != 3:
        return wrong(f"your answer is {value!r}: give three things, (num_bits, per_channel, part).")
    num_bits, per_channel, part = value
    if num_bits not in range(2, 9):
        return wrong(f"num_bits is {num_bits!r}: the choice is from 2 to 8.")
    if per_channel not in (False, True):
        return wrong(f"per_channel is {per_channel!r}: give True or False.")
    num_bits, per_channel = int(num_bits), bool(per_channel)
    if part != "calibration":
        return wrong(f"you chose on {part!r}: choose on calibration digits, report on test digits.")
    lost, size = loss(num_bits, per_channel), stored_bytes(num_bits, per_channel)
    if lost > BUDGET + 1e-9:
        other = "" if per_channel else " Try the other granularity before another bit."
        return wrong(f"the mean of five seeds loses {lost:.1f} points, not one.{other}")
    cheaper = [
        (b, c) for b in range(2, 9) for c in (False, True) if stored_bytes(b, c) < size
        and loss(b, c) <= BUDGET + 1e-9
    ]  # fmt: skip
    if cheaper:
        return wrong(f"it loses {lost:.1f} points at {size:,} bytes: something smaller passes too.")
    return right(
        f"{size:,} bytes, {lost:.1f} points lost on calibration digits; the test digits, "
        f"looked at once, say {loss(num_bits, per_channel, 'test'):.1f}."
    )


# The one fact, in many words: "8 bits" alone would also match an answer that repeats the question.
NO_PATH = re.compile(
    r"unpack|widened|instruction|simd|nibble|(still|only|data ?type)[^.]*\bint8\b"
    r"|\b(as|into|to|with) (an? )?(int|uint)?[ -]?(8|16|eight|sixteen)\b"
    r"|\b(no|lacks?|without|support|multiply|multiplies) (\w+ ){0,4}(int|uint)?[ -]?(4|four)\b"
)


def judge_explanation(answer):
    """Explain: why 4 bits do not halve the time of a Cortex-M4."""
    text = value_of(answer)
    if not isinstance(text, str):
        return wrong(f"your answer is {text!r}: give one or two sentences, between quotes.")
    text = text.lower()
    if "compiler" in text:
        return wrong("the compiler can only use what the chip has: what does the chip lack?")
    if NO_PATH.search(text):
        return right("the chip has no path for 4-bit numbers: they are unpacked and run as int8.")
    if any(word in text for word in ("memory", "bandwidth", "sram", "flash")):
        return wrong(
            "25 kB sit in its SRAM, memory is not what it waits for: look at the row "
            "'data types'. Which instruction multiplies 4-bit numbers?"
        )
    if any(word in text for word in ("multipl", "macs", "operations", "work")):
        return wrong("the number of MACs is the same, 601,600: what is each of them run as?")
    return wrong("look at the row 'data types' of the cost table: what do 4-bit weights run as?")


check = checker(judge_bytes, judge_choice, judge_explanation)
