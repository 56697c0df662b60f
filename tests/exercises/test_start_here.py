import numpy as np
import pytest

from qlearn.exercises.start_here import BYTES_HINTS, check
from qlearn.networks import evaluate, with_bits

WEIGHTS, CHANNELS, LAYERS = 25_744, 122, 4


# Exercise 1: name: (a wrong count, words of its hint)

CODES, FLOATS = WEIGHTS // 2, 4 * CHANNELS
BYTES = {
    "codes alone": (CODES, "threw the scales and biases away"),
    "scales or biases missing": (CODES + FLOATS, "one of them is missing"),
    "4-bit biases, no scales": (CODES + CHANNELS // 2, "biases too and left out the scales"),
    "4-bit biases": (CODES + FLOATS + CHANNELS // 2, "biases too; they stay 32 bits"),
    "bits": (8 * (CODES + 2 * FLOATS), "bits, not bytes"),
    "per tensor": (CODES + 4 * LAYERS + FLOATS, "one scale a layer"),
    "8 bits": (WEIGHTS + 2 * FLOATS, "8 bits a weight"),
    "float32": (4 * WEIGHTS + FLOATS, "that is float32"),
}


@pytest.mark.parametrize("name", BYTES)
def test_each_wrong_count_gets_its_hint(name):
    value, words = BYTES[name]
    verdict = check(1, lambda: value)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_hint_belongs_to_a_known_mistake():
    assert set(BYTES_HINTS) == {value for value, _ in BYTES.values()}


@pytest.mark.parametrize("value", [12_345, "13,848", np.nan, (13_848,)])
def test_any_other_count_is_told_what_to_count(value):
    assert "count three things" in check(1, lambda: value).hint


def test_a_count_in_a_list_can_not_be_read():
    assert "can't be read" in check(1, lambda: [13_848]).hint


@pytest.mark.parametrize("kind", [int, float, np.int64])
def test_the_right_count_in_any_type(kind):
    verdict = check(1, lambda: kind(CODES + 2 * FLOATS))
    assert verdict.right and "13,848 bytes" in verdict.hint.replace(".0", "")


# Exercise 2


def mean_loss(num_bits, per_channel, part="calibration"):
    nets = with_bits(32), with_bits(num_bits, 8, per_channel)
    before, after = (evaluate("digits_cnn", make, part).accuracy.mean() for make in nets)
    return before - after


CHOICES = {
    "one click away": ((3, False, "calibration"), "Try the other granularity before another bit"),
    "too few bits": ((2, True, "calibration"), "the mean of five seeds loses"),
    "safe, not cheap": ((8, True, "calibration"), "26,720 bytes: something smaller passes too"),
    "the dearer granularity": ((4, False, "calibration"), "something smaller passes too"),
    "peeked": ((3, True, "test"), "you chose on 'test': choose on calibration digits"),
    "unknown digits": ((3, True, None), "you chose on None"),
    "no part": ((4, True), "give three things"),
    "one number": (4, "your answer is 4: give three things"),
    "a word": ("abc", "give three things"),
    "bits as a word": (("3", True, "calibration"), "num_bits is '3': the choice is from 2 to 8"),
    "too many bits": ((32, True, "calibration"), "num_bits is 32"),
    "no whole bits": ((3.5, True, "calibration"), "num_bits is 3.5"),
    "granularity in words": ((3, "per channel", "calibration"), "give True or False"),
}


@pytest.mark.parametrize("name", CHOICES)
def test_each_wrong_choice_gets_its_hint(name):
    value, words = CHOICES[name]
    verdict = check(2, lambda: value)
    assert verdict.right is False and words in verdict.hint, verdict


def test_per_channel_is_not_sent_to_the_other_granularity():
    verdict = check(2, lambda: (2, True, "calibration"))
    assert f"loses {mean_loss(2, True):.1f} points" in verdict.hint
    assert "granularity" not in verdict.hint


def test_the_right_choice_tells_what_it_loses_on_both_parts():
    lost = mean_loss(3, True)
    assert lost <= 1 < mean_loss(2, True) and mean_loss(3, False) > 1
    verdict = check(2, lambda: [np.int64(3), np.True_, "calibration"])
    assert verdict.right and f"{lost:.1f} points lost on calibration digits" in verdict.hint
    assert f"say {mean_loss(3, True, 'test'):.1f}" in verdict.hint


# Exercise 3

SENTENCES = {
    "Fewer multiplications, so it should be faster": "the number of MACs is the same, 601,600",
    "The number of MACs is the same": "what is each of them run as?",
    "Because memory": "25 kB sit in its SRAM",
    "8 bits and 4 bits are limited by memory bandwidth": "25 kB sit in its SRAM",
    "int8 and int4 need the same MACs": "the number of MACs is the same",
    "From 8 to 4 bits nothing happened": "look at the row 'data types'",
    "": "look at the row 'data types'",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_wrong_explanation_gets_its_hint(sentence):
    verdict = check(3, lambda: sentence)
    assert verdict.right is False and SENTENCES[sentence] in verdict.hint, verdict


@pytest.mark.parametrize(
    "sentence",
    [
        "The M4 has no 4-bit arithmetic.",
        "No instruction multiplies 4-bit numbers.",
        "They are UNPACKED first.",
        "The weights are widened to 8 bits and multiplied as before.",
        "It runs them as int8.",
        "The chip does not support int4.",
        "Memory shrinks, but its SIMD unit wants 16-bit numbers.",
    ],
)
def test_the_one_fact_passes_in_many_words(sentence):
    assert check(3, lambda: sentence).right


@pytest.mark.parametrize("value", [4, ["it", "unpacks"], np.nan, b"unpack"])
def test_an_explanation_that_is_no_text_is_told_so(value):
    verdict = check(3, lambda: value)
    assert verdict.right is False and "give one or two sentences" in verdict.hint
