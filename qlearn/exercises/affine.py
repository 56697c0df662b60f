"""The exercises of 11-affine: write quantize, find a bug in from_range, tune a threshold."""

import numpy as np

from qlearn.networks import fold, load
from qlearn.numbers import Affine, sqnr

from .verdict import checker, right, value_of, wrong

# (scale, zero point, numbers), in the order of asking. Ties come before the range, to tell who
# truncates from who drops the code -128, and before the inverse, where half away gives 59 as well.
PROBES = {
    "unit": (1 / 255, -128, [1.1, 2.0]),
    "ties": (0.5, 3, [-0.75, -0.25, 0.25, 0.75, 1.25]),  # an even zero point shows nothing
    "range": (2 / 255, -64, [-0.5, 0.0, 1.5]),
    "inverse": (np.float32(0.03), 0, np.float32([1.755])),
    "below": (0.5, 3, [-100.0]),
}
CAST = "1.1 / scale is 280.5: you cast to int8 before you clipped; 280 became 24, 24 - 128 = -104."
HINTS = [
    ("unit", [-104, 126], CAST),
    ("unit", [-104, -128], CAST),
    ("unit", [-1, -1], "you clipped before you added the zero point: clip last."),
    ("unit", [152, 382], "280 - 128 = 152 is no code: clip to -128 .. 127."),
    ("unit", [152, 255], "those are unsigned codes: clip to -128 .. 127."),
    ("ties", [-2, 0, 0, 2, 2], "the zero point is missing."),
    ("ties", [-5, -3, -3, -1, -1], "plus, not minus: the survey's Z has the other sign."),
    ("ties", [1, 2, 4, 5, 6], "0.25 / 0.5 = 0.5 is a tie: you went away from zero; ours go to the "
     "even neighbour."),
    ("ties", [2, 3, 4, 5, 6], "0.75 / 0.5 = 1.5 is a tie, and so are all five: you went up; ours "
     "go to the even neighbour."),
    ("ties", [2, 2, 4, 4, 6], "add the zero point after rounding: with an odd zero point "
     "the ties flip."),
    ("ties", [1, 2, 3, 4, 5], "you rounded down: 0.75 / 0.5 = 1.5 goes to 2."),
    ("ties", [2, 3, 3, 4, 5], "you truncated toward zero: round to the nearest."),
    ("range", [-127, -64, 127], "-0.5 / scale rounds to -64, and -64 - 64 = -128 is a code: "
     "qmin is -128 here."),
    ("inverse", [59], "1.755 / 0.03 is 58.5 in float32, a tie. You multiplied by 1 / 0.03 (which "
     "gives 58.500004) or left float32: divide, in x's own type."),
    ("below", [-197], "-200 + 3 = -197 is no code: clip on both sides."),
]  # fmt: skip


def judge_quantize(answer):
    """Write it: codes of the signed 8-bit grid."""
    for name, (scale, zero_point, numbers) in PROBES.items():
        x = np.array(numbers)  # a copy: the answer may work in place
        expected = Affine(scale, zero_point).quantize(x).tolist()
        codes = np.asarray(value_of(answer, x, scale, zero_point))
        if codes.shape != x.shape:
            return wrong(f"x has shape {x.shape}, your codes have shape {codes.shape}.")
        if codes.tolist() == expected:
            continue
        for probe, known, hint in HINTS:
            if (probe, known) == (name, codes.tolist()):
                return wrong(hint)
        given = f"scale {scale:.4g}, zero point {zero_point}, x = {np.array(numbers).tolist()}"
        return wrong(f"{given}: your codes are {codes.tolist()}, not {expected}.")
    return right(
        "on all five probes: saturation, both ends, ties with an odd zero point, division."
    )


def buggy_range(xmin, xmax):
    """Scale and zero point of the signed 3-bit grid, codes -4 .. 3, with one bug in it."""
    scale = (xmax - xmin) / 7
    zero_point = round(-4 - xmin / scale)
    return scale, max(-4, min(3, zero_point))


def judge_range(answer):
    """Find the bug: a range without zero."""
    scale, zero_point = value_of(answer, 0.2, 1.5)
    if scale <= 0:
        return wrong(f"the scale is {scale:.4g}: return (scale, zero_point), in this order.")
    if zero_point != int(zero_point):
        back = scale * (max(-4, min(3, round(zero_point))) - zero_point)
        return wrong(f"a zero point between two codes: then 0, which padding is made of, "
                     f"comes back as {back:.2g}, not as 0.")  # fmt: skip
    if not -4 <= zero_point <= 3:
        return wrong(f"zero point {zero_point} is none of the codes -4 .. 3: "
                     "0, which padding is made of, has no code.")  # fmt: skip
    if np.isclose(scale, 1.3 / 7):
        return wrong(f"1.5 comes back as {scale * (3 - zero_point):.2g}: why did the grid slide? "
                     "Which number must have a code, and is it in this range?")  # fmt: skip
    if not (np.isclose(scale, 1.5 / 7) and zero_point == -4):
        return wrong(f"scale {scale:.4f} and zero point {zero_point}: the levels should run from "
                     "0, which padding needs, to 1.5, and no further.")  # fmt: skip
    if not np.allclose(value_of(answer, -0.5, 1.5), (2 / 7, -2)):
        return wrong("right for 0.2 .. 1.5, but -0.5 .. 1.5, which holds zero, changed.")
    if not np.allclose(value_of(answer, -1.5, -0.2), (1.5 / 7, 3)):
        return wrong("right for 0.2 .. 1.5, but a range wholly below zero must be widened as well.")
    return right("widened to hold 0: scale 0.2143, levels 0 to 1.5.")


def layer_sqnr(T, num_bits=4):
    """SQNR of the second convolution of digits_cnn on the symmetric grid clipped at T."""
    W = fold(load("digits_cnn")).layers[2].W
    return sqnr(W, Affine.from_range(-T, T, num_bits, symmetric=True)(W))


def judge_threshold(answer):
    """Tune: a threshold at least 2.5 dB better than the largest weight."""
    W = fold(load("digits_cnn")).layers[2].W
    T, largest = float(value_of(answer, W.copy())), np.abs(W).max()
    if np.isclose(T, largest):
        return wrong("that is min/max itself: nothing is cut off, and nothing gained.")
    if not 0 < T < largest:
        return wrong(f"T is {T:.4g}: give it in units of weight, between 0 and the largest, "
                     f"{largest:.3f}.")  # fmt: skip
    gain = layer_sqnr(T) - layer_sqnr(largest)
    if gain >= 2.5:
        return right(f"T = {T:.3f}: {gain:+.1f} dB. Did accuracy rise? One layer at 4 bits is "
                     "below what 540 digits can see; see 13.")  # fmt: skip
    side = "still too kind to the last few weights" if T > 0.32 else "you cut too much at 4 bits"
    return wrong(f"T = {T:.3f}: {gain:+.1f} dB: {side}.")


check = checker(judge_quantize, judge_range, judge_threshold)
