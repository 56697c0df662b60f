import numpy as np
import pytest
from scipy.stats import entropy

from qlearn.numbers import Affine, entropy_range, minmax_range, sqnr
from qlearn.numbers.entropy import BINS, divergences, histogram

RNG = np.random.default_rng(0)
NORMAL, LAPLACE = RNG.normal(size=1_000_000), RNG.laplace(size=1_000_000)


def one_by_one(h, i, groups):
    """KL(P || Q) for one number of bins, bin by bin, as NVIDIA's calibrator goes about it."""
    group = np.array([j * groups // i for j in range(i)])
    q = np.zeros(i)
    for k in range(groups):
        members = (group == k) & (h[:i] > 0)
        if members.any():
            q[members] = h[:i][members].mean()
    p = h[:i].astype(float)
    p[-1] += h[i:].sum()
    return entropy(p, q)


def test_worked_example():
    h = np.array([4, 2, 0, 6, 0, 2])
    # two bins: P = 4 10, Q = 4 2 of 6; four bins, two groups: P = 4 2 0 8, Q = 3 3 0 6 of 12
    KL = divergences(h, np.array([2, 4]), 2, False)
    p, q = np.array([4, 2, 8]) / 14, np.array([3, 3, 6]) / 12
    expected = [entropy([4, 10], [4, 2]), np.sum(p * np.log(p / q))]
    np.testing.assert_allclose(KL, expected)
    assert divergences(h, np.array([5]), 2, False) == np.inf  # its last bin is empty
    assert 0 < divergences(h, np.array([5]), 2, True) < 3


@pytest.mark.parametrize("groups", [8, 128, 200, 256])
@pytest.mark.parametrize("x", [NORMAL[:3000], np.maximum(LAPLACE[:3000], 0)])
def test_oracle_scipy_bin_by_bin(groups, x):
    h = histogram(x, np.abs(x).max())
    i = np.array([128, 129, 200, 777, 1500, 2047, 2048])
    expected = [one_by_one(h, n, groups) for n in i]
    np.testing.assert_allclose(divergences(h, i, groups, False), expected, rtol=1e-9)


def test_a_histogram_counts_every_value_but_bin_0():
    x = np.array([-1, -0.5, 0, 0, 0, 1 / 2048, 0.9999, 1])
    h = histogram(x, 1.0)
    assert len(h) == BINS
    assert h[0] == h[1] == 1 and h[1024] == 1 and h[2047] == 3


@pytest.mark.parametrize(
    ("x", "num_bits", "T"),
    [(NORMAL, 8, 4.658), (NORMAL, 4, 3.604), (LAPLACE, 8, 10.36), (LAPLACE, 4, 6.06)],
)
def test_thresholds_of_a_million_values(x, num_bits, T):
    low, high = entropy_range(x, num_bits, symmetric=True)
    assert low == -high
    np.testing.assert_allclose(high, T, atol=0.1)


@pytest.mark.parametrize("num_bits", [8, 4])
def test_claim_unsmoothed_never_cuts_a_lone_outlier_smoothed_does(num_bits):
    x = NORMAL.copy()
    x[7] = 100
    assert entropy_range(x, num_bits)[1] == 100
    assert 4 < entropy_range(x, num_bits, smoothed=True)[1] < 8.5


def test_one_side_has_twice_the_groups_and_keeps_its_zeros_out():
    relu = np.maximum(NORMAL[:200_000], 0)
    low, T = entropy_range(relu, 4)
    assert low == 0 and 3 < T <= relu.max()
    np.testing.assert_allclose(entropy_range(-relu, 4), (-T, 0))
    np.testing.assert_allclose(entropy_range(relu[relu > 0], 4)[1], T)
    assert entropy_range(relu, 4, symmetric=True) == entropy_range(relu, 3)


def test_asymmetric_ends_lie_within_the_data():
    x = np.append(LAPLACE[:50_000].clip(-1, None), 0)
    low, high = entropy_range(x, 4)
    assert low == -1 and 3 < high < x.max()


def test_many_levels_lose_nothing_so_the_range_is_min_max():
    x = NORMAL[:20_000]
    assert entropy_range(x, 14) == minmax_range(x)


def test_claim_of_few_grey_levels_one_bar_is_left():
    x = np.repeat(np.arange(17) / 16, np.arange(17, 0, -1))
    assert entropy_range(x, 4)[1] < 0.1
    low, high = entropy_range(x, 4)
    assert sqnr(x, Affine.from_range(low, high, 4)(x)) < 3


def test_of_equal_divergences_the_largest_threshold_is_taken():
    x = np.array([0.25, 1.0])  # one bar alone, or two in groups of their own: no divergence
    h = histogram(x, 1.0)
    assert (divergences(h, np.array([513, 2048]), 16, False) == 0).all()
    assert entropy_range(x, 4)[1] == 1
