import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize_scalar

from qlearn.grids import Codebook, bell_even, equal_share, even_levels
from qlearn.grids.even import least
from qlearn.numbers import mse

X = arrays(np.float64, st.integers(2, 20), elements=st.integers(-40, 40).map(float)).filter(np.any)


def test_worked_example():
    np.testing.assert_allclose(even_levels([-3, -1, 1, 3], 2), [-3, -1, 1, 3], rtol=1e-6)
    np.testing.assert_allclose(even_levels([1, 3, 5, 7.0], 2), [1, 3, 5, 7], rtol=1e-6)
    np.testing.assert_allclose(even_levels([-1, -3, -5, -7.0], 2), [-7, -5, -3, -1], rtol=1e-6)
    np.testing.assert_allclose(even_levels([2.0, -2.0], 1), [-2, 2], rtol=1e-6)


@given(X, st.integers(1, 4))
def test_even_as_many_as_asked_and_on_the_right_side(x, num_bits):
    levels = even_levels(x, num_bits)
    assert len(levels) == 2**num_bits
    np.testing.assert_allclose(np.diff(levels), levels[1] - levels[0], rtol=1e-9)
    assert (levels > 0).sum() == {True: 2 ** (num_bits - 1)}.get(
        x.min() < 0 < x.max(), 2**num_bits * (x.max() > 0)
    )


@pytest.mark.parametrize("num_bits", [1, 2, 3, 4])
def test_the_bell(num_bits):
    levels = even_levels(equal_share(50_000), num_bits)
    np.testing.assert_allclose(levels, bell_even(2**num_bits), rtol=2e-3)


@pytest.mark.parametrize("name", ["normal", "laplace", "exponential", "standard_cauchy"])
def test_no_other_step_is_better(name):
    x = getattr(np.random.default_rng(0), name)(size=5000)
    levels = even_levels(x, 3)
    best = mse(x, Codebook(levels)(x))
    for factor in np.geomspace(0.3, 3, 200):
        assert best <= mse(x, Codebook(factor * levels)(x)) * (1 + 1e-4)


def test_least_as_scipy():
    f = lambda x: (x - 1.3) ** 4 + x  # noqa: E731
    expected = minimize_scalar(f, bounds=(0, 2), method="bounded").x
    assert least(f, 0.01, 2) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("x", "num_bits", "message"),
    [([0, 0], 2, "x is all 0"), ([], 2, "x is empty"), ([np.nan], 2, "x holds nan"),
     ([1, 2], 0, "num_bits is 0")],
)  # fmt: skip
def test_bad_input(x, num_bits, message):
    with pytest.raises(ValueError, match=message):
        even_levels(x, num_bits)
