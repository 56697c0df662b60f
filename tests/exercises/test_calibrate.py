import numpy as np
import pytest

from qlearn.exercises.calibrate import check, error_at, probes

X = np.array([-1, -0.4, 0.1, 0.6, 8])


# Exercise 1


def sums(x=X, low=-3, divide=3, total=np.sum):
    steps = 8 / divide, 1 / divide
    return [total((s * np.clip(np.round(x / s), low, 3) - x) ** 2) for s in steps]


SUMS = {
    "without the outlier": ((1.53, 0.019), "you left out the outlier"),
    "the outlier alone": ((0, 49), "you counted the outlier alone"),
    "swapped": (sums()[::-1], "T = 8 first"),
    "means": (sums(total=np.mean), "those are means"),
    "codes -4 .. 3": (sums(low=-4, divide=3.5), "the codes -4 .. 3"),
    "half right": ((1.53, 12), "T = 8 is right, T = 1 is not"),
    "no idea": ((3, 4), "the step is T / 3"),
    "one number": (1.53, "has shape (): two sums"),
    "words": (("a", "b"), "can't be read"),
    "not a number": ((np.nan, np.nan), "the step is T / 3"),
}


@pytest.mark.parametrize("name", SUMS)
def test_each_wrong_sum_gets_its_hint(name):
    value, words = SUMS[name]
    verdict = check(1, lambda: value)
    assert verdict.right is False and words in verdict.hint, verdict


def test_right_sums_may_be_rounded():
    assert check(1, lambda: (1.53, 49.02)).right and check(1, lambda: sums()).right
    assert check(1, lambda: (1.5, 49)).right and check(1, lambda: (1.5, 49.0)).right


def test_the_praise_says_what_is_true():
    with_outlier, without = sums(), sums(X[:4])
    np.testing.assert_allclose(with_outlier[1] / with_outlier[0], 32, atol=0.5)
    np.testing.assert_allclose(without[0] / without[1], 80, atol=1.5)


# Exercise 2


SHARES = np.geomspace(0.02, 1, 200)


def search(shares=SHARES, score=error_at, bits=None, top=lambda x: x.max()):
    def threshold(x, num_bits):
        T = shares * top(np.abs(x))
        return T[np.argmin([score(x, t, bits or num_bits) for t in T])]

    return threshold


def inside_only(x, T, num_bits):
    inside = x[np.abs(x) <= T]
    return error_at(inside, T, num_bits) if len(inside) else np.inf


THRESHOLDS = {
    "min/max": (lambda x, b: np.abs(x).max(), "is min/max, nothing is clipped"),
    "error inside only": (search(score=inside_only), "the smallest range seems best"),
    "below a percentile": (
        search(top=lambda x: np.percentile(x, 99.9)),
        "you searched below a percentile only",
    ),
    "always 8 bits": (search(bits=8), "this number of bits"),
    "always 4 bits": (search(bits=4), "this number of bits"),
    "coarse": (search(np.array([0.15, 0.7])), "fine enough"),
    "standard deviations": (lambda x, b: 3 * x.std(), "times as much as the best one"),
    "negative": (lambda x, b: -1.0, "a threshold is a positive number"),
    "not a number": (lambda x, b: np.nan, "a threshold is a positive number"),
    "two numbers": (lambda x, b: [3, 4], "can't be read"),
    "an index": (lambda x, b: int(np.argmin([1, 0])) + 50, "is it an index?"),
    "far too wide": (lambda x, b: 2 * np.abs(x).max(), "beyond the largest value"),
    "raises": (lambda x, b: x.quantile(0.9), "it stopped with AttributeError"),
}


@pytest.mark.parametrize("name", THRESHOLDS)
def test_each_wrong_threshold_gets_its_hint(name):
    answer, words = THRESHOLDS[name]
    verdict = check(2, answer)
    assert verdict.right is False and words in verdict.hint, verdict


def test_any_fair_search_passes_and_can_not_spoil_the_values():
    def spoil(x, num_bits):
        T = search()(x, num_bits)
        x[:] = 0
        return T

    for _ in range(2):
        assert check(2, spoil).right
    assert check(2, search(np.linspace(0.02, 1, 150))).right


def test_the_probes_tell_the_mistakes_apart():
    x, num_bits = probes()["one 100 among 5,000"]
    percentile = np.percentile(np.abs(x), 99.9)
    assert error_at(x, percentile, num_bits) > 1.1 * error_at(x, 80, num_bits)


# Exercise 3


@pytest.mark.parametrize("letter", ["c", "C", " c ", "c)", "c."])
def test_the_right_explanation(letter):
    assert check(3, lambda: letter).right


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        ("a", "same tensor, same outliers"),
        ("b", "it does not know about bits"),
        ("D", "would stay where it is"),
        ("", "give one letter"),
        ("e", "give one letter"),
        ("cd", "give one letter"),
        ("I have no idea but rounding grows", "give one letter"),
        (4, "give one letter"),
    ],
)
def test_each_wrong_explanation_gets_its_hint(letter, words):
    verdict = check(3, lambda: letter)
    assert verdict.right is False and words in verdict.hint, verdict


def test_the_numbers_of_the_right_explanation():
    x = np.random.default_rng(0).laplace(size=10_000)
    inside, T = x[np.abs(x) < 4], 4.0
    ratio = error_at(inside, T * 7 / 6, 3) / error_at(inside, T, 8)  # the last level at T, too
    assert 500 < ratio < 2000
    beyond = x[np.abs(x) > 6]
    assert error_at(beyond, 4.0, 3) == pytest.approx(error_at(beyond, 4.0, 8), rel=0.2)
