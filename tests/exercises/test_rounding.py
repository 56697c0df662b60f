import numpy as np
import pytest

from qlearn.exercises.rounding import BIASES, CURES, LIMITS, check

# Exercise 1


def eq8_by_choice(rng):
    def one(v):
        low, high = np.floor(v), np.ceil(v)
        return rng.choice([low, high], p=[high - v, v - low])

    return lambda x: np.array([one(v) for v in x])


def eq8_by_weights(rng):
    def rule(x):
        down, up = np.ceil(x) - x, x - np.floor(x)
        with np.errstate(invalid="ignore"):
            p = up / (down + up)
        return np.where(np.isnan(p), np.nan, np.floor(x) + (rng.random(x.shape) < p))

    return rule


RIGHT = {
    "floor(x + u)": lambda rng: lambda x: np.floor(x + rng.random(x.shape)),
    "round(x + u - 0.5)": lambda rng: lambda x: np.round(x + rng.random(x.shape) - 0.5),
    "Bernoulli": lambda rng: lambda x: np.floor(x) + rng.binomial(1, x - np.floor(x)),
    "where": lambda rng: (
        lambda x: np.where(rng.random(x.shape) < np.ceil(x) - x, np.floor(x), np.ceil(x))
    ),
    "toward zero with a sign": lambda rng: (
        lambda x: np.trunc(x) + np.sign(x) * (rng.random(x.shape) < np.abs(x - np.trunc(x)))
    ),
    "integers": lambda rng: lambda x: np.floor(x + rng.random(x.shape)).astype(int),
    "a list": lambda rng: lambda x: [int(np.floor(v + rng.random())) for v in x],
}


@pytest.mark.parametrize("name", RIGHT)
def test_every_way_to_write_it_is_right(name):
    verdict = check(1, RIGHT[name])
    assert verdict.right, verdict


# name: (a wrong stochastic_rule(rng), words of the hint that it deserves)
WRONG = {
    "one draw": (lambda rng: lambda x: np.floor(x + rng.random()), "one number for each value"),
    "nearest": (lambda rng: np.round, "copies of 2.3 became 2 together"),
    "up": (lambda rng: np.ceil, "copies of 2.3 became 3 together"),
    "expected value": (lambda rng: lambda x: x, "2.3 became 2.3: whole numbers"),
    "not a number": (lambda rng: lambda x: x * np.nan, "2.3 became nan"),
    "reversed": (
        lambda rng: lambda x: np.floor(x) + (rng.random(x.shape) > x - np.floor(x)),
        "probability 0.3, not 0.7",
    ),
    "fair coin": (
        lambda rng: lambda x: np.floor(x) + rng.integers(0, 2, x.shape),
        "a fair coin forgets",
    ),
    "round(x + u)": (
        lambda rng: lambda x: np.round(x + rng.random(x.shape)),
        "round(x + u) adds half a step",
    ),
    "too wide": (
        lambda rng: lambda x: np.round(x + 4 * rng.random(x.shape) - 2),
        "2 or 3, on average 2.3",
    ),
    "truncation": (
        lambda rng: lambda x: np.trunc(x) + (rng.random(x.shape) < x - np.trunc(x)),
        "floor(-2.3) is -3",
    ),
    "wrong below zero": (
        lambda rng: lambda x: np.trunc(x) + (rng.random(x.shape) < np.abs(x) % 1),
        "-2.3 has the mean -1.7",
    ),
    "Eq. 8 by choice": (eq8_by_choice, "at 2.0 it stopped with ValueError"),
    "Eq. 8 by weights": (eq8_by_weights, "2.0 did not stay 2. Eq. 8 gives both"),
    "own seed": (
        lambda rng: lambda x: np.floor(x + np.random.default_rng(0).random(x.shape)),
        "two calls drew the same",
    ),
    "own generator": (
        lambda rng: lambda x: np.floor(x + np.random.default_rng().random(x.shape)),
        "use the rng that you are given",
    ),
    "an array": (lambda rng: np.floor(rng.random(3)), "should return a function"),
    "one number": (lambda rng: lambda x: 2, "your numbers have shape ()"),
    "raises": (lambda rng: lambda x: x.ceil(), "it stopped with AttributeError"),
    "words": (lambda rng: lambda x: "up", "can't be read"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_rule_gets_its_hint(name):
    answer, words = WRONG[name]
    verdict = check(1, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_a_rule_that_returns_nothing_is_not_yet():
    assert check(1, lambda rng: lambda x: None).right is None


def test_a_rule_may_work_in_place():
    def in_place(rng):
        def rule(x):
            x += rng.random(x.shape)
            return np.floor(x, out=x)

        return rule

    assert check(1, in_place).right


# Exercise 2


def test_the_bias_is_that_of_the_four_endings():
    means = np.arange(4000).reshape(-1, 4) / 4 + 0.0
    away = np.trunc(means + 0.5)
    assert (away - means).mean() == 0.125
    assert check(2, lambda: (away - means).mean()).right


@pytest.mark.parametrize("value", BIASES)
def test_each_known_bias_gets_its_own_words(value):
    is_right, words = BIASES[value]
    verdict = check(2, lambda: value)
    assert verdict.right is is_right and verdict.hint == words


@pytest.mark.parametrize("value", [0.2, -3, 1e-4, np.nan])
def test_another_bias_is_shown_the_four_endings(value):
    verdict = check(2, lambda: value)
    assert verdict.right is False and "0, .25, .5 or .75" in verdict.hint


def test_a_bias_in_words_is_not_read():
    assert "can't be read" in check(2, lambda: "an eighth").hint


# Exercise 3


@pytest.mark.parametrize("cures", ["cd", "dc", "C, D", ("c", "d"), ["d", "c"]])
def test_the_two_cures_in_any_order_are_right(cures):
    assert check(3, lambda: (1 / 256, cures)).right
    assert check(3, lambda: (0.0039, cures)).right


@pytest.mark.parametrize("limit", LIMITS)
def test_each_wrong_limit_gets_its_hint(limit):
    verdict = check(3, lambda: (limit, "cd"))
    assert verdict.right is False and verdict.hint == LIMITS[limit]


def test_any_other_limit_is_said_in_steps():
    assert "0.1 is 12.8 steps of 1/128" in check(3, lambda: (0.1, "cd")).hint


@pytest.mark.parametrize("letter", CURES)
def test_each_wrong_cure_gets_its_hint(letter):
    verdict = check(3, lambda: (1 / 256, "c" + letter))
    assert verdict.right is False and CURES[letter] in verdict.hint


@pytest.mark.parametrize("cures", ["c", "d", "", "cdx"])
def test_too_few_or_unknown_cures(cures):
    verdict = check(3, lambda: (1 / 256, cures))
    assert verdict.right is False and "random bits, the other memory" in verdict.hint


@pytest.mark.parametrize("value", [(None, None), (1 / 256, None), (None, "cd"), None])
def test_half_an_answer_is_not_yet(value):
    assert check(3, lambda: value).right is None


@pytest.mark.parametrize("value", [7, "cd", (1, 2, 3), ("cd", 1 / 256)])
def test_an_answer_of_another_form_is_not_read(value):
    verdict = check(3, lambda: value)
    assert verdict.right is False and "can't be read" in verdict.hint


def test_below_the_limit_nothing_moves_and_above_it_something_does():
    grid = np.arange(-128, 128)
    assert (np.round(grid + 0.999 * 128 / 256) == grid).all()
    assert (np.round(grid + 1.001 * 128 / 256) == grid + 1).all()
