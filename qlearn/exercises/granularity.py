"""The exercises of 14-granularity: a scale a row, what scales store, which scales can leave."""

import numpy as np

from .verdict import checker, right, value_of, wrong

# name: (weights, their codes -7 .. 7 with one scale a row), in the order of asking.
PROBES = {
    "rows": ([[8, -3, 2, 6], [0.08, -0.03, 0.02, 0.06]], [[7, -3, 2, 5], [7, -3, 2, 5]]),
    "negative": ([[-8.0, 3.0, 0.0, 1.0]], [[-7, 3, 0, 1]]),
    "zeros": ([[0.0, 0.0, 0.0], [1.0, -3.0, 4.0]], [[0, 0, 0], [2, -5, 7]]),
}
FEW = "your scale is too large or too small: the largest |w| of a row should get code 7 or -7, so "
SPAN = "max - min is for asymmetric grids: take the largest |w| of each row."
HINTS = [
    ("rows", [[7, -3, 2, 5], [0, 0, 0, 0]], "one scale for all: 0.08 / 1.143 is 0.07 and rounds "
     "to 0. Take the largest of each row."),
    ("rows", [[7, -3, 2, 5], [1, 0, 0, 0]], "0.08 / 1.143 is 0.07: that rounds to 0, and the row "
     "needs a scale of its own."),
    ("rows", [[7, -7, 7, 7], [0, 0, 0, 0]], "axis: you gave every *input*, a column, its own "
     "scale. A row is an output channel."),
    ("rows", [[7, -2, 1, 5], [7, -2, 1, 5]], "you truncated: -2.625 rounds to -3."),
    ("rows", [[7, -3, 1, 5], [7, -3, 1, 5]], "you rounded down: 1.75 rounds to 2."),
    ("rows", [[7, -3, 2, 6], [7, -3, 2, 6]], FEW + "the scale is largest / 7, not / 7.5 or / 8."),
    ("rows", [[8, -3, 2, 6], [8, -3, 2, 6]], "8 is no code: they are -7 .. 7, so the scale is "
     "largest / 7."),
    ("rows", [[10, -4, 3, 8]] * 2, SPAN),
    ("rows", [[11, -4, 3, 8]] * 2, SPAN),
    ("rows", [[7, -4, 3, 7]] * 2, SPAN),
    ("rows", [[127, -48, 32, 95]] * 2, "those are 8-bit codes: here they are -7 .. 7."),
    ("negative", [[-7, 7, 0, 2]], "the largest of that row is -8: take the largest |w|."),
    ("negative", [[-19, 7, 0, 2]], "the largest of that row is -8: take the largest |w|."),
]  # fmt: skip


def judge_rows(answer):
    """Write it: codes -7 .. 7 with one scale a row."""
    for name, (weights, expected) in PROBES.items():
        with np.errstate(all="ignore"):  # 0 / 0 deserves a hint, not a warning
            codes = np.asarray(value_of(answer, np.array(weights)))
        if codes.shape != np.shape(weights):
            return wrong(f"W has shape {np.shape(weights)}, your codes have shape {codes.shape}.")
        if codes.tolist() == expected:
            continue
        for probe, known, hint in HINTS:
            if (probe, known) == (name, codes.tolist()):
                return wrong(hint)
        if hint := hint_for_levels(codes, expected, np.array(weights)):
            return wrong(hint)
        if name == "zeros" and codes[1].tolist() == expected[1]:
            return wrong("a row of zeros: its largest is 0, and 0 / 0 is no code. Any scale will "
                         "do there, say 1.")  # fmt: skip
        return wrong(f"W = {weights}: your codes are {codes.tolist()}, not {expected}.")
    return right("the small row keeps all its codes, and a row of zeros stays zero.")


def hint_for_levels(q, expected, weights):
    """Codes are whole: were they multiplied back, or never rounded?"""
    q = q.astype(float)
    if not np.isfinite(q).all() or (q == np.round(q)).all():
        return None
    scales = np.abs(weights).max(axis=1, keepdims=True) / 7
    if np.allclose(q, scales * expected):
        return "those are numbers on the grid: return the codes, don't multiply them by the scale."
    return f"{q[q != np.round(q)][0]:.4g} is no code: codes are whole numbers, so round."


STORED = {
    4.5: "the zero point is stored too.",
    4.125: "the scale is stored too.",
    4.0: "those are the codes: a scale and a zero point come with every group.",
    24.0: "scale and zero point are per group, not per weight: divide them by 32.",
    20.0: "the scale is per group, not per weight; and a zero point is stored, too.",
    148.0: "those are the bits of a whole group: divide by its 32 weights.",
    0.625: "that is what scale and zero point cost: add the codes.",
    5.25: "that is what float32 scales would cost with a zero point of 8 bits; read again.",
    5.125: "that is with float32 scales: here a scale has 16 bits.",
}


def judge_stored(answer):
    """Predict a number: 4-bit codes, groups of 32, a 16-bit scale and a 4-bit zero point."""
    bits = float(value_of(answer))
    if bits == 4.625:
        return right("4 + (16 + 4) / 32 = 4.625 bits a weight: an eighth more than the codes.")
    for known, hint in STORED.items():
        if np.isclose(bits, known):
            return wrong(hint)
    return wrong(f"{bits:g}: count the bits of one group of 32 weights, then divide by 32.")


TOKEN, OUTPUT, INPUT = CHOICES = "per token", "per output channel", "per input channel"


def judge_leaving(answer):
    """Decide: which scales can be taken out of the sum over k."""
    value = value_of(answer)
    chosen = {value} if isinstance(value, str) else set(value)
    if unknown := chosen - set(CHOICES):
        return wrong(f"{sorted(map(str, unknown))[0]!r}: choose from {', '.join(CHOICES)}.")
    if INPUT in chosen:
        return wrong("per input channel: that scale stands inside the sum over k. Write the sum "
                     "for two terms: s[0] q[0] + s[1] q[1] has no common factor.")  # fmt: skip
    if not chosen:
        return wrong("what does not depend on k goes out of the sum over k: some do.")
    if missing := {TOKEN, OUTPUT} - chosen:
        return wrong(f"{chosen.pop()} is right; but does a scale {missing.pop()} depend on k?")
    return right("s_x[token] s_w[output] times a sum of integers: an outer product of scales.")


check = checker(judge_rows, judge_stored, judge_leaving)
