import numpy as np
import pytest

from qlearn.exercises.networks import check
from qlearn.networks import Conv2d, fold, load
from qlearn.networks.fold import fold_pair

# Exercise 2


def folding(factor=None, bias=None, axis=0):
    """An answer whose factor or bias is wrong: a function of what exercise 2 gives."""

    def answer(W, b, gamma, beta, mean, var, eps):
        f = gamma / np.sqrt(var + eps)
        factors = f if factor is None else factor(gamma, var, eps)
        shape = [1] * 4
        shape[axis] = -1
        new = beta + f * (b - mean) if bias is None else bias(f, b, beta, mean)
        return W * factors.reshape(shape), new

    return answer


FACTORS = {
    "no eps": (lambda g, v, e: g / np.sqrt(v), "eps is missing"),
    "var, not its root": (lambda g, v, e: g / (v + e), "divide by its root"),
    "var without eps": (lambda g, v, e: g / v, "and eps is missing"),
    "eps outside": (lambda g, v, e: g / (np.sqrt(v) + e), "eps goes under the root"),
    "no gamma": (lambda g, v, e: 1 / np.sqrt(v + e), "gamma is missing"),
    "multiplied": (lambda g, v, e: g * np.sqrt(v + e), "don't multiply"),
    "unchanged": (lambda g, v, e: np.ones(2), "as they were"),
    "gamma alone": (lambda g, v, e: g, "gamma alone"),
    "nonsense": (lambda g, v, e: g + 7, "the factors should be [4.0, 2.0]"),
}
BIASES = {
    "mean not subtracted": (lambda f, b, beta, mean: beta + f * b, "the mean is not subtracted"),
    "mean added": (lambda f, b, beta, mean: beta + f * (b + mean), "wrong sign"),
    "bias not scaled": (lambda f, b, beta, mean: b + beta - f * mean, "old bias is not scaled"),
    "mean not scaled": (lambda f, b, beta, mean: beta + f * b - mean, "the mean is not scaled"),
    "nothing scaled": (lambda f, b, beta, mean: beta + b - mean, "nothing is scaled"),
    "no old bias": (lambda f, b, beta, mean: beta - f * mean, "own bias b is lost"),
    "no beta": (lambda f, b, beta, mean: f * (b - mean), "beta is missing"),
    "beta scaled": (lambda f, b, beta, mean: f * (b - mean + beta), "beta comes after"),
    "old bias": (lambda f, b, beta, mean: b, "that is the old bias"),
    "beta alone": (lambda f, b, beta, mean: beta, "that is beta alone"),
    "nonsense": (lambda f, b, beta, mean: b + 70, "the bias should be [8.5 7. ]"),
}


@pytest.mark.parametrize("name", FACTORS)
def test_each_wrong_factor_gets_its_hint(name):
    wrong, words = FACTORS[name]
    verdict = check(2, folding(factor=wrong))
    assert verdict.right is False and words in verdict.hint, verdict


@pytest.mark.parametrize("name", BIASES)
def test_each_wrong_bias_gets_its_hint(name):
    wrong, words = BIASES[name]
    verdict = check(2, folding(bias=wrong))
    assert verdict.right is False and words in verdict.hint, verdict


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_a_factor_on_a_wrong_axis_is_told(axis):
    assert "wrong axis" in check(2, folding(axis=axis)).hint


def test_the_plain_product_is_told_its_axis():
    def plain(W, b, gamma, beta, mean, var, eps):
        f = gamma / np.sqrt(var + eps)
        return f * W, beta + f * (b - mean)

    assert "wrong axis" in check(2, plain).hint


def test_shapes_and_their_order_are_told():
    right = folding()
    assert "in this order" in check(2, lambda *given: right(*given)[::-1]).hint
    assert "factor[:, None, None, None]" in check(2, lambda *given: (given[0][0], given[1])).hint


def test_the_packages_own_folding_is_right():
    from qlearn.networks import BatchNorm

    def package(W, b, gamma, beta, mean, var, eps):
        folded = fold_pair(Conv2d(W, b), BatchNorm(gamma, beta, mean, var, eps))
        return folded.W, folded.b

    assert check(2, package).right
    assert check(2, lambda *given: [array.tolist() for array in package(*given)]).right


def test_work_in_place_is_right_and_spoils_nothing():
    def in_place(W, b, gamma, beta, mean, var, eps):
        gamma /= np.sqrt(var + eps)
        W *= gamma[:, None, None, None]
        b -= mean
        b *= gamma
        b += beta
        return W, b

    assert check(2, in_place).right and check(2, in_place).right


@pytest.mark.parametrize("value", [np.ones((2, 2, 2, 2)), 7, (1, 2, 3), "ab"])
def test_not_two_arrays_is_told_what_to_return(value):
    assert check(2, lambda *given: value).hint == "return two arrays: weights, bias."


def test_what_belongs_to_the_bias_is_told():
    wrong = {
        "all": lambda f, beta, mean, W: f * (W - mean) + beta,
        "mean": lambda f, beta, mean, W: f * (W - mean),
        "beta": lambda f, beta, mean, W: f * W + beta,
    }
    for name, weights in wrong.items():

        def answer(W, b, gamma, beta, mean, var, eps, weights=weights):
            f = gamma / np.sqrt(var + eps)
            columns = (v[:, None, None, None] for v in (f, beta, mean))
            return weights(*columns, W), beta + f * (b - mean)

        assert "beta and mean belong to the bias" in check(2, answer).hint, name


@pytest.mark.parametrize("value", [7, ("a", "b"), (1, 2, 3), "ab", [np.nan, np.nan]])
def test_odd_foldings_get_a_hint(value):
    verdict = check(2, lambda *given: value)
    assert verdict.right is False and verdict.hint


# Exercise 3

P = 0.989
ERROR = 100 * np.sqrt(P * (1 - P) / 540)
RULERS = {
    "can tell": ((1, ERROR, True), "one digit decides"),
    "none apart": ((0, ERROR, False), "how many are 98.9 % of 540"),
    "percent as a share": ((108, ERROR, False), "0.2 is in percent"),
    "a fraction of a digit": ((1.08, ERROR, False), "digits are whole"),
    "points": ((0.2, ERROR, False), "how many digits are 0.2 % of 540?"),
    "error as a share": ((1, ERROR / 100, False), "times 100 for points"),
    "variance": ((1, 100 * P * (1 - P) / 540, False), "that is the variance"),
    "of one digit": ((1, 100 * np.sqrt(P * (1 - P)), False), "that is for one digit"),
    "p alone": ((1, 100 * np.sqrt(P / 540), False), "p (1 - p) goes under the root, not p"),
    "in digits": ((1, np.sqrt(540 * P * (1 - P)), False), "that is in digits"),
    "of a difference": ((1, np.sqrt(2) * ERROR, False), "for the difference of two networks"),
    "two of them": ((1, 2 * ERROR, False), "those are two standard errors"),
    "nonsense": ((1, 33.0, False), "100 sqrt(p (1 - p) / n)"),
    "no decision": ((1, ERROR, "no"), "Give True or False"),
    "swapped": ((False, ERROR, 1), "give (digits apart, standard error"),
    "words": (("one", ERROR, False), "give (digits apart"),
    "one number": (1, "return (digits apart, standard error"),
    "no tuple": ({1, 2, 3}, "return (digits apart"),
}


@pytest.mark.parametrize("name", RULERS)
def test_each_wrong_ruler_gets_its_hint(name):
    value, words = RULERS[name]
    verdict = check(3, lambda: value)
    assert verdict.right is False and words in verdict.hint, verdict


@pytest.mark.parametrize("p", [0.987, 0.988, 0.989])
def test_either_methods_error_is_right_in_many_guises(p):
    error = 100 * np.sqrt(p * (1 - p) / 540)
    assert check(3, lambda: (1, error, False)).right
    assert check(3, lambda: [-1.0, round(float(error), 2), np.False_]).right


def test_the_numbers_of_the_exercise():
    assert [round(100 * n / 540, 1) for n in (534, 533)] == [98.9, 98.7]


# What the notebook says of the networks


def test_seeds_share_no_weights_and_yet_decide_alike():
    from qlearn.networks import digits

    x, _ = digits("test")
    for name in "digits_cnn", "digits_mobilenet":
        one, other = (fold(load(name, seed)) for seed in (0, 1))
        flat = [np.concatenate([W.ravel() for W in net.weights]) for net in (one, other)]
        assert abs(np.corrcoef(*flat)[0, 1]) < 0.05
        assert np.mean(one(x).argmax(axis=1) != other(x).argmax(axis=1)) < 0.02
