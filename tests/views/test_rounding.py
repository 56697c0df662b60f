from functools import cache

import numpy as np
import pytest

from qlearn.views.rounding import WALK_GUESSES, WALKERS, between, paths, walk, walkers
from qlearn.views.style import figure


@cache
def built(scene):
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    fig = figure()
    return fig, scene(fig)


def drawn(scene, **values):
    fig, update = built(scene)
    return fig.axes, update(**values)


# Between two neighbours


@pytest.mark.parametrize("x", [2.0, 2.05, 2.3, 2.5, 2.8, 3.0])
def test_the_bars_are_shares_and_the_diamond_is_their_mean(x):
    (ax, _), _ = drawn(between, x=x, draws=10_000)
    down, up = (bar.get_height() for bar in ax.patches)
    assert down + up == pytest.approx(100)
    assert up == pytest.approx(100 * (x - 2), abs=2)
    hair, mean = ax.lines
    assert hair.get_xdata() == [x, x]
    assert mean.get_xdata()[0] == pytest.approx(2 + up / 100)


@pytest.mark.parametrize("x", [2.0, 2.3, 2.5, 2.85, 3.0])
def test_the_dots_are_squared_errors_of_the_rules(x):
    (_, ax), _ = drawn(between, x=x)
    p = x - np.floor(x)
    even, drawn_, floored = (line.get_ydata()[0] for line in ax.lines[1::2])
    assert even == pytest.approx((np.round(x) - x) ** 2, abs=1e-3)
    assert drawn_ == pytest.approx(p * (1 - p), abs=1e-3)
    assert floored == pytest.approx((np.floor(x) - x) ** 2, abs=1e-3)


def test_the_areas_are_a_twelfth_a_sixth_and_a_third():
    (_, ax), _ = drawn(between)
    areas = [np.trapezoid(*line.get_data()[::-1]) for line in ax.lines[::2]]
    np.testing.assert_allclose(areas, [1 / 12, 1 / 6, 1 / 3], rtol=1e-2)


def test_what_the_caption_of_draws_says():
    assert "is whole" in drawn(between, x=2.0)[1] and "is whole" in drawn(between, x=3.0)[1]
    said = drawn(between, x=2.3, draws=1)[1]
    assert said.startswith("One draw gives 2;") or said.startswith("One draw gives 3;")
    said = drawn(between, x=2.6, draws=10)[1]
    assert "10 draws have the mean 2." in said
    assert said.endswith("half-even gives 3 every time. Expected squared error of a draw: 0.24.")


# A thousand updates


@pytest.mark.parametrize(
    "step, even, away", [(0.1, 0, 0), (0.49, 0, 0), (0.5, 0, 1000), (0.51, 1000, 1000)]
)
def test_nearest_loses_all_or_takes_whole_steps(step, even, away):
    sums = paths(step) * 10 * step
    np.testing.assert_allclose(sums[-2:, -1], [even, away], atol=1e-9)


def test_a_walk_is_what_a_loop_of_roundings_gives():
    for step in (0.1, 0.3, 0.5, 0.55):
        w, sums = np.zeros(1), []
        for _ in range(1000):
            w = np.round(w + step)
            sums.append(w[0])
        assert walk(np.round, step) == sums


@pytest.mark.parametrize("step", [0.05, 0.1, 0.5, 0.6])
def test_stochastic_walkers_stand_where_the_coin_puts_them(step):
    ends = paths(step)[:WALKERS, -1] * 10 * step
    assert set(ends % 1) <= {0.0} or np.allclose(ends, np.round(ends))
    deviation = np.sqrt(1000 * step * (1 - step))
    assert abs(ends.mean() - 1000 * step) < 3 * deviation / np.sqrt(WALKERS)
    assert ends.std() == pytest.approx(deviation, rel=0.4)


def test_before_reveal_nothing_gives_the_answer_away():
    for updates in (0, 200, 1000):
        (ax,), said = drawn(walkers, guess=80, updates=updates)
        even, away, diamond = ax.lines[2:]
        assert len(even.get_xdata()) == len(away.get_xdata()) == 0
        assert diamond.get_data() == ([1000], [80])
        assert "stands at" not in said


def test_reveal_shows_both_rules_to_the_end_and_answers_the_guess():
    (ax,), said = drawn(walkers, guess=50, updates=100, reveal=True)
    assert ax.lines[2].get_xdata()[-1] == 1000 and ax.lines[2].get_ydata()[-1] == 0
    assert said == "After 1,000 updates of 0.1 half-even stands at 0 %: you said 50 %."
    assert drawn(walkers, guess=0, reveal=True)[1].endswith("at 0 %: you said so.")
    assert "at 196 %" in drawn(walkers, step=0.51, reveal=True)[1]


def test_no_guess_is_neither_drawn_nor_answered():
    assert WALK_GUESSES[0] == "no guess yet"
    for reveal in (False, True):
        (ax,), said = drawn(walkers, reveal=reveal)
        assert len(ax.lines[-1].get_xdata()) == 0 and "you" not in said
    assert said == "After 1,000 updates of 0.1 half-even stands at 0 %."


def test_the_tie_of_a_slider_is_a_tie():
    for step in (0.5000000000000001, 0.05 + 45 * 0.01):
        (ax,), said = drawn(walkers, step=step, reveal=True)
        assert "of 0.5 half-even stands at 0 %" in said
        assert not np.any(ax.lines[2].get_ydata())


def test_what_the_caption_of_a_walk_says():
    assert drawn(walkers)[1].startswith("No update yet. Where will half-even be")
    now = paths(0.1)[:WALKERS, 20]
    said = drawn(walkers, updates=200)[1]
    assert said.endswith(f"stand at {now.mean():.1f} ± {now.std():.1f}.")
    (ax,), _ = drawn(walkers, updates=200)
    assert ax.lines[1].get_xdata()[-1] == 200
    assert all(path.vertices[-1, 0] == 200 for path in ax.collections[0].get_paths())
