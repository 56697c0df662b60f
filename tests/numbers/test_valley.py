import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qlearn.numbers import Affine
from qlearn.numbers.valley import ENTRIES, Table, best_grid

RNG = np.random.default_rng(0)


def squares(x, scale, zero_point, qmin, qmax):
    """The sum of squared errors, value by value."""
    x = x.astype(np.float64)
    q = np.clip(np.round(x / scale) + zero_point, qmin, qmax)
    return np.sum((scale * (q - zero_point) - x) ** 2)


def test_worked_example():
    table = Table.of(np.array([8, -1, 0.6, -0.4, 0.1]))
    errors = table.error(np.array([8 / 3, 1 / 3]), np.zeros(2), -3, 3)
    np.testing.assert_allclose(errors, [1.53, 49.0189], rtol=1e-5)
    np.testing.assert_allclose(table.below(0, -0.7), 0.3**2 * 2)
    np.testing.assert_allclose(table.above(1, 1), 49)
    np.testing.assert_allclose(table.mean, 10.1 / 5)


FLOATS = st.floats(-1e3, 1e3, width=32).filter(lambda v: v == 0 or abs(v) > 1e-3)


@given(arrays(np.float64, st.integers(1, 40), elements=FLOATS), st.integers(1, 8), st.data())
def test_law_errors_are_those_of_every_value(x, num_bits, data):
    qmin, qmax = -(2 ** (num_bits - 1)), 2 ** (num_bits - 1) - 1
    scale = data.draw(st.floats(0.01, 500))
    z = data.draw(st.integers(qmin, qmax))
    error = Table.of(x).error(np.array([scale]), np.array([z]), qmin, qmax)[0]
    expected = squares(x, scale, z, qmin, qmax)
    size = np.sum(x**2) + len(x) * (scale * 2**num_bits) ** 2
    np.testing.assert_allclose(error, expected, rtol=1e-9, atol=1e-11 * size)


@pytest.mark.parametrize("num_bits", [2, 4, 8])
@pytest.mark.parametrize("outlier", [0, 100])
def test_a_thinned_table_errs_by_a_few_in_a_thousand_at_most(num_bits, outlier):
    x = RNG.laplace(size=6 * ENTRIES + 7).astype(np.float32)
    x[5] += outlier
    table = Table.of(x)
    assert len(table.x) < 2 * ENTRIES
    for T in 1, 4, 30:
        scale = 2 * T / (2**num_bits - 1)
        args = -(2 ** (num_bits - 1)), 2 ** (num_bits - 1) - 1
        error = table.error(np.array([scale]), np.zeros(1), *args)[0]
        np.testing.assert_allclose(error, squares(x, scale, 0, *args), rtol=3e-3)


def test_beyond_8_bits_rounding_is_a_twelfth_of_the_squared_step():
    x = RNG.normal(size=20_000)
    for T in 2, 5:
        scale = 2 * T / 1023
        error = Table.of(x).error(np.array([scale]), np.zeros(1), -512, 511)[0]
        np.testing.assert_allclose(error, squares(x, scale, 0, -512, 511), rtol=0.02)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("x", [RNG.normal(size=300) + 1, RNG.exponential(size=300)])
def test_the_grid_is_one_that_from_range_makes(x, symmetric):
    scale, z = best_grid(Table.of(x), -8, 7, symmetric)
    Q = Affine.from_range(scale * (-8 - z), scale * (7 - z), 4)
    if not symmetric:
        np.testing.assert_allclose([Q.scale, Q.zero_point], [scale, z])
    assert z == 0 or not symmetric
    assert -8 <= z <= 7 and z == int(z)
