import numpy as np
import pytest

from qlearn.exercises.history import COUNTS, HINTS, buggy_telephone, check, ends, squeeze, stretch
from qlearn.numbers.ancestors import huffman

SHARES = np.array(COUNTS) / 16


# Exercise 1


@pytest.mark.parametrize("bits", [33 / 16, 2.062, 2.06, 2.065, np.float32(2.0625), [2.0625]])
def test_the_mean_bits_by_hand(bits):
    answer = bits[0] if isinstance(bits, list) else bits
    assert check(1, lambda: answer).right


def test_the_right_answer_is_huffmans():
    assert SHARES @ huffman(COUNTS) == 33 / 16


BITS = {
    "one length for all": (3, "eight codes"),
    "equally likely": (np.log2(5), "equally likely"),
    "entropy": (SHARES @ -np.log2(SHARES), "that is the entropy"),
    "not weighed": (np.mean([1, 2, 3, 4, 4]), "weigh each"),
    "not divided": (33, "divide by 16"),
    "rounded up": (SHARES @ np.ceil(-np.log2(SHARES)), "6 a word of 1 bit"),
    "balanced tree": (SHARES @ [2, 2, 2, 3, 3], "the two rarest are 5 and 5"),
    "one short word": (SHARES @ [1, 3, 3, 3, 3], "5 is sent nearly as often"),
    "too short": (1.9, "below the entropy"),
    "too long": (4, "join the two rarest"),
    "words": ("two", "can't be read"),
}


@pytest.mark.parametrize("name", BITS)
def test_each_wrong_number_gets_its_hint(name):
    bits, words = BITS[name]
    verdict = check(1, lambda: bits)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_hint_is_earned_by_some_wrong_number():
    assert set(HINTS.values()) <= {check(1, lambda b=b: b).hint for b, _ in BITS.values()}


# Exercise 2


def code(x, num_bits):
    cells = 2**num_bits
    return np.floor((squeeze(x) + 1) / 2 * cells).clip(0, cells - 1)


def middle(x, num_bits):
    return stretch(2 * (code(x, num_bits) + 0.5) / 2**num_bits - 1)


def rounded(x, num_bits):
    q = np.round((squeeze(x) + 1) / 2 * 2**num_bits)
    return stretch(2 * q / 2**num_bits - 1)


def few(x, num_bits):
    top = 2**num_bits - 1
    return stretch(2 * (np.floor((squeeze(x) + 1) / 2 * top).clip(0, top - 1) + 0.5) / top - 1)


def shifted(x, num_bits):
    low = buggy_telephone(x, num_bits)
    return low - np.mean(low - x)


def on_steps(x, num_bits):
    top = 2**num_bits - 1
    return stretch(2 * np.round((squeeze(x) + 1) / 2 * top) / top - 1)


def quarter(x, num_bits):
    return stretch(2 * code(x, num_bits) / 2**num_bits - 1 + 0.5 / 2**num_bits)


def centroids(x, num_bits):
    q = code(x, num_bits)
    return np.array([x[q == i].mean() for i in q])


TELEPHONES = {
    "rounds on one step less": (on_steps, "15 steps with levels at both ends"),
    "half of a half cell": (quarter, "a quarter of the way up"),
    "means of the cells": (centroids, "Lloyd's levels"),
    "the bug itself": (buggy_telephone, "on average too low"),
    "the other end": (lambda x, b: ends(x, b)[1], "from one end of the cell to the other"),
    "shifted after stretching": (shifted, "by the same amount"),
    "rounds": (rounded, "17 levels: 4 bits name 16"),
    "a level too few": (few, "only 15 of the 16"),
    "forgets to stretch": (lambda x, b: 2 * (code(x, b) + 0.5) / 2**b - 1, "middle of its cell is"),
    "four bits only": (lambda x, b: middle(x, 4), "16 levels: 3 bits name 8"),
    "one number": (lambda x, b: 0.5, "return as many"),
    "not finite": (lambda x, b: x / 0.0, "all of them finite"),
    "words": (lambda x, b: "hello", "can't be read"),
    "raises": (lambda x, b: x.stretch(), "it stopped with AttributeError"),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("name", TELEPHONES)
def test_each_wrong_telephone_gets_its_hint(name):
    answer, words = TELEPHONES[name]
    verdict = check(2, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_middles_before_or_after_stretching_are_right():
    assert check(2, middle).right
    assert check(2, lambda x, b: sum(ends(x, b)) / 2).right
    assert check(2, lambda x, b: middle(x, b).tolist()).right


def test_work_in_place_is_right():
    def in_place(x, num_bits):
        x[:] = middle(x, num_bits)
        return x

    assert check(2, in_place).right


def test_stretch_undoes_squeeze_and_the_slope_at_zero_is_46():
    x = np.linspace(-1, 1, 101)
    np.testing.assert_allclose(stretch(squeeze(x)), x, atol=1e-12)
    np.testing.assert_allclose(squeeze(1e-6) / 1e-6, 46, rtol=1e-3)


def test_every_number_lies_between_the_ends_of_its_cell():
    x = np.linspace(-0.999, 0.999, 777)
    low, high = ends(x, 4)
    assert np.all(low <= x) and np.all(x < high)


def test_stubs_are_not_yet():
    assert check(1, lambda: None).right is None
    assert check(2, lambda x, b: None).right is None


def test_a_telephone_that_forgets_to_clip_is_told_at_which_number():
    def telephone(x, num_bits):
        q = np.floor((squeeze(x) + 1) / 2 * 2**num_bits)
        return stretch(2 * (q + 0.5) / 2**num_bits - 1)

    assert "the codes end at 15, so clip them" in check(2, telephone).hint
