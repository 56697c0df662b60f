import numpy as np
import pytest
import torch

from qlearn.views.controls import NO_GUESS
from qlearn.views.style import figure, look
from qlearn.views.training import (
    EDGES,
    RATES,
    X,
    Y,
    descent,
    distances,
    flat,
    loss,
    rounded_loss,
    slide,
    slope,
)


def drawn(scene):
    with look():
        fig = figure()
        return fig, scene(fig)


def test_the_loss_is_a_parabola_with_nice_numbers():
    w = np.linspace(-2, 5, 50)
    np.testing.assert_allclose(loss(w), (w - 1.5) ** 2 + 0.05)
    np.testing.assert_allclose([slope(v) for v in w], 2 * (w - 1.5), atol=1e-12)


@pytest.mark.parametrize("rate", [0.05, 0.5, 0.9, 1.2])
def test_descent_oracle_torch(rate):
    w = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    sgd, x, y = torch.optim.SGD([w], lr=rate), torch.tensor(X), torch.tensor(Y)
    for expected in descent(rate):
        np.testing.assert_allclose(w.item(), expected, atol=1e-10)
        sgd.zero_grad()
        (((w * x - y) ** 2).mean() / 2).backward()
        sgd.step()


def test_claim_two_over_curvature():
    far = distances()
    assert (far[RATES < 0.99] < 1.5).all() and (far[RATES > 1.01] > 1.5).all()
    assert far[19] == pytest.approx(1.5)  # at 1: to and fro, for ever
    assert descent(0.5)[1] == pytest.approx(1.5)  # 1 / curvature: there in one step


def test_slide_before_and_after_reveal():
    fig, update = drawn(slide)
    left, middle, right = fig.axes
    said = update(guess=0.5, rate=0.2, steps=2)
    assert said == "Step 2: w = 0.96, slope -1.08; the next step moves it by +0.22."
    curve, point, guess = right.lines[1:]
    assert len(curve.get_xdata()) == 0 and point.get_data() == ([0.2], [pytest.approx(0.54)])
    assert guess.get_data() == ([0.5], [1.5])
    np.testing.assert_allclose(middle.lines[1].get_ydata(), [0, 0.6, 0.96])
    a, b = left.lines[2].get_xydata()  # the tangent
    assert (b - a)[1] / (b - a)[0] == pytest.approx(slope(0.96))
    said = update(guess=0.5, rate=1.1, steps=30, reveal=True)
    assert said == (
        "You said 0.5. Below a rate of 1, 2 / curvature, 30 steps bring it nearer; above, farther."
    )
    np.testing.assert_array_equal(curve.get_ydata(), distances())
    assert point.get_ydata()[0] == pytest.approx(1.5 * 1.2**30)
    said = update(NO_GUESS, 1.1, 8)
    assert said == "Step 8 at rate 1.1: w = -4.95 has left the picture. It diverges."
    assert "slope +0.00; the next step moves it by +0.00." in update(rate=0.5, steps=30)


def test_only_what_diverges_leaves_the_picture():
    for rate in RATES:
        inside = all(EDGES[0] <= w <= EDGES[1] for w in descent(rate))
        assert inside == (rate <= 1)


def test_the_rounded_loss_is_a_flight_of_steps():
    np.testing.assert_allclose(
        rounded_loss(np.array([0.2, 0.3, 1.3, 1.7])), [2.3, 1.05, 0.05, 0.05]
    )
    w = np.linspace(0.26, 0.74, 20)
    assert np.ptp(rounded_loss(w)) == 0


def test_flat_says_zero_or_huge():
    fig, update = drawn(flat)
    shares = []
    for width in (0.4, 0.1, 0.02):
        said = update(w0=0.4, width=width)
        shares.append(int(said.split("exactly 0 at ")[1].split()[0]))
    assert shares == sorted(shares) and shares[-1] >= 95
    line, point = fig.axes[1].lines[1:]
    assert np.abs(line.get_ydata()).max() > 30 and point.get_ydata() == [0]
    jump = (rounded_loss(np.array(0.6)) - rounded_loss(np.array(0.2))) / 0.4
    assert update().startswith(f"Over 0.4: {jump:.2f} at w = 0.4")
