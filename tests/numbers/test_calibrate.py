import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qlearn.numbers import minmax_range

X = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, 5.0]], np.float32)


def test_worked_example():
    assert minmax_range(X) == (-2.0, 5.0)
    low, high = minmax_range(X, axis=0)  # the axis that is kept
    np.testing.assert_array_equal(low, [[-2.0], [0.0]])
    np.testing.assert_array_equal(high, [[1.0], [5.0]])
    assert low.dtype == np.float32


@given(arrays(np.float32, (3, 4, 5), elements=st.floats(-1e3, 1e3, width=32)), st.integers(-3, 2))
def test_the_range_holds_0_and_every_value_and_broadcasts(x, axis):
    low, high = minmax_range(x, num_bits=4, axis=axis, symmetric=True)
    assert (low <= 0).all() and (high >= 0).all()
    assert (low <= x).all() and (x <= high).all()
    assert low.size == x.shape[axis]


def test_two_axes_may_be_kept():
    assert minmax_range(np.ones((2, 3, 4)), axis=(0, -1))[1].shape == (2, 1, 4)


def test_oracle_torch_observer():
    x = np.random.default_rng(0).normal(size=(8, 100)).astype(np.float32)
    observer = torch.ao.quantization.PerChannelMinMaxObserver(ch_axis=0)
    observer(torch.from_numpy(x))
    low, high = minmax_range(x, axis=0)
    np.testing.assert_array_equal(low.ravel(), observer.min_val.numpy())
    np.testing.assert_array_equal(high.ravel(), observer.max_val.numpy())


@pytest.mark.parametrize(
    "x", [np.full(4, 7, np.int8), np.zeros(3), np.float16([2]), np.ones((4, 4))[::2, 1:]]
)
def test_constant_and_odd_arrays_work(x):
    low, high = minmax_range(x)
    assert low == 0 and high == x.max()


def test_bad_input():
    with pytest.raises(ValueError, match="axis is 2, but x has 2 axes"):
        minmax_range(X, axis=2)
    with pytest.raises(ValueError, match="x holds nan"):
        minmax_range([np.nan])
    with pytest.raises(ValueError, match="x is empty"):
        minmax_range([])
    with pytest.raises(ValueError, match="x is a tensor"):
        minmax_range(torch.ones(3))
