from itertools import combinations

import kmeans1d
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtri
from sklearn.cluster import KMeans

from qlearn.grids import Codebook, lloyd, lloyd_max
from qlearn.grids.kmeans import CUTS

FEW = arrays(np.float64, st.integers(1, 9), elements=st.integers(-50, 50).map(float))
NORMAL = ndtri((np.arange(200_000) + 0.5) / 200_000)


def error(x, levels, weights=1):
    x, levels = np.asarray(x, np.float64), np.asarray(levels, np.float64)
    edges = (levels[1:] + levels[:-1]) / 2
    return (weights * (x - levels[np.searchsorted(edges, x)]) ** 2).sum()


def brute(x, count, weights):
    """The least error over every way to cut the sorted numbers."""
    order = np.argsort(x)
    x, w = x[order], weights[order]
    count = min(count, len(x))
    least = np.inf
    for cuts in combinations(range(1, len(x)), count - 1):
        cells = zip((0, *cuts), (*cuts, len(x)), strict=True)
        cost = 0
        for i, j in cells:
            cost += (w[i:j] * (x[i:j] - np.average(x[i:j], weights=w[i:j])) ** 2).sum()
        least = min(least, cost)
    return least


# Worked examples


def test_six_numbers_on_which_lloyd_gets_stuck():
    x = [0, 1, 5, 6, 10, 11]
    assert lloyd(x, [0, 1, 5]).tolist() == [0, 1, 8]
    assert error(x, [0, 1, 8]) == 26
    assert lloyd_max(x, 1).tolist() in ([0.5, 8], [3, 10.5])
    assert lloyd_max(x, 2).tolist() in ([0, 1, 5.5, 10.5], [0.5, 5, 6, 10.5], [0.5, 5.5, 10, 11])


def test_a_heavy_number_pulls_its_level():
    assert lloyd_max([0, 1, 10, 11], 1).tolist() == [0.5, 10.5]
    assert lloyd_max([0, 1, 10, 11], 1, weights=[3, 1, 1, 1]).tolist() == [0.25, 10.5]
    assert lloyd_max([0, 1, 10, 11], 1, weights=[1, 0, 0, 1]).tolist() == [0, 11]


def test_fewer_numbers_than_levels_come_back():
    assert lloyd_max([3, 1, 3, 1], 4).tolist() == [1, 3]
    assert lloyd_max(7.0, 2).tolist() == [7]


@pytest.mark.parametrize(
    "num_bits, D",
    [(1, 1 - 2 / np.pi), (2, 0.117482), (3, 0.034548), (4, 0.009501), (5, 0.00250)],
)
def test_max_1960(num_bits, D):
    assert error(NORMAL, lloyd_max(NORMAL, num_bits)) / len(NORMAL) == pytest.approx(D, abs=1e-5)


def test_levels_of_the_bell():
    positive = [0.1284, 0.3880, 0.6568, 0.9423, 1.2562, 1.6180, 2.0690, 2.7326]
    np.testing.assert_allclose(lloyd_max(NORMAL, 4)[8:], positive, atol=1e-3)
    np.testing.assert_allclose(lloyd_max(NORMAL, 2)[2:], [0.4528, 1.5104], atol=1e-4)


# Laws


@given(FEW, st.integers(1, 3))
def test_no_level_can_be_moved_for_the_better(x, num_bits):
    levels = lloyd_max(x, num_bits)
    assert (np.diff(levels) > 0).all()
    assert error(x, lloyd(x, levels)) == pytest.approx(error(x, levels), abs=1e-9)


@pytest.mark.parametrize("num_bits", [2, 4, 8])
def test_lloyd_rests_there(num_bits):
    x = np.random.default_rng(0).laplace(size=20_000)
    levels = lloyd_max(x, num_bits)
    np.testing.assert_allclose(lloyd(x, levels), levels, rtol=1e-9, atol=1e-12)


@given(FEW, st.floats(0.01, 100), st.integers(-100, 100))
def test_levels_shift_and_stretch_with_the_numbers(x, stretch, shift):
    a, b = lloyd_max(x, 1), lloyd_max(stretch * x + shift, 1)
    assert error(stretch * x + shift, b) == pytest.approx(stretch**2 * error(x, a), abs=1e-7)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
def test_levels_go_straight_into_a_codebook(dtype):
    x = (100 * np.random.default_rng(0).normal(size=(50, 60))).astype(dtype)[::2]
    levels = lloyd_max(x, 3)
    assert levels.dtype == (np.float64 if dtype == np.float64 else np.float32)
    assert Codebook(levels).num_bits == 3


def test_many_levels_are_near_the_density_of_panter_and_dite():
    x = NORMAL[::5]
    assert error(x, lloyd_max(x, 10)) / len(x) < 1.02 * np.sqrt(3) * np.pi / 2 / 4**10


@pytest.mark.parametrize("x", [[1e300, -1e300, 3.0], [1e-300, 2e-300, 3e-300]])
def test_huge_and_tiny_numbers(x):
    assert np.isfinite(lloyd_max(x, 1)).all()


# Oracles


@given(FEW, st.integers(1, 2), st.data())
def test_every_way_to_cut(x, num_bits, data):
    w = data.draw(arrays(np.float64, x.shape, elements=st.integers(1, 9).map(float)))
    assert error(x, lloyd_max(x, num_bits, w), w) == pytest.approx(
        brute(x, 2**num_bits, w), abs=1e-9
    )


BELLS = ["normal", "laplace", "standard_cauchy", "exponential", "uniform"]


@pytest.mark.parametrize("num_bits", [2, 4, 6])
@pytest.mark.parametrize("name", BELLS)
def test_kmeans1d_finds_none_better(name, num_bits):
    rng = np.random.default_rng(0)
    for size, bar in [(CUTS, 1e-9), (30_000, 1e-6 if num_bits <= 4 else 1e-4)]:
        x = getattr(rng, name)(size=size)
        theirs = np.sort(kmeans1d.cluster(x, 2**num_bits).centroids)
        assert error(x, lloyd_max(x, num_bits)) <= error(x, theirs) * (1 + bar)


def test_kmeans1d_with_weights_and_outliers():
    rng = np.random.default_rng(0)
    x = np.append(rng.normal(size=5000), [1e3, -1e4, 1e6])
    w = rng.integers(1, 5, len(x))  # a whole weight is a number that often
    theirs = np.sort(kmeans1d.cluster(np.repeat(x, w), 8).centroids)
    assert error(x, lloyd_max(x, 3, w), w) <= error(x, theirs, w) * (1 + 1e-6)


def test_scikit_learn_finds_none_better():
    x = np.random.default_rng(0).normal(size=5000)
    theirs = KMeans(16, n_init=5, random_state=0).fit(x[:, None]).cluster_centers_
    assert error(x, lloyd_max(x, 4)) <= error(x, np.sort(theirs.ravel()))


# Bad input: each message is what a reader sees

BAD = {
    "x is empty": lambda: lloyd_max([], 2),
    "x holds nan": lambda: lloyd_max([1, np.nan], 2),
    "x holds inf": lambda: lloyd_max([1, np.inf], 2),
    "num_bits is 0": lambda: lloyd_max([1, 2], 0),
    "num_bits is 17": lambda: lloyd_max([1, 2], 17),
    r"num_bits is 2\.5": lambda: lloyd_max([1, 2], 2.5),
    "weights holds nan": lambda: lloyd_max([1, 2], 1, [1, np.nan]),
    "weights is -1: it can't be negative": lambda: lloyd_max([1, 2], 1, [1, -1]),
    "weights are all 0": lambda: lloyd_max([1, 2], 1, [0, 0]),
    r"weights has shape \(1,\), x \(2,\)": lambda: lloyd_max([1, 2], 1, [1]),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
