import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qlearn.numbers import (
    Affine,
    entropy_range,
    gauss_range,
    laplace_range,
    minmax_range,
    mse,
    mse_range,
    percentile_range,
)

X = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, 5.0]], np.float32)
ALL = [minmax_range, percentile_range, mse_range, entropy_range, laplace_range, gauss_range]
FITTED = ALL[3:]
each = pytest.mark.parametrize("find", ALL, ids=lambda f: f.__name__)


def error(x, xmin, xmax, num_bits, symmetric=False):
    return mse(x, Affine.from_range(xmin, xmax, num_bits, symmetric=symmetric)(x))


def test_worked_example():
    assert minmax_range(X) == (-2.0, 5.0)
    low, high = minmax_range(X, axis=0)  # the axis that is kept
    np.testing.assert_array_equal(low, [[-2.0], [0.0]])
    np.testing.assert_array_equal(high, [[1.0], [5.0]])
    assert low.dtype == np.float32


# What holds for all of them


@each
@given(
    x=arrays(np.float32, (3, 4, 5), elements=st.floats(-1e3, 1e3, width=32)),
    axis=st.integers(-3, 2),
    num_bits=st.integers(2, 8),
    symmetric=st.booleans(),
)
def test_the_range_holds_0_broadcasts_and_makes_a_grid(find, x, axis, num_bits, symmetric):
    low, high = find(x, num_bits, axis=axis, symmetric=symmetric)
    assert (low <= 0).all() and (high >= 0).all()
    assert low.shape == high.shape and low.size == x.shape[axis] and low.ndim == 3
    assert low.dtype == high.dtype == np.float32
    Affine.from_range(low, high, num_bits, symmetric=symmetric)(x)


@each
def test_a_kept_axis_is_one_call_a_slice(find):
    x = np.random.default_rng(1).laplace(size=(4, 3, 50)).astype(np.float32)
    low, high = find(x, 4, axis=1)
    assert low.shape == (1, 3, 1)
    for i in range(3):
        assert find(x[:, i], 4) == (low[0, i, 0], high[0, i, 0])
    both = find(x, 4, axis=(0, -2))[1]
    assert both.shape == (4, 3, 1)
    assert both[2, 1, 0] == find(x[2, 1], 4)[1]


@each
@pytest.mark.parametrize(
    "x", [np.full(4, 7, np.int8), np.zeros(3), np.float16([-2, -2]), np.ones((4, 4))[::2, 1:]]
)
@pytest.mark.parametrize("symmetric", [False, True])
def test_constants_come_back(find, x, symmetric):
    low, high = find(x, 8, symmetric=symmetric)
    assert low <= 0 <= high
    Q = Affine.from_range(low, high, 8, symmetric=symmetric)
    half_a_step = Q.scale / 2 if symmetric else 0
    np.testing.assert_allclose(Q(x), x, rtol=1e-3, atol=1.001 * half_a_step)


@each
def test_bad_input(find):
    with pytest.raises(ValueError, match="axis is 2, but x has 2 axes"):
        find(X, axis=2)
    with pytest.raises(ValueError, match="axis is -3, but x has 2 axes"):
        find(X, axis=(0, -3))
    with pytest.raises(ValueError, match="x holds nan"):
        find([1.0, np.nan])
    with pytest.raises(ValueError, match="x holds -inf"):
        find([1.0, -np.inf])
    with pytest.raises(ValueError, match="x is empty"):
        find([])
    with pytest.raises(ValueError, match="x is a tensor"):
        find(torch.ones(3))
    for num_bits in 0, 17, 2.5, True:
        with pytest.raises(ValueError, match=f"num_bits is {num_bits}"):
            find(X, num_bits)


@pytest.mark.parametrize("find", FITTED, ids=lambda f: f.__name__)
@pytest.mark.parametrize(("x", "axis"), [([3.0], None), (3.0, None), ([[3.0], [4.0]], 0)])
def test_one_value_is_no_distribution(find, x, axis):
    with pytest.raises(ValueError, match="x holds one value a scale, 3 first"):
        find(x, 4, axis=axis)


@pytest.mark.parametrize("find", ALL[:3], ids=lambda f: f.__name__)
def test_one_value_has_a_smallest_a_largest_and_a_best_range(find):
    for x in np.array(-3.0), np.array([-3.0]):
        low, high = find(x, 4)
        assert high == 0
        np.testing.assert_allclose(Affine.from_range(low, high, 4)(x), x, rtol=1e-12)


@each
@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_tiny_and_huge_numbers(find, scale):
    x = np.random.default_rng(2).normal(size=1000)
    small = np.array(find(x, 4))
    np.testing.assert_allclose(np.array(find(x * scale, 4)) / scale, small, rtol=1e-3)


@each
def test_an_estimator_leaves_its_input_alone(find):
    x = X.copy()
    find(x, 4, axis=0)
    np.testing.assert_array_equal(x, X)


# min/max


def test_oracle_torch_observer():
    x = np.random.default_rng(0).normal(size=(8, 100)).astype(np.float32)
    observer = torch.ao.quantization.PerChannelMinMaxObserver(ch_axis=0)
    observer(torch.from_numpy(x))
    low, high = minmax_range(x, axis=0)
    np.testing.assert_array_equal(low.ravel(), observer.min_val.numpy())
    np.testing.assert_array_equal(high.ravel(), observer.max_val.numpy())


# percentile


@pytest.mark.parametrize("percentile", [0.5, 50, 99, 99.9, 100])
def test_percentile_is_numpy_s(percentile):
    x = np.random.default_rng(0).normal(size=10_001)
    low, high = percentile_range(x, symmetric=True, percentile=percentile)
    assert -low == high == np.percentile(np.abs(x), percentile)
    relu = np.maximum(x, 0)
    assert percentile_range(relu, percentile=percentile) == (0, np.percentile(relu, percentile))
    assert percentile_range(-relu, percentile=percentile)[1] == 0
    half = (100 - percentile) / 2
    expected = np.percentile(x, [half, 100 - half])
    low, high = percentile_range(x, percentile=percentile)
    assert (low, high) == (min(expected[0], 0), max(expected[1], 0))


def test_the_whole_is_min_max_and_the_default_cuts_one_in_a_thousand():
    x = np.random.default_rng(0).normal(size=1_000_000)
    assert percentile_range(x, percentile=100) == minmax_range(x)
    T = percentile_range(x, symmetric=True)[1]
    np.testing.assert_allclose(T, 3.2905, atol=0.02)
    np.testing.assert_allclose(np.mean(np.abs(x) > T), 1e-3, rtol=1e-3)


@pytest.mark.parametrize("percentile", [0, -1, 100.1, np.nan])
def test_a_percentile_above_0_and_up_to_100(percentile):
    with pytest.raises(ValueError, match=f"percentile is {percentile}"):
        percentile_range(X, percentile=percentile)


# least squared error


def ten(n=4000):
    rng = np.random.default_rng(7)
    z = rng.normal(size=n)
    return {
        "normal": z,
        "Laplace": rng.laplace(size=n),
        "uniform": rng.uniform(-1, 1, size=n),
        "ReLU": np.maximum(z, 0),
        "exponential": rng.exponential(size=n),
        "Student": rng.standard_t(3, size=n),
        "outlier": np.append(z[1:], 100),
        "two bumps": np.concatenate([z[: n // 2] * 0.1 - 1, z[n // 2 :] * 0.1 + 2]),
        "gamma": rng.gamma(2, size=n) - 1,
        "sparse": z * (rng.random(n) < 0.05),
    }


def symmetric_grids(x, num_bits):
    for T in np.linspace(0.01, 1, 300) * np.abs(x).max():
        yield -T, T


def grids(x, num_bits):
    low, high = minmax_range(x)
    lows = np.linspace(0, 1, 13) * low if low < 0 else [low]
    highs = np.linspace(0, 1, 14 if low < 0 else 200) * high
    yield from ((a, b) for a in lows for b in highs if b > a)


@pytest.mark.parametrize("name", ten())
@pytest.mark.parametrize("num_bits", range(2, 9))
def test_mse_is_within_half_a_percent_of_a_dense_search(name, num_bits):
    x = ten()[name].astype(np.float32)
    for symmetric, search in (True, symmetric_grids), (False, grids):
        ends = mse_range(x, num_bits, symmetric=symmetric)
        least = min(error(x, *e, num_bits, symmetric) for e in search(x, num_bits))
        assert error(x, *ends, num_bits, symmetric) <= 1.005 * least, symmetric


@pytest.mark.parametrize("num_bits", [8, 4, 3, 2])
@pytest.mark.parametrize("name", ["normal", "Laplace", "ReLU", "outlier"])
def test_oracle_never_above_the_histogram_observer(name, num_bits):
    x = ten(100_000)[name].astype(np.float32)
    observer = torch.ao.quantization.HistogramObserver()
    observer(torch.from_numpy(x))
    low, high = (float(v) for v in observer._non_linear_param_search())
    torchs = error(x, min(low, 0), max(high, 0), num_bits)
    assert error(x, *mse_range(x, num_bits), num_bits) <= torchs


@given(
    arrays(np.float64, st.integers(1, 30), elements=st.integers(-1000, 1000)),
    st.integers(2, 8),
    st.booleans(),
)
def test_law_never_worse_than_min_max(x, num_bits, symmetric):
    best = error(x, *mse_range(x, num_bits, symmetric=symmetric), num_bits, symmetric)
    assert best <= error(x, *minmax_range(x), num_bits, symmetric) * (1 + 1e-9) + 1e-15


@given(arrays(np.float64, 20, elements=st.integers(-99, 99)), st.sampled_from([0.125, 8.0]))
def test_law_a_range_grows_with_its_values(x, factor):
    np.testing.assert_allclose(mse_range(factor * x, 3), factor * np.array(mse_range(x, 3)))


def test_one_bit_has_0_and_one_level():
    x = np.array([0.0, 0, 0, 3, 3])
    np.testing.assert_allclose(mse_range(x, 1), (0, 3))
    with pytest.raises(ValueError, match="num_bits is 1 on a signed grid"):
        mse_range(x, 1, symmetric=True)


@pytest.mark.parametrize("num_bits", [12, 16])
def test_many_bits_keep_the_tails(num_bits):
    x = np.random.default_rng(0).laplace(size=50_000)
    ends = mse_range(x, num_bits)
    assert error(x, *ends, num_bits) <= 1.01 * error(x, *minmax_range(x), num_bits)


def test_claim_the_survey_s_optimal_thresholds_of_a_normal_tensor():
    x = np.random.default_rng(0).normal(size=1_000_000)
    for num_bits, D in (2, 0.118846), (3, 0.037440), (4, 0.011543):
        best = error(x, *mse_range(x, num_bits, symmetric=False), num_bits)
        assert D <= best * 1.01  # no grid of so many levels is below, and those with 0 are above
        assert best < 1.3 * D


def test_claim_one_outlier_is_kept_at_8_bits_and_dropped_at_4():
    x = np.random.default_rng(0).normal(size=100_000)
    x[-1] = 100
    assert 60 < mse_range(x, 8, symmetric=True)[1] < 70
    assert mse_range(x, 4, symmetric=True)[1] < 3
