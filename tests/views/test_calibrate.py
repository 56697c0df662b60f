from functools import cache

import numpy as np
import pytest

from qlearn.numbers import Affine, sqnr
from qlearn.views.calibrate import VALLEY_GUESSES, valley
from qlearn.views.style import figure
from qlearn.views.valley_curves import SHARES, TENSORS, marked, valley_curves, values


@cache
def built():
    fig = figure()
    return fig, valley(fig)


def drawn(**state):
    fig, update = built()
    said = update(**state)
    return fig.axes, said


def quantizer(tensor, T, num_bits):
    symmetric = tensor != "ReLU outputs"
    return Affine.from_range(-T * symmetric, T, num_bits, symmetric=symmetric)


def test_the_start_cuts_nothing_and_hides_the_answer():
    (_, right), said = drawn()
    assert said.endswith("dB, nothing is cut off.")
    *curves, point = right.lines
    for line in curves:
        assert np.isnan(np.array(line.get_data(), float)).any(axis=0).all()  # nothing to draw
    assert point.get_xdata() == [100]


@pytest.mark.parametrize("tensor", TENSORS)
def test_a_guess_tells_the_lowest_point(tensor):
    (_, right), said = drawn(tensor=tensor, guess=20, threshold=50)
    _, clipping, rounding = valley_curves(tensor, 4)
    total = clipping + rounding
    lowest = SHARES[total.argmin()]
    dB = -10 * np.log10(total.min())
    start = f"You said the error is least at 20 %: it is at {lowest} %, {dB:.1f} dB. T = "
    assert said.startswith(start)
    np.testing.assert_allclose(right.lines[2].get_ydata(), total)
    *_, drops, m, p, e, L, G, star, feet, diamond, point = right.lines
    assert np.isfinite(feet.get_ydata()).all()
    assert diamond.get_data() == ([20], [total[19]])
    assert point.get_data() == ([50], [total[49]])
    x, y = np.reshape(drops.get_data(), (2, -1, 3))
    places = [mark.get_xdata()[0] for mark in (m, p, e, L, G, star)]
    np.testing.assert_array_equal(places, marked(tensor, 4))
    np.testing.assert_array_equal(x[:, :2].T, [places, places])  # straight down,
    np.testing.assert_array_equal(y[:, 1], feet.get_ydata())  # from the letter to its dot
    heights = [mark.get_ydata()[0] for mark in (m, p, e, L, G, star)]
    assert (y[:, 0] < heights).all() and (y[:, 1] < y[:, 0]).all()


def test_a_guess_near_the_lowest_point_is_right_and_any_guess_can_be_withdrawn():
    assert VALLEY_GUESSES[0] == "no guess yet"
    said = drawn(guess=40)[1]
    assert said == "You said the error is least at 40 %: so it is, 15.9 dB. T = 11.9: 10.1 dB."
    assert "50 %: it is at 41 %" in drawn(guess=50)[1]
    (_, right), said = drawn()
    assert "You" not in said and np.isnan(right.lines[2].get_ydata()).all()
    assert len(right.lines[-2].get_xdata()) == 0


def test_the_caption_tells_what_is_cut_and_what_it_buys():
    said = drawn(threshold=40)[1]
    x = values("Laplace").astype(np.float64)
    T = 0.4 * np.abs(x).max()
    dB = [sqnr(x, quantizer("Laplace", t, 4)(x)) for t in (T, np.abs(x).max())]
    assert said.startswith(f"T = {T:.3g}: {dB[0]:.1f} dB ({dB[0] - dB[1]:+.1f}), ")
    assert f"{100 * np.mean(np.abs(x) > T):.2g} % of the values are cut off" in said


def test_the_outlier_has_two_scores_with_opposite_advice():
    kept, cut = (drawn(tensor="one outlier", num_bits=8, threshold=t)[1] for t in (65, 4))
    x = values("one outlier").astype(np.float64)
    for said, T in (kept, 65), (cut, 4):
        x_hat = quantizer("one outlier", T, 8)(x)
        both = sqnr(x, x_hat), sqnr(x[:-1], x_hat[:-1])
        assert said == (
            f"T = {T:.3g}: {both[0]:.1f} dB in all, but {both[1]:.1f} dB for the 99,999 others."
        )
    assert float(kept.split()[3]) > float(cut.split()[3])


def test_every_level_has_a_tick_and_what_is_cut_is_hatched():
    (left, _), _ = drawn(num_bits=3, threshold=40)
    at = left.lines[0].get_xdata()
    np.testing.assert_allclose(at, 80 / 7 * np.arange(-4, 4))
    ends = [(p.get_x(), p.get_x() + p.get_width()) for p in left.patches if p.get_hatch()]
    assert ends == [(-105, -40), (40, 105)]
    (left, _), _ = drawn(tensor="ReLU outputs", num_bits=3, threshold=70)
    np.testing.assert_allclose(left.lines[0].get_xdata(), 10 * np.arange(8))
    ends = [(p.get_x(), p.get_x() + p.get_width()) for p in left.patches if p.get_hatch()]
    assert ends == [(-105, -105), (70, 105)]
