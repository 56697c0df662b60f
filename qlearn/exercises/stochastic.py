"""An exercise of 12-rounding: write stochastic rounding, without Eq. 8's defect."""

import numpy as np

from .verdict import Stopped, right, value_of, wrong

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
    hint = hint or hint_for_generator(answer) or hint_for_shape(answer)
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


def hint_for_shape(answer):
    """A weight has two axes or four: does the rule take more than one?"""
    rule, x = value_of(answer, np.random.default_rng(0)), np.full((200, 50), 2.3)
    one = "Draw one number for each value: rng.random(x.shape), and no loop over the first axis."
    try:
        rounded = np.asarray(value_of(rule, x.copy()), np.float64)
    except (Stopped, ValueError) as stop:
        return f"right for a row of numbers; but for an array of shape {x.shape} {stop}. {one}"
    if rounded.shape != x.shape:
        return f"x has shape {x.shape}, your numbers have shape {rounded.shape}. {one}"
    if len(np.unique(rounded, axis=0)) < 100:
        return f"right for a row of numbers; but in an array rows or columns go together. {one}"
