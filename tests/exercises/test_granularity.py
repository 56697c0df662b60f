import numpy as np
import pytest

from qlearn.exercises.granularity import CHOICES, HINTS, PROBES, STORED, check


def largest(W, axis=1):
    return np.abs(W).max(axis=axis, keepdims=True)


def safe(scale):
    return np.where(scale > 0, scale, 1)


def right_codes(W):
    return np.round(W / safe(largest(W) / 7))


def codes_with(scale, rule=np.round, low=-7, high=7):
    return lambda W: np.clip(rule(W / safe(scale(W))), low, high)


def half_up_of_tiny(W):
    q = np.round(W / safe(np.abs(W).max() / 7))
    q[:, 0] += q[:, 0] == 0  # "at least 1"
    return q


# name: (a wrong codes(W), words of the hint that it deserves)
WRONG = {
    "one scale": (codes_with(lambda W: largest(W, None) / 7), "one scale for all"),
    "tiny made 1": (half_up_of_tiny, "needs a scale of its own"),
    "columns": (codes_with(lambda W: largest(W, 0) / 7), "every *input*"),
    "truncated": (codes_with(lambda W: largest(W) / 7, np.trunc), "you truncated"),
    "floored": (codes_with(lambda W: largest(W) / 7, np.floor), "you rounded down"),
    "7.5": (codes_with(lambda W: largest(W) / 7.5), "largest / 7, not / 7.5 or / 8"),
    "8, unclipped": (codes_with(lambda W: largest(W) / 8, low=-99, high=99), "8 is no code"),
    "8 bits": (codes_with(lambda W: largest(W) / 127, low=-127, high=127), "8-bit codes"),
    "signed largest": (codes_with(lambda W: W.max(axis=1, keepdims=True) / 7), "is -8: take"),
    "signed largest, unclipped": (
        codes_with(lambda W: W.max(axis=1, keepdims=True) / 7, low=-99, high=99),
        "is -8: take",
    ),
    "no care for zeros": (lambda W: np.round(W / (largest(W) / 7)), "a row of zeros"),
    "no scale": (np.round, "your codes are"),
    "weights": (lambda W: W, "0.08 is no code"),
    "one row only": (lambda W: right_codes(W)[0], "your codes have shape (4,)"),
    "no keepdims": (lambda W: W / np.abs(W).max(axis=1), "it stopped with ValueError"),
}


def span(steps, low=-7, high=7):
    """max - min, as an asymmetric grid has it."""
    width = lambda W: W.max(axis=1, keepdims=True) - W.min(axis=1, keepdims=True)  # noqa: E731
    return codes_with(lambda W: width(W) / steps, low=low, high=high)


WRONG["max - min"] = span(14), "max - min is for asymmetric grids"
WRONG["max - min, unclipped"] = span(14, -99, 99), "max - min is for asymmetric grids"
WRONG["max - min, 15 steps"] = span(15), "max - min is for asymmetric grids"
WRONG["max - min, 15 steps, unclipped"] = span(15, -99, 99), "max - min is for asymmetric grids"
WRONG["multiplied back"] = (
    lambda W: right_codes(W) * safe(largest(W) / 7),
    "return the codes, don't multiply",
)
WRONG["not rounded"] = lambda W: W / safe(largest(W) / 7), "-2.625 is no code"


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_codes_gets_its_hint(name):
    answer, words = WRONG[name]
    verdict = check(1, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_hint_is_earned_by_some_wrong_codes():
    earned = {check(1, answer).hint for answer, _ in WRONG.values()}
    assert {hint for _, _, hint in HINTS} <= earned


def test_the_probes_are_right_and_lists_and_work_in_place_are_too():
    for weights, expected in PROBES.values():
        np.testing.assert_array_equal(right_codes(np.array(weights)), expected)

    def in_place(W):
        W /= safe(largest(W) / 7)
        return np.round(W).astype(np.int8).tolist()

    assert check(1, in_place).right and check(1, in_place).right


@pytest.mark.parametrize("value", ["abc", [[1], [2, 3]], {}, True, [[np.nan] * 4] * 2])
def test_odd_codes_get_a_hint(value):
    verdict = check(1, lambda W: value)
    assert verdict.right is False and verdict.hint


# Exercise 2


def test_the_stored_bits_of_a_group_of_32():
    assert check(2, lambda: (32 * 4 + 16 + 4) / 32).right


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (4 + 16 / 32, "zero point is stored too"),
        (4 + 4 / 32, "scale is stored too"),
        (4, "those are the codes"),
        (4 + 16 + 4, "divide them by 32"),
        (4 + 16, "per group, not per weight"),
        (32 * 4 + 16 + 4, "divide by its 32 weights"),
        (20 / 32, "add the codes"),
        (4 + 32 / 32 + 8 / 32, "float32 scales"),
        (4 + 36 / 32, "a scale has 16 bits"),
        (7, "count the bits of one group"),
        (np.nan, "count the bits of one group"),
        ("four", "can't be read"),
        ([4.625, 5], "can't be read"),
    ],
)
def test_wrong_bits_get_their_hint(bits, words):
    verdict = check(2, lambda: bits)
    assert verdict.right is False and words in verdict.hint, verdict
    assert len(STORED) == 9  # all of them are above


# Exercise 3


@pytest.mark.parametrize("kind", [list, tuple, set])
def test_the_two_scales_that_leave(kind):
    assert check(3, lambda: kind(["per output channel", "per token"])).right


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["per input channel"], "stands inside the sum over k"),
        (list(CHOICES), "stands inside the sum over k"),
        ([], "what does not depend on k goes out"),
        ("per token", "does a scale per output channel depend on k"),
        (["per output channel"], "does a scale per token depend on k"),
        (["per tensor"], "choose from per token, per output channel, per input channel"),
        ([1, 2], "choose from"),
        (3, "can't be read"),
    ],
)
def test_wrong_choices_get_their_hint(names, words):
    verdict = check(3, lambda: names)
    assert verdict.right is False and words in verdict.hint, verdict
