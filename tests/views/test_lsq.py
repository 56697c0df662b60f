import numpy as np
import pytest

from qlearn.numbers import Affine, mse_range, sqnr
from qlearn.views.lsq import GUESSES, NO_GUESS, settle, settle_beta, tug_of_war
from qlearn.views.pulls import DOTS, at, best, curves, numbers, parts, resting, starts
from qlearn.views.style import figure, look


def drawn():
    with look():
        fig = figure()
        return fig, tug_of_war(fig)


def test_before_a_guess_only_the_present_scale_shows():
    fig, update = drawn()
    said = update(scale=1.6)
    _, top, low = fig.axes
    _, inside, clipped, _ = at(1.6, 2)
    assert (
        said == f"Scale 1.6, 6.5 dB: the inside values pull {-inside / clipped:.3g} times as hard."
    )
    hill, first, second, rest, _, ball = top.lines
    assert np.isnan(hill.get_ydata()).all() and np.isnan(rest.get_xdata()).all()
    assert (first.get_xdata()[0], second.get_xdata()[0]) == starts(2)
    assert ball.get_xdata() == pytest.approx([1.6])
    assert all(np.isnan(line.get_ydata()).all() for line in low.lines[1:3])
    assert len(low.lines[-1].get_xdata()) == 0
    with pytest.raises(ValueError, match="Guess first"):
        update(steps=10)


def test_arrows_point_where_they_pull():
    fig, update = drawn()
    update(scale=1.1, num_bits=3)
    _, _, pull, out = parts(DOTS, 1.1, 3)
    shafts = [c for c in fig.axes[0].collections if len(c.get_segments()) == len(DOTS)]
    tips = np.array(shafts[0].get_segments())[:, 1, 0]
    np.testing.assert_allclose(tips, DOTS + 0.6 * pull)
    assert (tips[out] > DOTS[out]).all() and (tips[~out] <= DOTS[~out]).all()
    inside, clipped, down, up = fig.axes[0].lines[:4]
    np.testing.assert_allclose(inside.get_xdata(), tips[~out])
    np.testing.assert_allclose(clipped.get_xdata(), tips[out])
    assert down.get_xdata()[1] < 0 < up.get_xdata()[1]
    assert max(-down.get_xdata()[1], up.get_xdata()[1]) == pytest.approx(4)


def test_a_guess_is_answered_and_the_scale_walks():
    fig, update = drawn()
    said = update(guess=0.8, scale=2.7, steps=100)
    lost = curves(2)[0].max() - at(resting(2), 2)[0]
    assert said.startswith(
        f"You said 0.8; balance at {resting(2):.3f}, least error at {best(2):.3f} (+{lost:.2f} dB)."
    )
    _, top, low = fig.axes
    assert top.lines[-1].get_xdata() == pytest.approx([resting(2)], abs=2e-3)
    assert len(top.lines[4].get_xdata()) == 101
    assert low.lines[-2].get_ydata() == pytest.approx([0], abs=1e-3)
    assert low.lines[-1].get_data() == ([0.8], [0])
    assert said.endswith(" Step 100: 1.098.") and "Step" not in update(guess=0.8)
    assert update(guess=0.8, scale=2.7, steps=20).endswith(", on its way.")
    assert len(update(guess=2.5, scale=5.0, num_bits=3, steps=100)) <= 95


def test_the_star_lies_on_the_ball():
    _, top, _ = drawn()[0].axes
    rest, ball = top.lines[3], top.lines[5]
    assert rest.get_marker() == "*" and rest.get_zorder() > ball.get_zorder()


@pytest.mark.parametrize("num_bits", [2, 3, 4])
def test_what_is_drawn_stays_inside(num_bits):
    fig, update = drawn()
    for scale in 0.1, 1.0, 5.0:
        assert update(guess=GUESSES[1], scale=scale, num_bits=num_bits)
        tips = np.concatenate([line.get_xdata() for line in fig.axes[0].lines[:4]])
        assert np.abs(tips).max() < 4.4
        for ax in fig.axes[1:]:
            low, high = ax.get_ylim()
            y = ax.lines[-1 if ax is fig.axes[1] else -2].get_ydata()[0]
            assert low < y < high
    assert update(scale=5.0, num_bits=num_bits) and GUESSES[0] == NO_GUESS


def test_settle_rests_where_the_figure_does():
    x = numbers("Gaussian", 4000)
    for start in 0.5, 1.6:
        Q = settle(Affine(start, 0, -2, 1), x, steps=200)
        assert Q.scale == pytest.approx(resting(2), abs=2e-3)
    kept = settle(Affine(1.6, 0, -2, 1), x, steps=0)
    assert kept.scale == 1.6


def test_a_real_beta_starts_from_the_same_grid():
    x = numbers("Gaussian", 500)
    Q = Affine.from_range(-1, 3, 3)
    np.testing.assert_allclose(settle_beta(Q, x, steps=0)(x), Q(x), atol=1e-6)


def test_claim_a_real_beta_beats_all_whole_zero_points_but_zero_is_lost():
    h = numbers("Gaussian", 2000)
    x = h / (1 + np.exp(-h))
    for b in 2, 4:
        least = sqnr(x, Affine.from_range(*mse_range(x, b), b)(x))
        whole = settle(Affine.from_range(x.min(), x.max(), b), x, offset=True)
        real = settle_beta(Affine.from_range(x.min(), x.max(), b), x)
        assert sqnr(x, whole(x)) < least < sqnr(x, real(x)) - 0.3
        assert whole(0.0) == 0 and abs(real(0.0)) > 0.05


def test_claim_a_whole_zero_point_leaves_even_the_best_grid():
    h = numbers("Gaussian", 2000)
    x = h / (1 + np.exp(-h))
    for b in 2, 3, 4:
        Q = Affine.from_range(*mse_range(x, b), b)
        assert sqnr(x, settle(Q, x, offset=True)(x)) < sqnr(x, Q(x)) - 0.01
