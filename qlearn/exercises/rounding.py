"""The exercises of 12-rounding: write stochastic rounding, predict a bias, lose no update."""

import numpy as np

from .verdict import NotYet, Stopped, checker, right, value_of, wrong

COPIES = 10_000


def rolled(answer, value, seed=0):
    """What the reader's rule, made with a fresh generator, makes of many copies of one value."""
    x = np.full(COPIES, float(value))
    rounded = value_of(value_of(answer, np.random.default_rng(seed)), x)
    return np.asarray(rounded, np.float64)


def judge_stochastic(answer):
    """Write it: a rule that rounds up with probability x - floor(x)."""
    rule = value_of(answer, np.random.default_rng(0))
    if not callable(rule):
        return wrong("stochastic_rule(rng) should return a function x -> whole numbers.")
    up = rolled(answer, 2.3)
    if up.shape != (COPIES,):
        return wrong(f"x has shape {(COPIES,)}, your numbers have shape {up.shape}.")
    hint = hint_for_mean(up) or hint_below_zero(answer) or hint_at_integers(answer)
    hint = hint or hint_for_generator(answer)
    return wrong(hint) if hint else right(
        "unbiased below and above zero, exact at whole numbers. floor(x + u) and "
        "round(x + u - 0.5) with u from 0 to 1 are the same rule."
    )  # fmt: skip


def hint_for_mean(rounded):
    """What is wrong with this rounding of 2.3, if anything."""
    values, mean = np.unique(rounded), rounded.mean()
    if (values != np.round(values)).any():
        return f"2.3 became {values[0]:.4g}: whole numbers are wanted."
    if len(values) == 1 and values[0] in (2, 3):
        return (
            f"all {COPIES:,} copies of 2.3 became {values[0]:g} together. If you did draw, draw "
            "one number for each value: rng.random(x.shape)."
        )
    if abs(mean - 2.7) < 0.05:
        return "2.3 has the mean 2.7: it should go up with probability 0.3, not 0.7."
    if abs(mean - 2.5) < 0.05:
        return "2.3 has the mean 2.5: a fair coin forgets where between 2 and 3 it lies."
    if abs(mean - 2.8) < 0.05:
        return "2.3 has the mean 2.8: round(x + u) adds half a step; take floor(x + u)."
    if not set(values) <= {2, 3} or abs(mean - 2.3) > 0.05:
        return f"2.3 became {values.tolist()[:4]}, on average {mean:.3g}: 2 or 3, on average 2.3."


def hint_below_zero(answer):
    """The same below zero, where truncation shows."""
    mean = rolled(answer, -2.3).mean()
    if abs(mean + 2) < 0.05:
        return "-2.3 has the mean -2: you truncated, but floor(-2.3) is -3."
    if abs(mean + 2.3) > 0.05:
        return f"2.3 is right, but -2.3 has the mean {mean:.3g}: floor(-2.3) is -3."


def hint_at_integers(answer):
    """Eq. 8 as printed has nothing to say where x is whole."""
    eq8 = (
        "Eq. 8 gives both outcomes probability 0 at a whole number: the survey's slip. Use "
        "floor(x) + (u < x - floor(x))."
    )
    try:
        rounded = rolled(answer, 2.0)
    except Stopped as stop:
        return f"2.3 is right, but at 2.0 {stop}. {eq8}"
    if not (rounded == 2).all():
        return f"2.0 did not stay 2. {eq8}"


def hint_for_generator(answer):
    """Does the rule use the given generator, and move on with it?"""
    rule = value_of(answer, np.random.default_rng(7))
    first, second = (np.array(value_of(rule, np.full(COPIES, 2.3))) for _ in range(2))
    if np.array_equal(first, second):
        return "two calls drew the same: do not make or seed a generator inside the rule."
    if not np.array_equal(first, rolled(answer, 2.3, seed=7)):
        return "the same seed gave other draws: use the rng that you are given, nothing else."


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
    for known, (is_right, words) in BIASES.items():
        if np.isclose(bias, known, atol=1e-3 if known else 1e-9):
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


def judge_updates(answer):
    """Decide: when nearest loses everything, and what helps."""
    limit, cures = value_of(answer)
    if limit is None or cures is None:
        raise NotYet
    limit, cures = float(limit), {c for c in str(cures).lower() if c.isalpha()}
    if not np.isclose(limit, 1 / 256, rtol=0.02):
        words = next((w for known, w in LIMITS.items() if np.isclose(limit, known)), None)
        return wrong(words or f"{limit:.4g} is {limit * 128:.3g} steps of 1/128: up to where does "
                     "the nearest grid point stay the old one?")  # fmt: skip
    for letter, words in CURES.items():
        if letter in cures:
            return wrong(f"1/256 is right. {words}")
    if cures != {"c", "d"}:
        return wrong("1/256 is right. Two of the five help: one spends random bits, the other "
                     "memory.")  # fmt: skip
    return right("below half a step, 1/256, nothing moves. c is right on average and needs no "
                 "memory; d is exact and needs a float a weight: see 51.")  # fmt: skip


check = checker(judge_stochastic, judge_bias, judge_updates)
