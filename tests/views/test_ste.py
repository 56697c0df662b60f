from functools import partial

import numpy as np
import pytest
import torch

from qlearn.qat import clip_then_round, round_then_clip, straight
from qlearn.views.controls import NO_GUESS
from qlearn.views.ste import SLOPES, START, code, flips, settle, walk
from qlearn.views.style import figure, look

PACKAGE = {
    "identity": straight,
    "round, then clip": round_then_clip,
    "clip, then round": clip_then_round,
}


def drawn():
    with look():
        fig = figure()
        return fig, settle(fig)


@pytest.mark.parametrize("name", PACKAGE)
def test_codes_and_slopes_oracle_the_package(name):
    for at in np.arange(-1.0, 3.01, 0.05):
        w = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        y = PACKAGE[name](w, 0, 2)
        y.backward()
        assert (code(float(at)), SLOPES[name](float(at))) == (y.item(), w.grad.item())


@pytest.mark.parametrize("name", PACKAGE)
@pytest.mark.parametrize("target", [0.3, 1.2])
def test_the_walk_oracle_torch(name, target):
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    sgd, path = torch.optim.SGD([w], lr=0.1), []
    for _ in range(50):
        path.append(w.item())
        sgd.zero_grad()
        (0.5 * (partial(PACKAGE[name], qmin=0, qmax=2)(w) - target) ** 2).backward()
        sgd.step()
    np.testing.assert_allclose(walk(target, 0.1, name, 50)[0], path, rtol=1e-12)


def test_by_hand():
    w, codes = walk(0.3, 0.1, "identity", 7)
    np.testing.assert_allclose(w, [2.2, 2.03, 1.86, 1.69, 1.52, 1.35, 1.28])
    assert codes.tolist() == [2, 2, 2, 2, 2, 1, 1]
    assert flips(np.array([0, 1, 1, 0])) == 2


def test_claim_it_hangs_at_the_edge_and_its_mean_is_right():
    for target in (0.1, 0.25, 0.3, 0.5, 0.8, 1.3):
        for rate in (0.02, 0.1, 0.5):
            w, codes = walk(target, rate, "identity", 4000)
            edge = np.floor(target) + 0.5
            assert np.abs(w[2000:] - edge).max() <= rate + 1e-9
            assert np.mean(codes[2000:]) == pytest.approx(target, abs=0.003)


def test_claim_only_targets_on_the_grid_give_rest():
    for estimator in ("identity", "round, then clip"):
        assert flips(walk(2.0, 0.1, estimator)[1]) == 0
        assert flips(walk(0.3, 0.1, estimator)[1][100:]) > 500
    for stuck in ("true gradient", "clip, then round"):  # 2.2 is outside 0 .. 2
        assert np.ptp(walk(0.3, 0.1, stuck)[0]) == 0


def test_the_start_shows_nothing_of_the_answer():
    fig, update = drawn()
    said = update()
    assert said == "The gradient is 0: w stays at 2.2 for ever, its loss as large as ever."
    widths = [bar.get_width() for bar in fig.axes[2].patches]
    assert widths == [0, 0, 100]
    assert update(guess=0.3) == said


def test_settle_draws_the_walk():
    fig, update = drawn()
    said = update(guess=0.3, estimator="identity")
    assert said == (
        "You said 0.3. w hangs at the edge 0.5, not the target 0.3: code 1 in 30 % of steps."
    )
    w, codes = walk(0.3, 0.1, "identity")
    left, right, low = fig.axes
    path, squares, guess = right.lines[1:]
    np.testing.assert_array_equal(path.get_ydata(), w[:61])
    np.testing.assert_array_equal(squares.get_ydata(), codes[:61])
    assert guess.get_data() == ([60], [0.3])
    shares = [bar.get_width() for bar in low.patches]
    np.testing.assert_allclose(shares, [100 * np.mean(codes[500:] == k) for k in range(3)])
    steps = left.collections[1].get_segments()
    np.testing.assert_allclose([s[0][1] for s in steps], [0.045, 0.245, 1.445])
    slope, ball = left.lines[0].get_xydata(), left.lines[1].get_xydata()[0]
    assert ball[0] == w[60]
    rise = (slope[1] - slope[0])[1] / 0.8
    assert rise == pytest.approx(codes[60] - 0.3)


def test_captions():
    _, update = drawn()
    assert update(target=2.0, estimator="identity").startswith("w settles at 2.20, in the cell of")
    assert "2.2 for ever" in update(guess=1, estimator="clip, then round")
    assert "code 2 in 40 % of steps" in update(target=1.4, estimator="identity")
    said = update(NO_GUESS, 0.5, 0.1, "identity")
    assert said.startswith("w hangs at the edge 0.5, here also the target")


def test_caption_and_bars_agree_and_know_what_the_picture_shows():
    _, update = drawn()
    for target in np.arange(0, 2.01, 0.05).round(2):
        for rate in (0.06, 0.1, 0.5):
            said = update(1.5, target, rate, "identity")
            w, codes = walk(target, rate, "identity")
            assert len(said) <= 95, said
            if "hangs" in said:
                edge = codes[500:].min() + 0.5
                assert ("Later" in said) == (abs(w[60] - edge) > rate)
                high = codes[500:].max()
                share = 100 * np.mean(codes[500:] == high)
                assert f"code {high} in {share:.0f} %" in said
                assert np.abs(w[500:] - edge).max() <= rate + 1e-9
