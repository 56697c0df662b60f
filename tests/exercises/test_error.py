import numpy as np
import pytest

from qlearn.exercises.error import buggy_sheppard, check


@pytest.mark.parametrize("answer", [(9, 10), [9.0, 10.0], np.array([9, 10])])
def test_bits_right(answer):
    assert check(2, lambda: answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((8, 10), "Round up"),
        ((8.3, 10), "8.3 bits: a code has whole bits"),
        ((9, 9.51), "9.51 bits"),
        ((10, 10), "have none"),
        ((17, 10), "not 3"),
        ((7, 10), "42 dB"),
        ((5, 10), "not 10"),
        ((30, 10), "20 log10"),
        ((9, 9), "8 sigma wide"),
        ((9, 8), "Gaussian limit"),
        ((9, 11), "one too many"),
        ((9, 20), "8 sigma / 2"),
        (9, "two numbers"),
        ("many", "can't be read"),
    ],
)
def test_bits_hints(answer, hint):
    verdict = check(2, lambda: answer)
    assert verdict.right is False and hint in verdict.hint


def test_the_bits_of_exercise_2_are_those_of_the_quantizer():
    from qlearn.numbers import Affine, sqnr

    x = np.linspace(-1, 1, 100_001)
    uniform = [sqnr(x, Affine.from_range(-1.0, 1.0, b, symmetric=True)(x)) for b in (8, 9)]
    assert uniform[0] < 50 < uniform[1]
    z = np.clip(np.random.default_rng(0).normal(size=100_000), -4, 4)
    normal = [sqnr(z, Affine.from_range(-4.0, 4.0, b, symmetric=True)(z)) for b in (9, 10)]
    assert normal[0] < 50 < normal[1]


def step_of(x, num_bits):
    return np.ptp(x) / (2**num_bits - 1)


def promised(step):
    """A right answer but for the step, a function of x and the bits."""
    return lambda x, b: 10 * np.log10(np.mean(x**2) * 12 / step(x, b) ** 2)


def test_sqnr_right():
    assert check(1, promised(step_of)).right is True
    assert check(1, lambda x, b: promised(step_of)(x, b).item()).right is True
    assert check(1, lambda x, b: np.float32(promised(step_of)(x, b))).right is True


def test_sqnr_is_what_a_grid_from_end_to_end_does():
    from qlearn.exercises.error import X

    x = X.min() + np.ptp(X) * (np.arange(100_001) / 100_000)
    step = step_of(x, 6)
    noise = np.mean((x.min() + step * np.round((x - x.min()) / step) - x) ** 2)
    law = 10 * np.log10(np.mean(x**2) / noise)
    assert promised(step_of)(x, 6) == pytest.approx(law, abs=0.05)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (promised(lambda x, b: np.ptp(x) / 2**b), "2^b levels leave 2^b - 1 steps"),
        (promised(lambda x, b: np.ptp(x) / (2**b - 2)), "a step too few"),
        (promised(lambda x, b: 2 * np.abs(x).max() / (2**b - 1)), "a symmetric range"),
        (promised(lambda x, b: np.max(x) / (2**b - 1)), "starts at min(x)"),
        (lambda x, b: 10 * np.log10(np.mean(x**2) / step_of(x, b) ** 2), "a twelfth"),
        (lambda x, b: 10 * np.log10(np.mean(x**2) / (step_of(x, b) / 2) ** 2), "worst"),
        (lambda x, b: 2 * promised(step_of)(x, b), "20 log10"),
        (lambda x, b: promised(step_of)(x, b) * np.log(10), "natural"),
        (lambda x, b: 10 ** (promised(step_of)(x, b) / 10), "that is the ratio"),
        (lambda x, b: -promised(step_of)(x, b), "not noise over signal"),
        (lambda x, b: 10 * np.log10(np.var(x) * 12 / step_of(x, b) ** 2), "takes the mean away"),
        (lambda x, b: 10 * np.log10(np.mean(x**2) / (step_of(x, b) / 12)), "forgot the square"),
        (lambda x, b: 3.0, "3.00 dB for [-1.0, 2.0, 5.0] at 2 bits"),
        (lambda x, b: promised(step_of)(x, 2), "at 8 bits"),
        (lambda x, b: 6.02 * b + 2.73, "at 8 bits"),
        (lambda x, b: x / b, "can't be read"),
        (lambda x, b: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_sqnr_hints(answer, hint):
    verdict = check(1, answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def test_sheppard_right():
    assert check(3, lambda x, s: np.var(x) - s**2 / 12).right is True
    assert check(3, lambda x, s: float(np.mean(x**2) - np.mean(x) ** 2 - s * s / 12)).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (buggy_sheppard, "only where the mean is 0"),
        (lambda x, s: np.mean(x**2), "mean and noise still in it"),
        (lambda x, s: np.mean(x**2) - np.mean(x) - s**2 / 12, "less its *square*"),
        (lambda x, s: np.var(x) + s**2 / 12, "take it off"),
        (lambda x, s: np.var(x), "still in it"),
        (lambda x, s: np.var(x) - s**2 / 4, "worst"),
        (lambda x, s: np.var(x) - s**2, "too much"),
        (lambda x, s: np.var(x, ddof=1) - s**2 / 12, "less one"),
        (lambda x, s: np.std(x) - s**2 / 12, "standard deviations don't"),
        (lambda x, s: np.sqrt(np.var(x) - s**2 / 12), "return the variance"),
        (lambda x, s: np.var(x) * (1 - s**2 / 12), "don't scale"),
        (lambda x, s: np.var(x) - s / 12, "at scale 10"),
        (lambda x, s: 7.0, "what does rounding do"),
    ],
)
def test_sheppard_hints(answer, hint):
    verdict = check(3, answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def test_stubs_are_not_yet():
    assert check(2, lambda: None).right is None
    assert all(check(n, lambda x, s: None).right is None for n in (1, 3))
