import numpy as np
import pytest

from qlearn.exercises.activations import DECIBELS, HINTS, PROBES, check
from qlearn.networks import fit_minmax
from qlearn.numbers import Affine, Dynamic, minmax_range, moving_average, mse_range


def ema(batches, momentum, start="first", ends=lambda x: (min(x.min(), 0), max(x.max(), 0))):
    """The moving average, by hand; start: the range before the first batch."""
    now = None if start == "first" else np.array(start, float)
    for x in batches:
        new = np.array(ends(x), float)
        now = new if now is None else momentum * now + (1 - momentum) * new
    return now


def raw(x):
    return x.min(), x.max()


def held_later(batches, momentum):
    low, high = ema(batches[:1], momentum, ends=raw)
    for x in batches[1:]:
        low = momentum * low + (1 - momentum) * min(x.min(), 0)
        high = momentum * high + (1 - momentum) * max(x.max(), 0)
    return low, high


def as_torch(batches, momentum):
    low, high = ema(batches, momentum, ends=raw)
    return min(low, 0), max(high, 0)


def mixed(batches, momentum):
    """Zero is held below only."""
    return ema(batches, momentum, ends=lambda x: (min(x.min(), 0), x.max()))


def zero_from_the_second(batches, momentum):
    """The upper end of the first batch is not held at zero."""
    first = (min(batches[0].min(), 0), batches[0].max())
    return ema(batches[1:], momentum, start=first)


def as_adam(batches, momentum):
    """Start with 0, then divide by 1 - momentum^n."""
    return ema(batches, momentum, start=(0, 0)) / (1 - momentum ** len(batches))


# name: (a wrong average(batches, momentum), words of the hint that it deserves)
WRONG = {
    "starts with 0": (lambda b, m: ema(b, m, start=(0, 0)), "you started with 0"),
    "adam": (as_adam, "as Adam does"),
    "max first": (lambda b, m: ema(b, m)[::-1], "their order is not: (xmin, xmax)"),
    "swapped": (lambda b, m: ema(b, 1 - m), "other way round"),
    "swapped, from 0": (lambda b, m: ema(b, 1 - m, start=(0, 0)), "share of the *old* range, and"),
    "running": (lambda b, m: (min(x.min() for x in b), max(x.max() for x in b)), "it only widens"),
    "plain mean": (
        lambda b, m: np.mean([(min(x.min(), 0), max(x.max(), 0)) for x in b], axis=0),
        "plain mean",
    ),
    "last": (lambda b, m: ema(b[-1:], m), "last batch's range alone"),
    "first": (lambda b, m: ema(b[:1], m), "first batch's range: the others"),
    "means": (lambda b, m: ema(b, m, ends=lambda x: (x.mean(),) * 2), "the batches' means"),
    "no zero": (lambda b, m: ema(b, m, ends=raw), "hold zero: a range from 1.1"),
    "no zero at first": (held_later, "hold zero in the first batch, too"),
    "no zero above": (mixed, "hold zero on the other side"),
    "no zero above at first": (zero_from_the_second, "hold zero in the first batch, too"),
    "torch": (as_torch, "as torch does"),
    "one number": (lambda b, m: 3.0, "your answer has shape ()"),
    "all wrong": (lambda b, m: (-7, 7), "you give (-7.0, 7.0), not (-0.1875, 4.625)"),
    "raises": (lambda b, m: b.min(), "it stopped with AttributeError"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_average_gets_its_hint(name):
    answer, words = WRONG[name]
    verdict = check(1, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_hint_is_earned_by_some_wrong_average():
    earned = {check(1, answer).hint for answer, _ in WRONG.values()}
    assert {hint for _, _, hint in HINTS} <= earned


def test_the_probes_are_those_of_moving_average():
    for batches, momentum, expected in PROBES.values():
        given = [np.array(b, float) for b in batches]
        np.testing.assert_allclose(moving_average(given, momentum), expected, atol=1e-12)
        np.testing.assert_allclose(ema(given, momentum), expected, atol=1e-12)


@pytest.mark.parametrize("kind", [tuple, list, np.array, lambda e: np.float32(e)])
def test_right_averages_in_other_guises(kind):
    assert check(1, lambda b, m: kind(ema(b, m))).right

    def in_place(batches, momentum):
        for x in batches:
            np.clip(x, -99, 99, out=x)
        return moving_average(batches, momentum)

    assert check(1, in_place).right and check(1, in_place).right


@pytest.mark.parametrize("answer", [(64, 12.04), [65, 12], np.array([63.75, 20 * np.log10(4)])])
def test_right_predictions(answer):
    verdict = check(2, lambda: answer)
    assert verdict.right and "codes 0 .. 64: 65, about a quarter" in verdict.hint


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((64, 0), "so is the error"),
        ((64, 2), "that is in bits"),
        ((64, 4), "that is the factor"),
        ((64, 6.02), "half as bright"),
        ((64, 18.06), "eight times darker"),
        ((64, 24.08), "counted twice"),
        ((64, -12.04), "by how much it *falls*"),
        ((64, 9), "by which factor does mean(x^2) fall"),
        ((16, 12), "16 times darker"),
        ((256, 12), "if the grid shrank"),
        ((63, 12), "0 is one, too"),
        ((62, 12), "is not a number of codes"),
        ((66, 12), "how many fit between 0 and 0.25"),
        ((6, 12), "is not a number of codes"),
        ((128, 12), "how many fit between 0 and 0.25"),
        ((np.nan, 12), "how many fit"),
        ((64, np.nan), "by which factor"),
        (64, "two numbers"),
        ("ab", "can't be read"),
    ],
)
def test_wrong_predictions_get_their_hint(answer, words):
    verdict = check(2, lambda: answer)
    assert verdict.right is False and words in verdict.hint, verdict
    assert len(DECIBELS) == 6  # all of them are above


def test_a_range_an_image_or_a_static_one_cures_the_service():
    verdict = check(3, lambda h: Dynamic(fit_minmax(4, axis=0)))
    assert verdict.right and "each image" in verdict.hint
    assert check(3, lambda h: Dynamic(fit_minmax(4, axis=0, signed=False))).right
    assert check(3, lambda h: Dynamic(fit_minmax(4, axis=0, symmetric=True, signed=False))).right
    mse = check(3, lambda h: Dynamic(lambda x: Affine.from_range(*mse_range(x, 4, axis=0), 4)))
    assert mse.right and "each image" in mse.hint


@pytest.mark.parametrize(
    ("fit_inputs", "words"),
    [
        (fit_minmax(4), "the cheapest cure"),
        (fit_minmax(4, signed=False), "the cheapest cure"),
        (lambda h: Affine.from_range(*minmax_range(h), 4), "the cheapest cure"),
        (lambda h: Affine.from_range(0, 25, 4), "the cheapest cure"),
        (
            lambda h: Affine.from_range(0, 4, 4),
            "clips what h has beyond 4, and here h goes up to 19.9",
        ),
    ],
)
def test_a_static_range_is_praised_as_what_it_is(fit_inputs, words):
    verdict = check(3, fit_inputs)
    assert verdict.right and "a static range: always the same" in verdict.hint
    assert words in verdict.hint, verdict


@pytest.mark.parametrize(
    "fit_inputs",
    [
        lambda h: Dynamic(fit_minmax(4))(h),
        lambda h: Dynamic(fit_minmax(4, axis=0))(h),
        lambda h: h,
        lambda h: h.tolist(),
        lambda h: {"Q": Affine.from_range(*minmax_range(h, axis=0), 4)},
        lambda h: lambda x: Affine.from_range(*minmax_range(h, axis=0), 4).quantize(x[:4]),
        lambda h: fit_minmax(4, axis=0)(h),
    ],
)
def test_no_hint_is_a_page_long(fit_inputs):
    verdict = check(3, fit_inputs)
    assert verdict.right is False and len(verdict.hint) < 250, verdict


@pytest.mark.parametrize(
    ("fit_inputs", "words"),
    [
        (lambda h: Dynamic(fit_minmax(4)), "still comes back different"),
        (lambda h: Dynamic(fit_minmax(4, axis=1)), "Which axis numbers the images"),
        (fit_minmax(4, axis=0), "Dynamic(...) fits to each call"),
        (lambda h: Dynamic(fit_minmax(4, axis=(0, 1))), "a scale for each image *and* channel"),
        (fit_minmax(4, axis=1), "a scale for each channel"),
        (lambda h: fit_minmax(4), "a function that *makes* a quantizer"),
        (lambda h: fit_minmax(4, axis=0), "a function that *makes* a quantizer"),
        (lambda h: lambda x: Dynamic(fit_minmax(4)), "a function that *makes* a quantizer"),
        (lambda h: Dynamic, "Dynamic is a class"),
        (lambda h: Dynamic(fit_minmax(4))(h), "you called it: return the quantizer"),
        (lambda h: Dynamic(lambda x: fit_minmax(4)(x[:1])), "still comes back different"),
        (lambda h: Dynamic(fit_minmax(8, axis=0)), "at 4 bits there are 16"),
        (lambda h: Dynamic(fit_minmax(3, axis=0)), "at 4 bits there are 16"),
        (lambda h: lambda x: x, "quantizes nothing"),
        (lambda h: lambda x: x[0], "return a quantizer"),
        (lambda h: 4, "returned 4: it must return a quantizer"),
        (lambda h: fit_minmax(4, axis=7)(h), "it stopped with ValueError"),
    ],
)
def test_wrong_services_get_their_hint(fit_inputs, words):
    verdict = check(3, fit_inputs)
    assert verdict.right is False and words in verdict.hint, verdict


def test_a_symmetric_service_has_no_moods_and_is_told_what_it_wastes():
    verdict = check(3, lambda h: Dynamic(fit_minmax(4, axis=0, symmetric=True)))
    assert verdict.right and "half of a symmetric grid lies idle" in verdict.hint


def test_a_quantizer_that_works_in_place_is_as_right_as_another():
    def service(h):
        def inplace(x):
            x[...] = Dynamic(fit_minmax(4, axis=0))(x)
            return x

        return inplace

    assert check(3, service).right
