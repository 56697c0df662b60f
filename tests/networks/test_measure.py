"""Measuring a quantized network: by hand, against scikit-learn, and over the seeds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import sem
from sklearn.metrics import accuracy_score

from qlearn.networks import BatchNorm, compare, compare_logits, digits, evaluate, mean_sqnr, verdict
from qlearn.networks.measure import Scores, spread

LOGITS = np.float32([[10, 0], [0, 10], [10, 0], [0, 10]])


def unchanged(x):
    return x


def recording(seen):
    """A `make` that notes what it is given."""
    return lambda net, x: seen.append((net, x)) or net


def test_worked_example():
    def swapped_first(x):
        return np.concatenate([x[:1, ::-1], x[1:]])

    accuracy, changed, sqnr = compare(swapped_first, unchanged, LOGITS, np.array([0, 1, 0, 0]))
    assert (accuracy, changed) == (50, 25)  # decisions 1 1 0 1 instead of 0 1 0 1
    np.testing.assert_allclose(sqnr, 10 * np.log10(400 / 200))  # sums of squares


def test_an_error_of_a_tenth_is_20_decibels():
    accuracy, changed, sqnr = compare(
        lambda x: np.float32(1.1) * x, unchanged, LOGITS, np.array([0, 1, 0, 1])
    )
    assert (accuracy, changed) == (100, 0)
    np.testing.assert_allclose(sqnr, 20, rtol=1e-5)


@given(st.integers(0, 2**32 - 1))
def test_a_network_beside_itself_has_changed_nothing(seed):
    x = np.random.default_rng(seed).normal(size=(6, 10))
    assert compare(unchanged, unchanged, x, x.argmax(axis=1)) == (100, 0, np.inf)


@given(st.integers(0, 2**32 - 1))
def test_oracle_scikit_learn_accuracy(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(30, 10)), rng.integers(10, size=30)
    noise = rng.normal(size=x.shape)
    accuracy, changed, _ = compare(lambda x: x + noise, unchanged, x, y)
    decisions = (x + noise).argmax(axis=1)
    np.testing.assert_allclose(accuracy, 100 * accuracy_score(y, decisions))
    np.testing.assert_allclose(changed, 100 - 100 * accuracy_score(x.argmax(axis=1), decisions))


def test_the_float_networks_give_five_rows_and_change_nothing():
    scores = evaluate("digits_mobilenet")
    assert scores.accuracy.shape == scores.changed.shape == scores.logit_sqnr.shape == (5,)
    assert (scores.changed == 0).all() and (scores.logit_sqnr == np.inf).all()


@pytest.mark.parametrize("hard", [False, True])
def test_settings_see_a_folded_network_and_the_calibration_digits_only(hard):
    seen = []
    evaluate("digits_cnn", recording(seen), hard=hard, seeds=range(2))
    calibration, _ = digits("calibration", hard)
    assert len(seen) == 2
    for net, x in seen:
        np.testing.assert_array_equal(x, calibration)
        assert not any(isinstance(layer, BatchNorm) for layer in net.layers)
    first, second = (net.layers[0].W for net, _ in seen)
    assert (first != second).any()  # another seed, other weights


@pytest.mark.parametrize(("part", "hard"), [("calibration", False), ("test", True)])
def test_part_and_hard_choose_the_digits_that_are_counted(part, hard):
    seen = []
    (accuracy,) = evaluate("digits_cnn", recording(seen), part, hard, seeds=[3]).accuracy
    (net, _), (x, y) = seen[0], digits(part, hard)
    np.testing.assert_allclose(accuracy, 100 * np.mean(net(x).argmax(axis=1) == y))


def test_the_decisions_are_compared_with_the_float_network_of_the_same_seed():
    seen = []
    evaluate("digits_cnn", recording(seen), seeds=[0])
    other = seen[0][0]
    scores = evaluate("digits_cnn", lambda net, x: other, seeds=[0, 1])
    assert scores.changed[0] == 0 and scores.changed[1] > 0


def test_writing_into_the_network_spoils_no_later_measurement():
    def erase(net, x):
        net.layers[0].W[:] = 0
        return net

    assert evaluate("digits_cnn", erase, seeds=[0]).changed > 0
    assert evaluate("digits_cnn", seeds=[0]).changed == 0


def test_mean_sqnr_is_one_number_for_each_list():
    tens = np.float32([10, -10])
    rows = [[tens, 10 * tens], [tens]]
    np.testing.assert_allclose(mean_sqnr(rows, lambda x: x + 1), [30, 20])  # (20 + 40) / 2 and 20


@pytest.mark.parametrize(
    ("gains", "text"),
    [
        ([1, 2, 3], "holds: +2.00 dB (+1.00 to +3.00, 3 seeds)"),
        ([-1, -2, -3], "does not hold: -2.00 dB (-3.00 to -1.00, 3 seeds)"),
        ([0.1, 9, 0.1], "holds: +3.07 dB (+0.10 to +9.00, 3 seeds)"),  # all of one sign
        ([-1, 9, 9, 9, 9], "holds: +7.00 dB (-1.00 to +9.00, 5 seeds)"),  # 2 standard errors are 4
        ([1, -9, -9, -9, -9], "does not hold: -7.00 dB (-9.00 to +1.00, 5 seeds)"),
        ([-1, 2], "can't tell here: +0.50 dB (-1.00 to +2.00, 2 seeds)"),
        # The mean is 1.8 and the standard error 1 (1.96 of 5), or 0.8 (1.56 of 5).
        ([-1, 1, 1, 3, 5], "can't tell here: +1.80 dB (-1.00 to +5.00, 5 seeds)"),
        ([-0.5, 1, 2, 3, 3.5], "holds: +1.80 dB (-0.50 to +3.50, 5 seeds)"),
        ([0, 0], "can't tell here: +0.00 dB (+0.00 to +0.00, 2 seeds)"),
    ],
)
def test_a_verdict_needs_one_sign_or_two_standard_errors(gains, text):
    assert verdict(gains) == text


def test_a_verdict_names_its_unit():
    assert verdict([1, 1], "points") == "holds: +1.00 points (+1.00 to +1.00, 2 seeds)"


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=8, unique=True))
def test_oracle_scipy_standard_error(gains):
    sure = abs(np.mean(gains)) > 2 * sem(gains) or min(gains) > 0 or max(gains) < 0
    assert verdict(gains).startswith("can't tell") != sure


def test_scores_show_mean_and_range():
    scores = Scores(np.array([90, 95.0]), np.array([4.0, 6.0]), np.array([np.inf, np.inf]))
    assert repr(scores) == (
        "accuracy 92.5 (90.0-95.0) %  changed  5.0 (4.0-6.0) %  SQNR  inf (inf-inf) dB"
    )
    assert spread([7.25]) == " 7.2"  # one seed has no range
    assert spread([-1.5, 0.5]) == "-0.5 (-1.5 to 0.5)"


def test_an_unknown_network_or_seed_is_refused():
    with pytest.raises(ValueError, match="name is 'resnet'"):
        evaluate("resnet")
    with pytest.raises(ValueError, match="seed is 9: five are shipped, 0 to 4"):
        evaluate("digits_cnn", seeds=[9])


def test_one_seed_proves_nothing():
    with pytest.raises(ValueError, match="gains has 1 seeds"):
        verdict([0.5])


def test_labels_are_one_for_each_image():
    logits = np.eye(3)
    with pytest.raises(ValueError, match=r"y has shape \(3, 1\): one label for each of 3 images"):
        compare_logits(logits, logits, np.zeros((3, 1), int))


def test_gains_are_numbers():
    with pytest.raises(ValueError, match="gains holds nan"):
        verdict([1, np.nan, 2])
