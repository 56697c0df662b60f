import numpy as np
import pytest

from qlearn.exercises.affine import HINTS, PROBES, buggy_range, check
from qlearn.networks import fold, load

WEIGHTS = fold(load("digits_cnn")).layers[2].W.astype(np.float64)


def clipped(codes, low=-128, high=127):
    return np.clip(codes, low, high).astype(int)


def half_away(v):
    return np.trunc(v + np.copysign(0.5, v))


@np.errstate(invalid="ignore")  # numpy warns of the very overflow that the exercise is about
def cast(codes):
    return codes.astype(int).astype(np.int8)


# name: (a wrong quantize(x, scale, z), words of the hint that it deserves)
WRONG = {
    "cast everywhere": (lambda x, s, z: cast(np.round(x / s)) + np.int8(z), "280 became 24"),
    "cast last, never clipped": (lambda x, s, z: cast(np.round(x / s) + z), "280 became 24"),
    "cast before clip": (
        lambda x, s, z: clipped(cast(np.round(x / s)).astype(int) + z),
        "cast to int8 before you clipped",
    ),
    "clip before zero point": (
        lambda x, s, z: clipped(np.round(x / s)) + z,
        "clipped before you added the zero point",
    ),
    "no clipping": (lambda x, s, z: (np.round(x / s) + z).astype(int), "152 is no code"),
    "unsigned codes": (lambda x, s, z: clipped(np.round(x / s) + z, 0, 255), "unsigned codes"),
    "no zero point": (lambda x, s, z: clipped(np.round(x / s)), "zero point is missing"),
    "minus zero point": (lambda x, s, z: clipped(np.round(x / s) - z), "plus, not minus"),
    "truncation": (lambda x, s, z: clipped(np.trunc(x / s) + z), "truncated toward zero"),
    "floor": (lambda x, s, z: clipped(np.floor(x / s) + z), "you rounded down"),
    "half away": (lambda x, s, z: clipped(half_away(x / s) + z), "went away from zero"),
    "half up": (lambda x, s, z: clipped(np.floor(x / s + 0.5) + z), "you went up"),
    "zero point added before rounding": (
        lambda x, s, z: clipped(np.round(x / s + z)),
        "add the zero point after rounding",
    ),
    "qmin -127": (lambda x, s, z: clipped(np.round(x / s) + z, -127), "qmin is -128 here"),
    "times the inverse": (lambda x, s, z: clipped(np.round(x * (1 / s)) + z), "58.500004"),
    "in float64": (
        lambda x, s, z: clipped(np.round(x.astype(np.float64) / np.float64(s)) + z),
        "or left float32",
    ),
    "clips above only": (
        lambda x, scale, z: np.minimum(np.round(x / scale) + z, 127),
        "-200 + 3 = -197 is no code",
    ),
}


def right_quantize(x, scale, zero_point):
    return np.clip(np.round(x / scale) + zero_point, -128, 127).astype(np.int8)


# Exercise 1


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_quantize_gets_its_hint(name):
    answer, words = WRONG[name]
    verdict = check(1, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_every_hint_is_earned_by_some_wrong_quantize():
    earned = {check(1, answer).hint for answer, _ in WRONG.values()}
    assert {hint for _, _, hint in HINTS} == earned


def test_the_right_codes_of_the_probes():
    expected = [127, 127], [1, 3, 3, 5, 5], [-128, -64, 127], [58], [-128]
    for (scale, zero_point, x), codes in zip(PROBES.values(), expected, strict=True):
        assert right_quantize(np.array(x), scale, zero_point).tolist() == codes


def test_lists_and_work_in_place_are_right():
    def in_place(x, scale, zero_point):
        x /= scale
        return np.clip(np.round(x, out=x) + zero_point, -128, 127)

    assert check(1, in_place).right
    assert check(1, lambda x, s, z: right_quantize(x, s, z).tolist()).right


def test_work_in_place_can_not_spoil_the_probes():
    def in_place(x, scale, zero_point):
        x *= 1 / scale
        return clipped(np.round(x) + zero_point)

    assert "58.500004" in check(1, in_place).hint
    assert "58.500004" in check(1, in_place).hint


def test_codes_without_a_hint_of_their_own_are_shown_beside_the_right_ones():
    verdict = check(1, lambda x, s, z: 0 * x)
    assert verdict.right is False
    assert "your codes are [0.0, 0.0], not [127, 127]" in verdict.hint


def test_a_wrong_shape_is_told():
    assert "x has shape (2,), your codes have shape ()" in check(1, lambda x, s, z: 127).hint
    verdict = check(1, lambda x, s, z: right_quantize(x, s, z)[:1])
    assert "your codes have shape (1,)" in verdict.hint


@pytest.mark.parametrize("value", ["abc", ["a", "b"], [np.nan] * 2, [[1], [2, 3]], {}, True])
def test_odd_codes_get_a_hint(value):
    verdict = check(1, lambda x, s, z: value)
    assert verdict.right is False and verdict.hint and "stopped" not in verdict.hint


def test_an_exception_in_quantize_is_shown():
    verdict = check(1, lambda x, s, z: x.quantize())
    assert verdict.hint.startswith("it stopped with AttributeError")


# Exercise 2


def float_zero_point(xmin, xmax):
    scale = (xmax - xmin) / 7
    return scale, -4 - xmin / scale


def unclipped(xmin, xmax):
    scale, zero_point = float_zero_point(xmin, xmax)
    return scale, round(zero_point)


RANGES = {
    "the bug itself": (buggy_range, "1.5 comes back as 1.3: why did the grid slide?"),
    "float zero point": (float_zero_point, "comes back as 0.2, not as 0"),
    "zero point not clipped": (unclipped, "zero point -5 is none of the codes -4 .. 3"),
    "xmax widened": (lambda a, b: buggy_range(a, b + 0.4), "to 1.5, and no further"),
    "both ends widened": (lambda a, b: buggy_range(0, b + 0.4), "to 1.5, and no further"),
    "only for this range": (lambda a, b: (1.5 / 7, -4), "which holds zero, changed"),
    "swapped": (lambda a, b: buggy_range(0, b)[::-1], "return (scale, zero_point)"),
    "one number": (lambda a, b: 0.2143, "can't be read"),
    "words": (lambda a, b: ("scale", "zero"), "can't be read"),
    "not a number": (lambda a, b: (0.2, np.nan), "can't be read"),
    "raises": (lambda a, b: 1 / 0, "it stopped with ZeroDivisionError"),
}


@pytest.mark.parametrize("name", RANGES)
def test_each_wrong_range_gets_its_hint(name):
    answer, words = RANGES[name]
    verdict = check(2, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_the_bug_is_there_and_shows_where_zero_is_outside_only():
    scale, zero_point = buggy_range(0.2, 1.5)
    np.testing.assert_allclose(scale * (np.array([-4, 3]) - zero_point), [0, 1.3])
    np.testing.assert_allclose(buggy_range(-0.5, 1.5), (2 / 7, -2))


def test_a_zero_point_of_a_whole_float_is_right():
    def floats(xmin, xmax):
        scale, zero_point = buggy_range(min(xmin, 0), max(xmax, 0))
        return scale, float(zero_point)

    assert check(2, floats).right


# Exercise 3


def noise_gain(T):
    """Decibels gained over min/max on the grid of 16 codes, worked here without the package."""

    def noise(T):
        step = 2 * T / 15
        return np.square(step * np.clip(np.round(WEIGHTS / step), -8, 7) - WEIGHTS).sum()

    return 10 * np.log10(noise(np.abs(WEIGHTS).max()) / noise(T))


def test_one_weight_in_a_hundred_cut_off_passes():
    T = np.quantile(np.abs(WEIGHTS), 0.99)
    verdict = check(3, lambda W: np.quantile(np.abs(W), 0.99))
    assert verdict.right and f"T = {T:.3f}: {noise_gain(T):+.1f} dB" in verdict.hint


THRESHOLDS = {
    "min/max": (lambda W: np.abs(W).max(), "that is min/max itself"),
    "99.9th percentile": (lambda W: np.quantile(np.abs(W), 0.999), "+1.4 dB: still too kind"),
    "two standard deviations": (lambda W: 2 * W.std(), "+0.7 dB: you cut too much"),
    "no gain, but not min/max": (lambda W: 0.464 * np.abs(W).max(), "dB: you cut too much"),
    "percent": (lambda W: 64, "units of weight, between 0 and the largest, 0.498"),
    "negative": (lambda W: -0.3, "T is -0.3: give it in units of weight"),
    "not a number": (lambda W: np.nan, "T is nan"),
    "words": (lambda W: "a third", "can't be read"),
    "many": (lambda W: np.abs(W), "can't be read"),
    "raises": (lambda W: W.quantile(0.99), "it stopped with AttributeError"),
}


@pytest.mark.parametrize("name", THRESHOLDS)
def test_each_wrong_threshold_gets_its_hint(name):
    answer, words = THRESHOLDS[name]
    verdict = check(3, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_just_enough_passes_and_just_too_little_on_either_side_is_told_which():
    shares = np.linspace(0.2, 0.4, 201)
    gains = np.array([noise_gain(T) for T in shares])
    low, high = shares[gains >= 2.51][[0, -1]]
    assert check(3, lambda W: low).right and check(3, lambda W: high).right
    assert "cut too much" in check(3, lambda W: shares[(gains < 2.49) & (shares < low)][-1]).hint
    assert "too kind" in check(3, lambda W: shares[(gains < 2.49) & (shares > high)][0]).hint


def test_an_answer_can_not_spoil_the_weights():
    def spoil(W):
        W[:] = 0
        return 0.32

    assert check(3, spoil).right and check(3, spoil).right


def test_who_widens_on_one_side_only_hears_of_the_other():
    verdict = check(2, lambda xmin, xmax: buggy_range(min(xmin, 0), xmax))
    assert verdict.right is False and "wholly below zero" in verdict.hint
