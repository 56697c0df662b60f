import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.vq import vq
from scipy.integrate import quad
from scipy.stats import norm

from qlearn.numbers import code_entropy, mse, sqnr
from qlearn.numbers.ancestors import anneal, compand, huffman, lloyd, nearest, pcm, riemann, split

BELL = norm.ppf((np.arange(4000) + 0.5) / 4000)  # a Gaussian without chance
counts = st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any)


# Worked by hand


def test_riemann_by_hand():
    assert riemann(lambda x: x, 0, 2, 2, at=0) == 1
    assert riemann(lambda x: x, 0, 2, 2) == 2
    assert riemann(lambda x: x**2, 0, 2, 2) == 2.5


def test_pcm_by_hand():
    assert pcm(np.array([0.0, 0.9, 1.1, 2.5, 4.0]), 2).tolist() == [0.5, 0.5, 1.5, 2.5, 3.5]


def test_compand_by_hand():
    x = np.array([-1.0, 1.0])  # sigma 1: one bit cuts at 0 and answers the quartiles of the bell
    np.testing.assert_allclose(compand(x, 1, spread=1), [-0.67449, 0.67449], atol=1e-5)


def test_huffman_by_hand():
    assert huffman([8, 4, 2, 1, 1]).tolist() == [1, 2, 3, 4, 4]
    assert huffman([5]).tolist() == [0]
    assert huffman([3, 0, 1]).tolist() == [1, 0, 1]


def test_lloyd_by_hand():
    x = np.array([0.0, 1, 5, 6, 10, 11])
    assert lloyd(x, np.array([0.0, 5, 10])).tolist() == [0.5, 5.5, 10.5]
    assert lloyd(x, np.array([0.0, 1, 5])).tolist() == [0, 1, 8]  # stuck
    assert lloyd(x, np.array([0.0, 5, 10, 100]))[-1] == 100  # nobody's level stays
    assert nearest(x, np.array([0.0, 10])).tolist() == [0, 0, 0, 10, 10, 10]


# Laws


@given(counts)
def test_huffmans_words_fill_a_tree_and_come_within_a_bit_of_the_entropy(n):
    bits, n = huffman(n), np.array(n)
    if np.count_nonzero(n) > 1:
        assert np.sum(2.0 ** -bits[n > 0]) == 1  # Kraft's sum
        entropy = code_entropy(np.repeat(np.arange(len(n)), n))
        assert entropy - 1e-9 <= n @ bits / n.sum() < entropy + 1


@given(counts)
def test_huffman_sends_as_many_bits_as_all_joins_together(n):
    heap, total = [c for c in n if c], 0
    heapq.heapify(heap)
    while len(heap) > 1:
        heapq.heappush(heap, joined := heapq.heappop(heap) + heapq.heappop(heap))
        total += joined
    assert np.array(n) @ huffman(n) == total


@pytest.mark.parametrize("num_bits", [1, 3, 8])
def test_pcm_errs_by_half_a_cell_at_most_and_uses_no_more_levels(num_bits):
    x_hat = pcm(BELL, num_bits)
    assert np.abs(x_hat - BELL).max() <= np.ptp(BELL) / 2**num_bits / 2 * (1 + 1e-9)
    assert len(np.unique(x_hat)) <= 2**num_bits


def test_middles_err_with_the_square_of_the_step_and_ends_with_the_step():
    exact = quad(np.exp, 0, 1)[0]
    for at, factor in (0, 2), (0.5, 4), (1, 2):
        coarse, fine = (abs(riemann(np.exp, 0, 1, n, at) - exact) for n in (100, 200))
        np.testing.assert_allclose(coarse / fine, factor, rtol=0.01)


def test_a_lloyd_step_never_hurts_and_keeps_the_order():
    levels = np.linspace(-3, 3, 8)
    for _ in range(20):
        better = lloyd(BELL, levels, steps=1)
        assert np.all(np.diff(better) > 0)
        assert mse(BELL, nearest(BELL, better)) <= mse(BELL, nearest(BELL, levels)) + 1e-15
        levels = better


def test_annealed_levels_start_as_one_and_part():
    path = anneal(BELL[::10], 4, np.geomspace(4, 1e-3, 40), np.random.default_rng(0))
    assert path.shape == (40, 4)
    assert np.ptp(path[0]) < 0.01 and np.diff(path[-1]).min() > 0.5


@pytest.mark.parametrize("sigma", [1, 3])
def test_levels_part_where_t_falls_to_twice_the_variance(sigma):
    x = sigma * BELL[::10]
    path = anneal(x, 2, 2 * x.var() * np.array([1.2, 1.1, 0.9]), np.random.default_rng(0))
    assert np.ptp(path[:2], axis=1).max() < 1e-3 * sigma and np.ptp(path[2]) > 0.1 * sigma


# Oracles


def test_lloyd_and_annealing_reach_the_levels_of_max_1960():
    exact = [-1.51042, -0.45278, 0.45278, 1.51042]
    np.testing.assert_allclose(lloyd(BELL, np.linspace(-2, 2, 4)), exact, atol=0.01)
    path = anneal(BELL, 4, np.geomspace(4, 1e-3, 40), np.random.default_rng(0))
    np.testing.assert_allclose(path[-1], exact, atol=0.02)


def test_nearest_is_scipys():
    levels = np.sort(np.random.default_rng(0).normal(size=9))
    cell = vq(BELL[:, None], levels[:, None])[0]
    np.testing.assert_array_equal(nearest(BELL, levels), levels[cell])


def test_splitting_gives_points_that_are_means_and_beats_single_levels():
    pairs = np.random.default_rng(0).normal(size=(5000, 2))
    levels, cell = split(pairs, 4)
    assert levels.shape == (16, 2)
    means = [pairs[cell == i].mean(axis=0) for i in range(16)]
    np.testing.assert_allclose(levels, means, atol=0.05)  # one more step would move them
    np.testing.assert_array_equal(cell, vq(pairs, levels)[0])
    x = pairs.ravel()
    alone = nearest(x, lloyd(x, np.linspace(-2, 2, 4)))
    assert sqnr(pairs, levels[cell]) > sqnr(x, alone)


# What 17-history says


def test_an_end_costs_half_a_step_of_bias_and_six_decibels():
    for num_bits in 4, 8:
        step = 8 / 2**num_bits
        low = step * np.floor(BELL / step)
        bias = np.mean(low - BELL), np.mean(low + step / 2 - BELL)
        np.testing.assert_allclose(bias, [-step / 2, 0], atol=0.01 * step)
        ratio = mse(BELL, low) / mse(BELL, low + step / 2)
        assert ratio == pytest.approx(4, rel=0.02)


def test_the_best_bell_is_wider_than_the_data_by_about_the_root_of_three():
    spreads = np.linspace(1, 3, 41)
    best = spreads[np.argmax([sqnr(BELL, compand(BELL, 6, s)) for s in spreads])]
    assert 1.6 <= best <= 1.85
    np.testing.assert_allclose(
        mse(BELL, compand(BELL, 6)), np.sqrt(3) * np.pi / 2 / 4**6, rtol=0.05
    )


def test_annealing_escapes_where_lloyd_is_stuck():
    x = np.array([0.0, 1, 5, 6, 10, 11])
    path = anneal(x, 3, np.geomspace(60, 0.01, 60), np.random.default_rng(0))
    np.testing.assert_allclose(path[-1], [0.5, 5.5, 10.5], atol=1e-3)


# Bad input


@pytest.mark.parametrize("num_bits", [0, 17, 2.5])
@pytest.mark.parametrize("method", [pcm, compand])
def test_bits_that_make_no_grid_are_refused(method, num_bits):
    with pytest.raises(ValueError, match=f"num_bits is {num_bits}"):
        method(BELL, num_bits)


@pytest.mark.parametrize("method", [pcm, compand])
@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.ones(3), "no width to divide"),
        ([1, np.nan], "nan"),
        ([], "empty"),
        ([True, False], "bool"),
    ],
)
def test_numbers_that_have_no_cells_are_refused(method, x, words):
    with pytest.raises(ValueError, match=words):
        method(np.array(x), 3)


@pytest.mark.parametrize("method", [pcm, compand])
@pytest.mark.parametrize("kind", [np.float16, np.int8, np.int16])
def test_small_types_do_not_overflow(method, kind):
    x = (100 * BELL / np.abs(BELL).max()).astype(kind)
    np.testing.assert_array_equal(method(x, 4), method(x.astype(np.float64), 4))
    widest = np.array([-60000, 0, 60000], np.float16)
    assert np.isfinite(method(widest, 3)).all()


@given(counts)
def test_counts_of_a_small_type_are_counts(n):
    n = np.minimum(n, 255).astype(np.uint8)
    np.testing.assert_array_equal(huffman(n), huffman(n.tolist()))


BAD = {
    "counts is -1": lambda: huffman([-1, 3, 2]),
    "counts holds nan": lambda: huffman([np.nan, 1, 2]),
    "levels are .* never falls": lambda: nearest(BELL, np.array([1.0, 0.0, -1.0])),
    "x holds nan": lambda: lloyd(np.array([np.nan]), [0.0, 1.0]),
    "spread is 0": lambda: compand(BELL, 3, spread=0),
    "spread is -1": lambda: compand(BELL, 3, spread=-1),
    "temperature is 0": lambda: anneal(BELL, 2, [1.0, 0.0], np.random.default_rng(0)),
    "count is 0": lambda: anneal(BELL, 0, [1.0], np.random.default_rng(0)),
    "cells is 2.5": lambda: riemann(np.cos, 0, 1, 2.5),
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_is_named(words):
    with pytest.raises(ValueError, match=words):
        BAD[words]()


def test_a_level_that_gets_no_share_stays():
    x = np.r_[np.zeros(50), 1.0]
    assert np.isfinite(anneal(x, 5, [1e-12], np.random.default_rng(0))).all()
