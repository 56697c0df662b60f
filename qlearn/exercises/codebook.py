"""The exercises of 21-codebook: Lloyd by hand, one step in code, what a table of levels costs."""

from warnings import catch_warnings

import numpy as np

from qlearn.numbers.ancestors import lloyd

from .verdict import checker, right, value_of, wrong

SIX = np.array([0.0, 1, 5, 6, 10, 11])
BOTH = "run the second: cells {0}, {1}, {5, 6, 10, 11} give the means 0, 1, 8, and those the same "
BOTH += "cells again. It is stuck."
FIRST = {
    3.0: "3 is the error of the start (0, 5, 10): move the levels to the means of their cells.",
    0.25: "0.25 is the mean of the squared errors; the sum is asked.",
    26.0: "the other way round: from (0, 5, 10) first.",
    0.5: "0.5 is one cell's share; there are three cells.",
    3.0**0.5: "squared errors, not their root.",
}
SECOND = {
    62.0: "62 is the error of the start (0, 1, 5): move the levels to the means of their cells.",
    26 / 6: "that is the mean of the squared errors; the sum is asked.",
    1.5: BOTH,
    10.0: "that is the sum of distances, 3 + 2 + 2 + 3: square them.",
    6.5: "that is the mean in the cell {5, 6, 10, 11}; the sum is asked.",
}


def judge_six(answer):
    """By hand: where Lloyd ends from two starts, as the sum of squared errors."""
    values = np.asarray(value_of(answer), np.float64)
    if values.shape != (2,):
        return wrong(f"return two numbers, one for each start, not {values.tolist()}.")
    for value, true, known, start in zip(
        values, (1.5, 26), (FIRST, SECOND), ("(0, 5, 10)", "(0, 1, 5)"), strict=True
    ):
        if np.isclose(value, true, atol=0.005):
            continue
        for slip, hint in known.items():
            if np.isclose(value, slip, atol=0.005):
                return wrong(f"{value:g} from {start}: {hint}")
        return wrong(f"{value:g} from {start}: cells by the nearest level, levels to the mean of "
                     "their cell, again until nothing moves; then the sum of squares.")  # fmt: skip
    return right("(0.5, 5.5, 10.5) and (0, 1, 8): two starts, two ends, and Lloyd sees no fault.")


X = np.array([4.0, 0.0, 9.0, 1.0, 8.5, 8.0, 2.4, 5.5])  # in no order
LEVELS = np.array([1.0, 4.2, 6.4])  # edges 2.6 and 5.3; a second step would move two of them
STEP = np.array([3.4 / 3, 4.0, 7.75])
SLIPS = [
    ([1.0, 4.0, 8.25], "you took the median of each cell: that minimises |error|; the square "
     "wants the mean."),
    ([1.2, 4.0, 7.25], "that is the middle between a cell's smallest and largest number; the "
     "square wants the mean."),
    ([2.6, 5.3], "those are the edges: go on to the means of the cells."),
    ([3.4, 4.0, 31.0], "those are sums: divide by how many numbers each cell has."),
    ([3.0, 1.0, 4.0], "those are the counts of the cells."),
    ([3.4 / 3, 17.5 / 3, 8.75], "cells of equal count: edges go half-way between levels, wherever "
     "the numbers lie."),
]  # fmt: skip


def judge_step(answer):
    """Write it: one Lloyd step."""
    levels = np.asarray(value_of(answer, X.copy(), LEVELS.copy()), np.float64)
    for slip, hint in SLIPS:
        if levels.shape == np.shape(slip) and np.allclose(levels, slip):
            return wrong(f"{levels.round(3).tolist()}: {hint}")
    if levels.shape != LEVELS.shape:
        return wrong(f"your levels have shape {levels.shape}: three go in, three come out.")
    if np.allclose(levels, lloyd(X, LEVELS)):
        return wrong("you went on until nothing moves; one step is asked.")
    if np.allclose(levels, LEVELS):
        return wrong("nothing moved: return the means of the cells, not the old levels.")
    if not np.allclose(levels, STEP):
        return wrong(f"{levels.round(3).tolist()}: the cells are {{0, 1, 2.4}}, "
                     "{4} and {5.5, 8, 8.5, 9}, because the edges are 2.6 and 5.3.")  # fmt: skip
    with np.errstate(all="ignore"), catch_warnings(action="ignore"):  # of a mean of nothing
        empty = np.asarray(value_of(answer, X.copy(), np.array([*LEVELS, 100.0])), np.float64)
    if empty.shape != (4,):
        return wrong(f"four levels go in, your {empty.round(3).tolist()} comes out: a level with "
                     "an empty cell stays where it is.")  # fmt: skip
    if not np.allclose(empty, [*STEP, 100]):
        last = empty[-1]
        return wrong(f"the first three move as they should, but a level at 100, whose cell is "
                     f"empty, became {last:.4g}: keep a level where nobody is.")  # fmt: skip
    return right("edges half-way, levels to the mean, an empty cell keeps its level.")


BITS = {
    4.0: "the codes alone: the 16 levels are stored, too, 512 bits for 576 weights.",
    36.0: "16 levels are stored once for all weights, not 32 bits for each.",
    4 + 32 / 576: "16 levels are stored, not one.",
    4 + 16 / 576: "a level is a float32: 32 bits each.",
    4 + 16 * 16 / 576: "a level is a float32 here, 32 bits; you took 16.",
    20.0: "32 + 4 bits for 16 levels is something else: 4 bits a code, 16 x 32 bits in all.",
}
RATIOS = {
    16.0: "32 bits to 2 without the codebook: its 4 levels are 128 bits, four times the codes.",
    10.0: "10 bits is what a weight takes; by what factor is that less than 32?",
    1 / 3.2: "the other way round: how many times smaller?",
    8.0: "4 levels are codes of 2 bits; then add the 128 bits of the levels.",
    8 / 3: "a code that names one of 4 levels has 2 bits, not 4.",
    4.0: "128 bits of levels against 512: the codes are stored, too.",
}


def judge_storage(answer):
    """Predict: stored bits a weight of 576 weights, 16 levels; how much 16 weights shrink."""
    values = np.asarray(value_of(answer), np.float64)
    if values.shape != (2,):
        return wrong(f"return two numbers, bits a weight and a factor, not {values.tolist()}.")
    bits, ratio = values
    for value, true, known in (bits, 4 + 512 / 576, BITS), (ratio, 3.2, RATIOS):
        if abs(value - true) < 0.012:
            continue
        for slip, hint in known.items():
            if np.isclose(value, slip, atol=0.005):
                return wrong(f"{value:.4g}: {hint}")
        return wrong(f"{value:.4g}: count the bits of all codes and of all levels, then divide.")
    return right("4.89 bits and 3.2 times: a table of levels must be shared by many weights.")


check = checker(judge_six, judge_step, judge_storage)
