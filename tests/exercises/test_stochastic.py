import numpy as np
import pytest

from qlearn.exercises.rounding import check


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
    "a list": lambda rng: lambda x: np.floor(x + rng.random(x.shape)).tolist(),
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
    "len(x)": (
        lambda rng: lambda x: np.floor(x + rng.random(len(x))),
        "of shape (200, 50) it stopped with ValueError",
    ),
    "a loop": (
        lambda rng: lambda x: np.array([np.floor(v + rng.random()) for v in x]),
        "rows or columns go together",
    ),
    "a column of draws": (
        lambda rng: lambda x: np.floor(x.T + rng.random(len(x))).T,
        "rows or columns go together",
    ),
    "a row of draws": (
        lambda rng: lambda x: np.floor(x + rng.random(x.shape[-1])),
        "rows or columns go together",
    ),
    "flat": (
        lambda rng: lambda x: np.floor(x.ravel() + rng.random(x.size)),
        "your numbers have shape (10000,)",
    ),
    "a loop of whole numbers": (
        lambda rng: lambda x: [int(np.floor(v + rng.random())) for v in x],
        "it stopped with TypeError",
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
