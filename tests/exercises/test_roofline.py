import numpy as np
import pytest

from qlearn.exercises.roofline import SPEEDS, batch_slips, check, eight, speed_slips, turning

OPS, RATE = 312e12, 2039e9

# Exercise 1


def batch(num_bits):
    return OPS * num_bits / 8 / (2 * RATE)


BATCHES = {
    "one operation": (lambda b: 2 * batch(b), "one MAC is two operations"),
    "bits for bytes": (lambda b: 8 * batch(b), "divide the bits by 8"),
    "one byte": (lambda b: batch(8), "2 bytes here, not one"),
    "always 16": (lambda b: batch(16), "that is for 16 bits"),
    "always 4": (lambda b: batch(4), "that is for 4-bit weights"),
    "multiplied": (lambda b: batch(16) * 16 / b, "read faster: divide"),
    "upside down": (lambda b: 1 / batch(b), "upside down"),
    "int8's peak": (lambda b: 2 * batch(b), "the peak is float16's"),
    "int4's peak": (lambda b: batch(b) * (4 if b == 4 else 1), "but used as float16"),
    "something": (lambda b: 1000, "the time to read a weight"),
}


@pytest.mark.parametrize("name", BATCHES)
def test_each_wrong_batch_gets_its_hint(name):
    answer, words = BATCHES[name]
    verdict = check(1, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_batch_hint_is_earned():
    earned = " ".join(check(1, answer).hint for answer, _ in BATCHES.values())
    assert all(hint[:40] in earned for _, hint in batch_slips(16))


RIGHT = [
    batch,
    lambda b: round(batch(b)),
    lambda b: np.float32(batch(b)),
    lambda b: np.array(batch(b)),
    lambda b: {16: 153, 4: 38, 8: 76}[b],
    lambda b: {16: 156, 4: 39, 8: 78}[b],
]


@pytest.mark.parametrize("answer", RIGHT)
def test_right_batches(answer):
    assert check(1, answer).right


def test_the_batch_is_the_one_of_the_roofline():
    from qlearn.hardware import turning_batch

    for num_bits in (16, 4):
        np.testing.assert_allclose(turning(num_bits), batch(num_bits))
        whole = turning_batch("dense 4096 x 4096", "a100", num_bits, 16)
        np.testing.assert_allclose(whole, batch(num_bits))


# Exercise 2


def tokens(speed_16, speed_4, some=8.5, sixteen=16.0, four=4.54):
    share = (some - four) / (sixteen - four)
    return 1 / (1 / speed_4 + share * (1 / speed_16 - 1 / speed_4))


WRONG = {
    "mean of speeds": (lambda a, b: (a + b) / 2, "average seconds, not tokens"),
    "mean of seconds": (lambda a, b: 2 / (1 / a + 1 / b), "not lie halfway"),
    "speeds on a line": (lambda a, b: b + (8.5 - 4.54) / (16 - 4.54) * (a - b), "straight line"),
    "from F16 alone": (lambda a, b: a * 16 / 8.5, "t0 does not shrink"),
    "from Q4 alone": (lambda a, b: b * 4.54 / 8.5, "t0 does not grow"),
    "twice": (lambda a, b: 2 * a, "twice as fast as 16 bits"),
    "half": (lambda a, b: b / 2, "half as fast as 4 bits"),
    "nominal bits": (lambda a, b: tokens(a, b, 8, 16, 4), "scales count"),
    "seconds": (lambda a, b: 1 / tokens(a, b), "seconds for a token"),
    "milliseconds": (lambda a, b: 1e3 / tokens(a, b), "milliseconds for a token"),
    "geometric mean": (lambda a, b: (a * b) ** 0.5, "not their logarithms"),
    "share from 16": (lambda a, b: a + 3.96 / 11.46 * (b - a), "counts from 4.54, not"),
    "share of seconds": (lambda a, b: 1 / (1 / a + 3.96 / 11.46 * (1 / b - 1 / a)), "4.54's"),
    "one constant": (lambda a, b: 17.8, "17.8 for both Macs"),
    "another constant": (lambda a, b: 15.37, "for both Macs: use the two speeds"),
    "something": (lambda a, b: a + b, "fit t = bits / BW + t0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_speed_gets_its_hint(name):
    answer, words = WRONG[name]
    verdict = check(2, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_speed_hint_is_earned():
    earned = " ".join(check(2, answer).hint for answer, _ in WRONG.values())
    assert all(hint in earned for _, hint in speed_slips(*SPEEDS[0]))


def test_slips_differ_from_the_truth_and_from_one_another():
    values = np.array([slip for slip, _ in speed_slips(*SPEEDS[0])] + [eight(*SPEEDS[0])])
    assert np.all(np.diff(np.sort(values)) > 6e-3 * np.sort(values)[1:])


@pytest.mark.parametrize(
    "answer", [tokens, lambda a, b: np.float32(tokens(a, b)), lambda a, b: [tokens(a, b)][0],
               lambda a, b: round(tokens(a, b), 2), lambda a, b: tokens(a, b, 6.67, 12.55, 3.56)]
)  # fmt: skip
def test_right_speeds(answer):
    verdict = check(2, answer)
    assert verdict.right and "17.53" in verdict.hint


def test_right_for_one_mac_alone_is_not_enough():
    assert check(2, lambda a, b: tokens(*SPEEDS[0])).right is False


def test_the_prediction():
    """M3 Pro 17.78 and M1 Pro 21.96 tokens/s; measured 17.53 and 21.95."""
    np.testing.assert_allclose([eight(*pair) for pair in SPEEDS], [17.78, 21.96], rtol=1e-3)


# Exercise 3


@pytest.mark.parametrize(
    "text",
    [
        "At batch 1 launching the kernels dominates, and the Q/DQ pairs add more. Profile it.",
        "Starting each layer takes longer than computing it; measure with a larger batch.",
        "Every conversion between int8 and float16 is an extra pass: look at a trace in nsys.",
        "QUANTIZE and DEQUANTIZE run as separate kernels. Count the kernels.",
        "It is not int8 that is slow: at batch 1 the starts of the kernels are; profile them.",
        "The quantize and dequantize passes are not fused; a profile shows them.",
        "The layers between are converted: extra kernels. A timeline would show them.",
        "At batch 1 the launch overhead counts. Measure it with batch 64.",
    ],
)
def test_right_explanations(text):
    assert check(3, lambda: text).right


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The GPU does not support int8.", "this one has 624 TOPS"),
        ("The GPU can't do int8 fast. Quantize to int4 instead and measure.", "this one has 624"),
        ("The starting weights are large. Measure the memory.", "13 of its 460 us"),
        ("The quantized weights are too big, profile the memory.", "13 of its 460 us"),
        ("Convert the model back to float16 and measure accuracy.", "look at the bar"),
        ("The int8 kernel is bad. Measure it.", "look at the bar"),
        ("The quantized model takes more time. Measure it.", "look at the bar"),
        ("There is memory overhead: measure it.", "13 of its 460 us"),
        ("It lacks fast int8 units.", "this one has 624 TOPS"),
        ("int8 is not supported by this card.", "this one has 624 TOPS"),
        ("The model is memory bound.", "13 of its 460 us"),
        ("It waits for bandwidth.", "13 of its 460 us"),
        ("Because of the weather.", "look at the bar"),
        ("The launches take all the time.", "Which measurement would decide"),
        (7, "give two or three sentences"),
        (["launch", "profile"], "give two or three sentences"),
    ],
)
def test_wrong_explanations(text, words):
    verdict = check(3, lambda: text)
    assert verdict.right is False and words in verdict.hint, verdict


def test_a_score_fits_a_line():
    """A longer one breaks within a word in the browser."""
    answers = [(1, a) for a, _ in BATCHES.values()] + [(2, a) for a, _ in WRONG.values()]
    answers += [(1, batch), (2, tokens), (3, lambda: "launch, profile")]
    assert max(len(repr(check(number, answer))) for number, answer in answers) <= 95


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_stub_is_not_yet(number):
    assert check(number, lambda *a: None).right is None


def test_an_exception_is_shown():
    assert check(2, lambda a, b: 1 / 0).hint.startswith("it stopped with ZeroDivisionError")
