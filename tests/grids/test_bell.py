import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from qlearn.grids import Codebook, bell_error, bell_even, bell_levels, bell_lloyd, equal_share, nf4
from qlearn.grids.bell import cells_of
from qlearn.numbers import mse

LEVELS = st.lists(st.integers(-30, 30), min_size=1, max_size=6, unique=True).map(
    lambda v: np.sort(v) / 10
)

# Worked examples: the constants of Max 1960, recomputed


@pytest.mark.parametrize(
    ("count", "D", "positive"),
    [
        (1, 1, []),
        (2, 0.363380, [0.7979]),
        (3, 0.190174, [1.2240]),
        (4, 0.117482, [0.4528, 1.5104]),
        (8, 0.034548, [0.2451, 0.7560, 1.3439, 2.1519]),
        (16, 0.009501, [0.1284, 0.3880, 0.6568, 0.9423, 1.2562, 1.6180, 2.0690, 2.7326]),
        (32, 0.002505, None),
    ],
)
def test_max_1960(count, D, positive):
    levels = bell_levels(count)
    assert bell_error(levels) == pytest.approx(D, abs=1e-6)
    if positive is not None:
        np.testing.assert_allclose(levels[levels > 1e-9], positive, atol=1e-4)


@pytest.mark.parametrize(
    ("count", "step", "D"),
    [(2, 1.5958, 0.363380), (4, 0.9957, 0.118846), (8, 0.5860, 0.037440), (16, 0.3352, 0.011543)],
)
def test_the_best_even_levels(count, step, D):
    levels = bell_even(count)
    assert bell_error(levels) == pytest.approx(D, abs=1e-6)
    np.testing.assert_allclose(np.diff(levels), step, atol=1e-4)
    np.testing.assert_allclose(levels, -levels[::-1], atol=1e-12)


def test_even_levels_with_a_zero_have_one_more_below():
    levels = bell_even(4, zero=True)
    assert levels[2] == 0 and levels[0] < -levels[3]
    assert bell_error(levels) > 1.2 * bell_error(bell_even(4))
    assert bell_even(3, zero=True).tolist() == bell_even(3).tolist()


def test_entropy_of_the_best_codes():
    for count, bits in (2, 1), (4, 1.911), (8, 2.825), (16, 3.765):
        P, _ = cells_of(bell_levels(count))
        assert P @ np.log2(1 / P) == pytest.approx(bits, abs=1e-3)


def test_quarters():
    np.testing.assert_allclose(equal_share(4)[2:], [0.319, 1.150], atol=1e-3)
    assert bell_error(equal_share(4)) == pytest.approx(0.1449, abs=5e-5)


def test_steps_from_min_and_max():
    found = [bell_error(bell_lloyd([-3, -1, 1, 3], n)) for n in (0, 1, 2, 3, 6)]
    np.testing.assert_allclose(found, [0.3363, 0.196, 0.149, 0.129, 0.1181], atol=5e-4)


# Laws


@given(LEVELS)
def test_a_step_never_hurts(levels):
    assert bell_error(bell_lloyd(levels, 1)) <= bell_error(levels) + 1e-12


@given(LEVELS)
def test_the_best_levels_are_the_only_end(levels):
    """Of Lloyd's steps, where no level starts with an empty cell (Fleischer 1964)."""
    if np.abs(levels).max() < 3:
        end = bell_lloyd(levels, 2000)
        np.testing.assert_allclose(end, bell_levels(len(levels)), atol=1e-3)


def test_many_levels_reach_panter_and_dite():
    assert bell_error(bell_levels(256)) * 256**2 == pytest.approx(np.sqrt(3) * np.pi / 2, rel=0.01)


# Oracles


@given(LEVELS)
def test_the_integral_of_scipy(levels):
    Q, edges = Codebook(levels), [-12, *(levels[1:] + levels[:-1]) / 2, 12]
    D = sum(
        quad(lambda x, v=v: (x - v) ** 2 * norm.pdf(x), a, b)[0]
        for v, a, b in zip(levels, edges[:-1], edges[1:], strict=True)
    )
    assert bell_error(levels) == pytest.approx(D, abs=1e-7)
    x = equal_share(20_000)
    assert bell_error(levels) == pytest.approx(mse(x, Q(x)), rel=5e-3, abs=1e-3)


def test_nf4_as_published():
    published = """
        -1 -0.6961928009986877 -0.5250730514526367 -0.39491748809814453 -0.28444138169288635
        -0.18477343022823334 -0.09105003625154495 0 0.07958029955625534 0.16093020141124725
        0.24611230194568634 0.33791524171829224 0.44070982933044434 0.5626170039176941
        0.7229568362236023 1"""
    np.testing.assert_allclose(nf4(), np.float64(published.split()), atol=1e-6)


def test_nf4_is_no_optimum():
    """Neither are its codes equally used, nor its levels the best, at any scale."""
    D = min(bell_error(s * nf4()) for s in np.linspace(2, 4, 201))
    assert 1.03 < D / bell_error(bell_levels(16)) < 1.06
    rows = np.random.default_rng(0).normal(size=(2000, 64))
    Q = Codebook(nf4(), np.abs(rows).max(axis=1, keepdims=True))
    share = np.bincount(Q.quantize(rows).ravel(), minlength=16) / rows.size
    assert share[[0, 15]].max() < 0.021 and share[7] > 0.085
    assert mse(rows, Q(rows)) == pytest.approx(8.46e-3, rel=0.02)


BAD = {
    "count is 0": lambda: equal_share(0),
    r"count is 2\.5": lambda: equal_share(2.5),
    "levels is empty": lambda: bell_error([]),
    "levels must rise": lambda: bell_lloyd([1, 0]),
    "levels holds nan": lambda: bell_error([np.nan]),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
