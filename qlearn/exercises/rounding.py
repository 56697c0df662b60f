"""The exercises of 12-rounding: write stochastic rounding, predict a bias, lose no update."""

import re

import numpy as np

from .stochastic import judge_stochastic
from .verdict import NotYet, checker, right, value_of, wrong

BIASES = {
    0.125: (True, "one value in four is a tie and errs by half a step, always up: 1/8 of a step."),
    0.0: (False, "that is half-even, whose ties go up and down in turn."),
    0.5: (False, "only every fourth value is a tie: 0.5 x 1/4."),
    0.25: (False, "a tie errs by half a step, not by one; and .25 and .75 cancel each other."),
    -0.125: (False, "right size; but numbers that are not negative go *up*, away from zero."),
    -0.5: (False, "that is not even floor's bias; half-away sends ties of these numbers up."),
    -0.375: (False, "that is floor's bias: (0 + .25 + .5 + .75) / 4."),
    0.375: (False, "that is the bias of always rounding up: (0 + .75 + .5 + .25) / 4."),
    0.0625: (False, "ties are one value in four, not one in eight."),
    12.5: (False, "in steps, not in percent of a step."),
}


def judge_bias(answer):
    """Predict: the mean error of half-away on averages of four whole numbers."""
    bias = float(value_of(answer))
    if 1e-3 < abs(bias - 0.125) < 0.005:
        return wrong(f"{bias:.4g} is close: simulated? The exact number is a fraction.")
    for known, (is_right, words) in BIASES.items():
        if abs(bias - known) < 0.005:
            return right(words) if is_right else wrong(words)
    return wrong(
        f"{bias:.4g}: the averages end in 0, .25, .5 or .75, equally often. Write "
        "down the error of each, result minus value, and take their mean."
    )


LIMITS = {
    1 / 128: "the step itself: but an update above half a step still rounds up.",
    1 / 64: "two steps: such an update moves the weight by two.",
    1 / 512: "a quarter of a step is lost, but so is a little less than half a step.",
    0.5: "half a step, but in steps: give it in units of weight.",
    256.0: "that is the inverse: give the update itself, in units of weight.",
}
CURES = {
    "a": "a (momentum) makes updates larger, but what it adds to is still a rounded number: "
    "below half a step all is lost again.",
    "b": "b (half-away) differs from half-even at a tie only, not below it.",
    "e": "e (clipping the gradient) makes no small update larger.",
}


def letters(cures):
    """The letters of "ab", "a and b" or ["a", "b"], as a set; other words stay whole."""
    words = set(re.findall(r"[a-z]+", str(cures).lower())) - {"and"}
    return words if any(len(w) > 5 for w in words) else set("".join(words))


def judge_updates(answer):
    """Decide: when nearest loses everything, and what helps."""
    limit, cures = value_of(answer)
    if limit is None or cures is None:
        raise NotYet
    limit, cures = float(limit), letters(cures)
    if not np.isclose(limit, 1 / 256, rtol=0.02):
        words = next((w for known, w in LIMITS.items() if np.isclose(limit, known)), None)
        return wrong(words or f"{limit:.4g} is {limit * 128:.3g} steps of 1/128: up to where does "
                     "the nearest grid point stay the old one?")  # fmt: skip
    if cures - set("abcde"):
        return wrong(f"1/256 is right. {max(cures, key=len)!r} is none of the letters: give two of "
                     'a, b, c, d and e, such as "ab".')  # fmt: skip
    for letter, words in CURES.items():
        if letter in cures:
            return wrong(f"1/256 is right. {words}")
    if cures != {"c", "d"}:
        return wrong("1/256 is right. Two of the five help: one spends random bits, the other "
                     "memory.")  # fmt: skip
    return right(
        "below half a step, 1/256, nothing moves. c is right on average and needs no memory; d is "
        "exact and needs a float a weight: notebook 51 trains so."
    )


check = checker(judge_stochastic, judge_bias, judge_updates)
