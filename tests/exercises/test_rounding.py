import numpy as np
import pytest

from qlearn.exercises.rounding import BIASES, CURES, LIMITS, check

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


@pytest.mark.parametrize("value", [0.2, -3, 0.05, np.nan])
def test_another_bias_is_shown_the_four_endings(value):
    verdict = check(2, lambda: value)
    assert verdict.right is False and "0, .25, .5 or .75" in verdict.hint


@pytest.mark.parametrize("value", [0.1239, 0.1271, 0.1295])
def test_an_honest_simulation_is_told_that_it_is_close(value):
    verdict = check(2, lambda: value)
    assert verdict.right is False and "close: simulated?" in verdict.hint


@pytest.mark.parametrize("value", [0.1251, np.float32(0.125), np.mean([0, -0.25, 0.5, 0.25])])
def test_the_bias_may_be_any_number_near_an_eighth(value):
    assert check(2, lambda: value).right


def test_a_simulated_wrong_rule_gets_the_hint_of_that_rule():
    assert check(2, lambda: -0.3738).hint == BIASES[-0.375][1]
    assert check(2, lambda: 0.0012).hint == BIASES[0.0][1]


def test_a_bias_in_words_is_not_read():
    assert "can't be read" in check(2, lambda: "an eighth").hint


# Exercise 3


@pytest.mark.parametrize(
    "cures", ["cd", "dc", "C, D", ("c", "d"), ["d", "c"], {"c", "d"}, "c and d"]
)
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


@pytest.mark.parametrize("cures", ["c", "d", ""])
def test_too_few_cures(cures):
    verdict = check(3, lambda: (1 / 256, cures))
    assert verdict.right is False and "random bits, the other memory" in verdict.hint


@pytest.mark.parametrize("cures", ["cdx", "stochastic rounding, a float copy", "x"])
def test_cures_that_are_no_letters_of_the_list(cures):
    verdict = check(3, lambda: (1 / 256, cures))
    assert verdict.right is False and "is none of the letters" in verdict.hint
    assert "momentum" not in verdict.hint


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
