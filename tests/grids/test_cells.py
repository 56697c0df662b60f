import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qlearn.grids.cells import FEW, as_levels, count_below, edges_for

FLOATS = st.floats(-1e4, 1e4, width=32)


def test_a_number_on_an_edge_lies_below_it():
    assert count_below(np.array([-1, 0, 0.5, 2, 9]), np.array([0, 2])).tolist() == [0, 0, 1, 1, 2]


def test_edges_round_down_so_that_small_types_count_alike():
    levels = np.array([0.0, 0.2])  # the edge 0.1 as float32 would lie above it
    edge = edges_for(np.float32([0]), levels)
    assert edge.dtype == np.float32 and edge[0].astype(float) <= 0.1
    assert edges_for(np.zeros(1), np.array([1e308, 1.5e308]))[0] == 1.25e308


@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
@given(x=arrays(np.float32, st.integers(1, 50), elements=FLOATS))
def test_comparing_and_looking_up_agree(count, x):
    edges = np.linspace(-9e3, 9e3, count, dtype=np.float32)
    np.testing.assert_array_equal(count_below(x, edges), np.searchsorted(edges, x))


def test_levels_are_copied_and_must_rise():
    given_ = np.array([0.0, 1.0])
    levels = as_levels(given_)
    given_[0] = 5
    assert levels.tolist() == [0, 1]
    with pytest.raises(ValueError, match=r"levels holds 1\.0 after 2\.0: levels must rise"):
        as_levels([2, 1])
