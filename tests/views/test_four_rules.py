from copy import deepcopy
from functools import cache

import numpy as np
import pytest

from qlearn.networks import digits, fold, load
from qlearn.numbers import floor, half_even, stochastic
from qlearn.views.four_rules import (
    BITS,
    CLIFF,
    FIXED,
    FLOOR_GUESSES,
    bias_and_spread,
    fixed,
    four_rules,
    percent_right,
)
from qlearn.views.style import figure


@cache
def built():
    fig = figure()
    return fig, four_rules(fig)


def drawn(**values):
    fig, update = built()
    return fig.axes, update(**values)


@pytest.mark.parametrize("num_bits, rule", [(4, np.floor), (5, np.round), (3, np.trunc)])
def test_percent_right_is_that_of_rounded_weights(num_bits, rule):
    """The same, with the weights of each layer rounded by hand."""
    x, y = digits("test")
    net = deepcopy(fold(load("digits_cnn")))
    for layer in net.layers:
        if hasattr(layer, "W"):
            step = 2 * np.abs(layer.W).max() / (2**num_bits - 1)
            top = 2 ** (num_bits - 1)
            layer.W[...] = step * np.clip(rule(layer.W / step), -top, top - 1)
    expected = 100 * np.mean(net(x).argmax(axis=1) == y)
    assert percent_right(num_bits, rule) == pytest.approx(expected, abs=0.4)


def test_floor_is_off_by_half_a_step_and_the_others_are_not():
    assert bias_and_spread(8, floor)[0] == pytest.approx(-0.5, abs=0.02)
    assert bias_and_spread(8, half_even)[0] == pytest.approx(0, abs=0.02)
    dice = stochastic(np.random.default_rng(0))
    np.testing.assert_allclose(bias_and_spread(8, dice), (0, np.sqrt(1 / 6)), atol=0.02)
    for rule in (floor, half_even):
        assert bias_and_spread(8, rule)[1] == pytest.approx(np.sqrt(1 / 12), abs=0.01)


def test_claim_floor_breaks_the_network_where_nearest_does_not():
    floors, nearest = fixed(percent_right)["floor"], fixed(percent_right)["half-even"]
    assert floors[5] > 98 and floors[1] < 50  # 8 and 4 bits
    assert min(nearest) > CLIFF


@pytest.mark.parametrize("num_bits", [3, 5, 8])
def test_points_and_bars_stand_where_they_were_measured(num_bits):
    (left, right), _ = drawn(num_bits=num_bits, draw=1)
    points = {line.get_label(): line for line in left.lines if line.get_label()[0] != "_"}
    for rule, function in FIXED.items():
        assert points[rule].get_ydata()[0] == percent_right(num_bits, function)
        assert abs(points[rule].get_xdata()[0] - num_bits) < 0.2
    dice = stochastic(np.random.default_rng(1))
    assert points["stochastic"].get_ydata()[0] == percent_right(num_bits, dice)
    ends = [path.vertices[:, 0] for path in right.collections[0].get_paths()]
    mean, spread = bias_and_spread(num_bits, floor)
    np.testing.assert_allclose(ends[3], [mean - spread, mean + spread])
    assert right.lines[-1].get_xdata()[0] == mean


def test_another_draw_is_another_network():
    rights = {drawn(num_bits=3, draw=draw)[1] for draw in range(4)}
    assert len(rights) > 1


def test_before_reveal_nothing_gives_the_answer_away():
    for guess in (3, 5, 8):
        (left, _), said = drawn(guess=guess, num_bits=6)
        curves = [line for line in left.lines if len(line.get_xdata()) == len(BITS)]
        assert len(curves) == 3 and all(np.isnan(c.get_ydata()).all() for c in curves)
        assert "you" not in said and "Floor" not in said
        assert left.lines[-1].get_data() == ([guess], [CLIFF])


def test_reveal_answers_the_guess():
    floors = fixed(percent_right)["floor"]
    broken = max(b for b, right in zip(BITS, floors, strict=True) if right < CLIFF)
    said = drawn(guess=broken, reveal=True)[1]
    assert said.endswith(f"Floor falls below 90 % at {broken} bits (as you said).")
    (left, _), said = drawn(guess=8, reveal=True)
    assert said.endswith(f"{broken} bits (you said 8).")
    curves = [line for line in left.lines if len(line.get_xdata()) == len(BITS)]
    np.testing.assert_array_equal(curves[-1].get_ydata(), floors)


def test_no_guess_is_neither_drawn_nor_answered():
    assert FLOOR_GUESSES == ["no guess yet", *BITS]
    for reveal in (False, True):
        (left, _), said = drawn(reveal=reveal)
        assert len(left.lines[-1].get_xdata()) == 0 and "you" not in said
    assert "Floor falls below 90 % at" in said and said.endswith(" bits.")


def test_no_mark_is_cut_by_the_edges():
    for num_bits in (3, 8):
        (left, right), _ = drawn(num_bits=num_bits, guess=num_bits)
        low, high = left.get_xlim()
        for line in left.lines[-5:]:
            assert low + 0.1 < line.get_xdata()[0] < high - 0.1
        for path in right.collections[0].get_paths():
            assert np.all(np.abs(path.vertices[:, 0]) < right.get_xlim()[1])
