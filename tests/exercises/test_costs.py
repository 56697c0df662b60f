import numpy as np
import pytest

from qlearn.exercises.costs import PRICE_HINTS, PROBES, check, factor_slips, slips

# Exercise 1

PRICES = {
    "one byte": (160 / 0.3, "a float32 has four"),
    "no addition": (640 / 0.2, "you forgot the addition"),
    "one byte, no addition": (160 / 0.2, "and without the addition"),
    "int8 addition": (640 / 0.23, "summed in int32"),
    "float32 MACs": (640 / 4.6, "float32 MACs; the question is int8"),
    "a 64-bit access": (1300 / 0.3, "two float32 numbers"),
    "64 bits": (1280 / 0.3, "a float32 has 32"),
    "a byte's price a bit": (32 * 160 / 0.3, "not of a bit"),
    "upside down": (0.3 / 640, "upside down"),
    "pJ": (640, "how many int8 MACs does it buy"),
    "something else": (7, "four bytes at 160 pJ"),
}


@pytest.mark.parametrize("name", PRICES)
def test_each_wrong_price_gets_its_hint(name):
    value, words = PRICES[name]
    verdict = check(1, lambda: value)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_price_hint_is_earned():
    earned = {check(1, lambda value=value: value).hint for value, _ in PRICES.values()}
    assert set(PRICE_HINTS.values()) <= earned


@pytest.mark.parametrize("value", [2133, 2133.33, np.float32(2133.3), 2100, 640 / 0.3, [2133][0]])
def test_the_price_is_right_rounded_or_not(value):
    assert check(1, lambda: value).right


def test_the_formula_instead_of_the_table_is_right_too():
    verdict = check(1, lambda: 640 / 0.275)
    assert verdict.right and "2,133" in verdict.hint


@pytest.mark.parametrize("value", ["many", [1, 2], np.nan, {}])
def test_odd_prices_get_a_hint(value):
    verdict = check(1, lambda: value)
    assert verdict.right is False and verdict.hint


# Exercise 2


def mac_pj(weight_bits, input_bits=8):
    return 0.003125 * (weight_bits * input_bits + weight_bits + input_bits + 8)


def layer(i, o, b, n, macs=1, byte=160):
    return macs * i * o * n * mac_pj(b) + i * o * b / 8 * byte


LAYERS = {
    "bits for bytes": (lambda i, o, b, n: layer(i, o, b, n, byte=8 * 160), "divide the bits by 8"),
    "a byte a weight": (lambda i, o, b, n: layer(i, o, 8, n) - i * o * n * (mac_pj(8) - mac_pj(b)),
                        "a byte for each weight"),
    "64-bit access": (lambda i, o, b, n: layer(i, o, b, n, byte=1300), "64-bit access"),
    "32-bit word": (lambda i, o, b, n: layer(i, o, b, n, byte=640), "32-bit word"),
    "no addition": (lambda i, o, b, n: i * o * b * (n * 0.025 + 160 / 8), "forgot to accumulate"),
    "read for each": (lambda i, o, b, n: n * layer(i, o, b, 1), "read it again for each input"),
    "batch forgotten": (lambda i, o, b, n: layer(i, o, b, 1), "each input of the batch"),
    "arithmetic alone": (lambda i, o, b, n: layer(i, o, b, n, byte=0), "came from nowhere"),
    "reading alone": (lambda i, o, b, n: layer(i, o, b, n, macs=0), "nothing was multiplied"),
    "one input": (lambda i, o, b, n: layer(i, o, b, n) / n, "give the whole batch"),
    "inputs as narrow": (
        lambda i, o, b, n: layer(i, o, b, n, macs=0) + i * o * n * mac_pj(b, b),
        "the inputs have 8 bits",
    ),
    "an 8-bit MAC": (lambda i, o, b, n: layer(i, o, b, n, macs=0) + i * o * n * 0.3, "8-bit MAC"),
    "any MAC 8 x 8": (
        lambda i, o, b, n: layer(i, o, b, n, macs=0) + i * o * n * mac_pj(8),
        "the price with 8-bit weights",
    ),
    "divided twice": (
        lambda i, o, b, n: layer(i, o, b, n) - i * o * b * 20 * (1 - 1 / n),
        "don't divide it",
    ),
    "inputs read": (lambda i, o, b, n: layer(i, o, b, n) + i * n * 160, "inputs are at hand"),
    "one input read": (lambda i, o, b, n: layer(i, o, b, n) + i * 160, "inputs are at hand"),
    "nJ": (lambda i, o, b, n: layer(i, o, b, n) / 1e3, "you changed the unit"),
    "uJ": (lambda i, o, b, n: layer(i, o, b, n) / 1e6, "you changed the unit"),
    "joule": (lambda i, o, b, n: layer(i, o, b, n) / 1e12, "you changed the unit"),
    "fJ": (lambda i, o, b, n: layer(i, o, b, n) * 1e3, "you changed the unit"),
    "something else": (lambda i, o, b, n: 1.0, "layer_pj(256, 10, 3, 16) is 1 pJ, not"),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_each_wrong_layer_gets_its_hint(name):
    answer, words = LAYERS[name]
    verdict = check(2, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_layer_hint_is_earned_by_some_wrong_answer():
    earned = {check(2, answer).hint for answer, _ in LAYERS.values()}
    assert {hint for _, hint in slips(*PROBES[0])} <= earned


def test_slips_of_the_first_probe_differ():
    values = np.array([value for value, _ in slips(*PROBES[0])] + [layer(*PROBES[0])])
    assert np.all(np.diff(np.sort(values)) > 1e-5 * np.sort(values)[1:])


def test_a_right_layer_in_other_guises():
    assert check(2, layer).right
    assert check(2, lambda *a: np.float64(layer(*a))).right
    assert check(2, lambda *a: np.array(layer(*a))).right


def test_right_for_one_probe_alone_is_not_enough():
    verdict = check(2, lambda i, o, b, n: layer(256, 10, 3, 16))
    assert verdict.right is False and "layer_pj(4096, 64, 8, 1)" in verdict.hint


def test_an_exception_is_shown():
    assert check(2, lambda i, o, b, n: 1 / 0).hint.startswith("it stopped with ZeroDivisionError")


# Exercise 3


def factor(f, i, four=640, one=160):
    return lambda uses: (f + four / uses) / (i + one / uses)


FACTORS = {
    "the colleague": (lambda uses: 0.9 / 0.03, "the adder alone"),
    "multiplier": (lambda uses: 3.7 / 0.2, "the multiplier alone"),
    "the MAC alone": (lambda uses: 4.6 / 0.3, "fetched from DRAM first"),
    "the MAC, rounded": (lambda uses: 15.3, "fetched from DRAM first"),
    "bits": (lambda uses: 4, "the reading alone"),
    "int8 sums": (lambda uses: 4.6 / 0.23, "summed in int32"),
    "one byte each": (factor(4.6, 0.3, 160, 160), "four bytes, not one"),
    "four bytes each": (factor(4.6, 0.3, 640, 640), "one byte, not four"),
    "times the uses": (lambda uses: factor(4.6, 0.3)(1 / uses), "divide the read by them"),
    "a read for each use": (lambda uses: factor(4.6, 0.3)(1), "read the weight again"),
    "no addition": (factor(3.7, 0.2), "you forgot to accumulate"),
    "upside down": (lambda uses: 1 / factor(4.6, 0.3)(uses), "upside down"),
    "something else": (lambda uses: 100, "saving(64) is 100, not 5.21"),
}


@pytest.mark.parametrize("name", FACTORS)
def test_each_wrong_factor_gets_its_hint(name):
    answer, words = FACTORS[name]
    verdict = check(3, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_factor_hint_is_earned():
    earned = {check(3, answer).hint for answer, _ in FACTORS.values()}
    assert {hint for _, hint in factor_slips(64)} <= earned


def test_the_right_factor_in_other_guises():
    for answer in factor(4.6, 0.3), lambda uses: np.float32(factor(4.6, 0.3)(uses)):
        verdict = check(3, answer)
        assert verdict.right and "4.0 times" in verdict.hint and "14" in verdict.hint


def test_right_at_64_uses_alone_is_not_enough():
    assert check(3, lambda uses: factor(4.6, 0.3)(64)).right is False


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_stub_is_not_yet(number):
    assert check(number, lambda *a: None).right is None
