from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qlearn.numbers import floor, half_away, half_even, stochastic

TIES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])


def test_worked_example():
    np.testing.assert_array_equal(half_even(TIES), [-2, -2, 0, 0, 2, 2])
    np.testing.assert_array_equal(half_away(TIES), [-3, -2, -1, 1, 2, 3])
    np.testing.assert_array_equal(floor(TIES), [-3, -2, -1, 0, 1, 2])


def test_half_away_below_a_tie_and_beyond_2_to_23():
    below = np.nextafter(np.float32(0.5), np.float32(0))
    np.testing.assert_array_equal(half_away(np.array([below, -below])), [0, 0])
    big = np.array([2**23 + 1, -(2**23) - 3, 2**24 - 1], np.float32)
    np.testing.assert_array_equal(half_away(big), big)


@pytest.mark.parametrize(
    "rule, mode", [(half_even, ROUND_HALF_EVEN), (half_away, ROUND_HALF_UP), (floor, ROUND_FLOOR)]
)
@given(x=st.floats(-1e6, 1e6, width=32))
def test_oracle_decimal(rule, mode, x):
    expected = int(Decimal(x).quantize(Decimal(1), rounding=mode))
    for dtype in (np.float32, np.float64):
        rounded = rule(np.array([x], dtype))
        assert rounded[0] == expected and rounded.dtype == dtype


def test_half_even_takes_tensors():
    assert torch.equal(half_even(torch.tensor(TIES)), torch.tensor(TIES).round())


def test_stochastic_is_unbiased_with_variance_p_times_1_minus_p():
    rounded = stochastic(np.random.default_rng(0))(np.full(100_000, 2.3))
    assert set(rounded) == {2.0, 3.0}
    assert rounded.mean() == pytest.approx(2.3, abs=5e-3)
    assert rounded.var() == pytest.approx(0.21, abs=5e-3)


def test_stochastic_below_zero_and_at_whole_numbers():
    rule = stochastic(np.random.default_rng(0))
    assert rule(np.full(100_000, -2.3)).mean() == pytest.approx(-2.3, abs=5e-3)
    np.testing.assert_array_equal(rule(np.arange(-5.0, 6.0)), np.arange(-5, 6))


def test_stochastic_needs_a_generator():
    with pytest.raises(ValueError, match="rng is 3"):
        stochastic(3)
