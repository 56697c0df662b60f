import numpy as np
import pytest

from qlearn.networks import digits, evaluate, fold, load
from qlearn.numbers import Affine, minmax_range, mse_range
from qlearn.qat import FakeQuantize, Tracked, to_numpy
from qlearn.views.style import figure, look
from qlearn.views.trained import NO_GUESS, STARTS, begin, grids, learning, run, scores


def scales(model):
    return [m.scale.detach().numpy().copy() for m in model.modules() if isinstance(m, FakeQuantize)]


@pytest.mark.parametrize("start", STARTS)
def test_grids_are_fitted_as_their_name_says(start):
    find = {"least error": mse_range, "min/max": minmax_range}[start]
    W, x = fold(load("digits_cnn")).weights[1], digits("calibration")[0][::9]
    fit_weights, fit_inputs = grids(start, 3)
    ends = find(W, 3, axis=0, symmetric=True)
    np.testing.assert_array_equal(
        fit_weights(W).scale, Affine.from_range(*ends, 3, symmetric=True).scale
    )
    expected = Affine.from_range(*find(x, 3), 3)
    assert (fit_inputs(x).scale, fit_inputs(x).zero_point) == (expected.scale, expected.zero_point)


def test_begin_makes_three_kinds():
    learned, kept = begin(0, 2, "least error", "learned"), begin(0, 2, "least error", "kept")
    assert all(np.array_equal(a, b) for a, b in zip(scales(learned), scales(kept), strict=True))
    free = [m.scale.requires_grad for m in learned.modules() if isinstance(m, FakeQuantize)]
    fixed = [m.scale.requires_grad for m in kept.modules() if isinstance(m, FakeQuantize)]
    assert free == [True] * 8 and fixed == [False] * 8
    tracked = begin(0, 2, "min/max", "tracked")
    assert sum(isinstance(m, Tracked) for m in tracked.modules()) == 8


def test_kept_scales_stay_and_learned_ones_move():
    for how, moves in ("kept", False), ("learned", True):
        pairs = scales(begin(0, 2, "least error", how)), scales(run(0, 2, 4, how=how).model)
        assert any(not np.array_equal(a, b) for a, b in zip(*pairs, strict=True)) == moves


def test_zero_steps_are_ptq_and_the_numpy_network_says_the_same():
    here = run(0, 4, 0)
    net = to_numpy(here.model, (1, 8, 8))
    logits = net(digits("test")[0])
    np.testing.assert_allclose(here.logits, logits, atol=1e-4 * np.abs(logits).max())
    np.testing.assert_array_equal(here.logits.argmax(axis=1), logits.argmax(axis=1))


def test_scores_are_those_of_evaluate():
    np.testing.assert_allclose(scores(32, 0).accuracy, evaluate("digits_cnn").accuracy)
    assert (scores(32, 0).changed == 0).all()


def test_what_is_seen_on_the_way():
    seen = run(0, 2, 8).seen
    assert len(seen) == 3 and all(pairs.shape == (4, 2) for _, pairs in seen)
    assert run(1, 2, 8).seen == []
    x, y = digits("calibration")
    right = 100 * np.mean(to_numpy(run(0, 2, 8).model)(x).argmax(axis=1) == y)
    assert seen[-1][0] == pytest.approx(right, abs=0.6)


def test_claim_a_good_start_matters_more_than_learning():
    learned, tracked = scores(2, 8).accuracy, scores(2, 8, "min/max", "tracked").accuracy
    assert (learned - tracked).min() > 3
    kept = scores(2, 8, how="kept").accuracy
    assert abs(np.mean(learned - kept)) < np.mean(learned - tracked) / 2


def test_the_figure_trains_and_answers_a_guess():
    with look():
        fig = figure()
        update = learning(fig)
    assert update().startswith("Rounded to 2 bits, not yet trained")
    now = run(0, 2, 48).seen[2][0]
    assert update(steps=8).startswith(f"After 8 steps {now:.0f} % are right. The scale")
    said = update(guess=80, steps=8)
    assert said.startswith(f"After 8 steps {now:.0f} % are right; you said 80 for the end.")
    left, right = fig.axes
    _, curve, point, guess = left.lines
    assert curve.get_xdata().tolist() == [0, 4, 8] and point.get_ydata() == [now]
    assert guess.get_data() == ([48], [80])
    assert all(line.get_ydata()[0] == 1 for line in right.lines[1:])
    assert "for the end" not in update(guess=80, steps=48)
    update(guess=NO_GUESS)
    assert len(guess.get_xdata()) == 0


@pytest.mark.parametrize("start", STARTS)
def test_what_the_figure_draws_stays_inside(start):
    with look():
        fig = figure()
        learning(fig)(guess=100, start=start, steps=48)
    for ax in fig.axes:
        low, high = ax.get_ylim()
        for line in ax.lines:
            assert (low < np.array(line.get_ydata())).all()
            assert (np.array(line.get_ydata()) < high).all()
