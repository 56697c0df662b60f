import re
from functools import cache

import numpy as np
import pytest

from qlearn.networks import fold, load
from qlearn.views.style import figure, look
from qlearn.views.threshold import real_layer

W = fold(load("digits_cnn")).layers[2].W.ravel().astype(np.float64)
M = np.abs(W).max()


@cache
def brute(share, num_bits):
    """SQNR in decibels on the grid clipped at share percent, worked here without the package."""
    top = 2 ** (num_bits - 1)
    step = 2 * share / 100 * M / (2**num_bits - 1)
    back = step * np.clip(np.round(W / step), -top, top - 1)
    return 10 * np.log10(np.sum(W**2) / np.sum((back - W) ** 2))


@cache
def built():
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    with look():
        fig = figure()
        return fig, real_layer(fig)


def drawn(**values):
    fig, update = built()
    return fig.axes, update(**values)


def test_the_start_cuts_nothing():
    dB = brute(100, 4)
    assert drawn()[1] == (
        f"Nothing is cut off: {dB:.1f} dB, noise of 1/{10 ** (dB / 10):.0f} of the signal."
    )


@pytest.mark.parametrize("num_bits", [2, 4, 8])
@pytest.mark.parametrize("threshold", [10, 28, 59, 99])
def test_a_threshold_tells_what_it_cuts_and_what_that_buys(threshold, num_bits):
    said = drawn(threshold=threshold, num_bits=num_bits)[1]
    cut = 100 * np.mean(np.abs(W) > threshold / 100 * M)
    now = brute(threshold, num_bits)
    assert said == (
        f"T = {threshold} %: {cut:.1f} % of the weights are cut off, {now:.1f} dB, "
        f"{now - brute(100, num_bits):+.1f} dB beside no clipping."
    )


@pytest.mark.parametrize("num_bits", range(2, 9))
def test_reveal_names_the_best_share_found_by_brute_force(num_bits):
    said = drawn(guess=60, threshold=80, num_bits=num_bits, reveal=True)[1]
    sqnrs = [brute(share, num_bits) for share in range(10, 101)]
    best, dB = 10 + int(np.argmax(sqnrs)), max(sqnrs)
    assert f"You said 60 %; the best is {best} % with {dB:.1f} dB." in said


def test_before_reveal_nothing_gives_the_answer_away():
    for guess in 10, 64, 100:
        (_, ax), said = drawn(guess=guess, threshold=50)
        curve, diamond, point = ax.lines
        assert np.isnan(curve.get_ydata()).all() and not re.search("best|said", said)
        assert diamond.get_data() == ([guess], [ax.get_ylim()[0]])  # on the axis: no value yet
        np.testing.assert_allclose(point.get_data(), [[50], [brute(50, 4)]], rtol=1e-3)


def test_reveal_shows_the_whole_curve_and_puts_the_guess_on_it():
    (_, ax), _ = drawn(guess=60, reveal=True)
    curve, diamond, _ = ax.lines
    np.testing.assert_allclose(curve.get_ydata(), [brute(s, 4) for s in range(10, 101)], rtol=1e-3)
    np.testing.assert_allclose(diamond.get_data(), [[60], [brute(60, 4)]], rtol=1e-3)


def test_cutting_weights_off_makes_the_layer_more_exact():
    for num_bits, gain in (4, 2.5), (2, 5):
        (_, ax), _ = drawn(num_bits=num_bits, reveal=True)
        shares, sqnrs = ax.lines[0].get_data()
        assert sqnrs.max() > sqnrs[-1] + gain
        assert np.mean(np.abs(W) > shares[sqnrs.argmax()] / 100 * M) > 0.01


@pytest.mark.parametrize("threshold", [10, 59, 100])
@pytest.mark.parametrize("num_bits", [2, 4, 8])
def test_every_level_has_one_mark_and_every_weight_one_level(num_bits, threshold):
    (ax, _), _ = drawn(num_bits=num_bits, threshold=threshold)
    used, unused = ax.lines[:2]
    assert len(used.get_xdata()) + len(unused.get_xdata()) == 2**num_bits
    step = 2 * threshold / 100 * M / (2**num_bits - 1)
    np.testing.assert_allclose(np.sum(used.get_ydata()) * step * W.size, 4608, rtol=1e-5)
    levels = np.concatenate([used.get_xdata(), unused.get_xdata()])
    left, right = ax.get_xlim()
    assert left * 0.95 < levels.min() and levels.max() < right * 0.95


def test_at_the_start_13_or_so_of_16_levels_are_used_and_the_others_hollow():
    (ax, _), _ = drawn()
    used = len(np.unique(np.clip(np.round(W / (2 * M / 15)), -8, 7)))
    assert len(ax.lines[0].get_xdata()) == used < 16
    assert ax.lines[1].get_markerfacecolor() == "white"


def test_no_mark_is_cut_by_the_edges():
    for num_bits in 2, 8:
        for share in 10, 100:
            (left, right), _ = drawn(guess=share, threshold=share, num_bits=num_bits, reveal=True)
            for mark in right.lines[1:]:
                (x,), (y,) = mark.get_data()
                assert right.get_xlim()[0] + 3 < x < right.get_xlim()[1] - 3
                assert right.get_ylim()[0] + 3 < y < right.get_ylim()[1] - 3
            assert left.get_ylim()[0] < 0
