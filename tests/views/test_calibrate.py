from functools import cache

import numpy as np
import pytest

from qlearn.numbers import Affine, sqnr
from qlearn.views.calibrate import valley
from qlearn.views.style import figure
from qlearn.views.thresholds import TENSORS, valley_curves, values


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
def test_reveal_tells_the_lowest_point(tensor):
    (_, right), said = drawn(tensor=tensor, reveal=True, threshold=50)
    T, clipping, rounding = valley_curves(tensor, 4)
    total = clipping + rounding
    assert f"The lowest point is T = {T[total.argmin()]:.3g}" in said
    np.testing.assert_allclose(right.lines[2].get_ydata(), total)
    assert np.isfinite(right.lines[-2].get_ydata()).all()


def test_the_caption_tells_what_is_cut_and_what_it_buys():
    said = drawn(threshold=40)[1]
    x = values("Laplace").astype(np.float64)
    T = 0.4 * np.abs(x).max()
    dB = [sqnr(x, quantizer("Laplace", t, 4)(x)) for t in (T, np.abs(x).max())]
    assert said.startswith(f"T = {T:.3g}: {dB[0]:.1f} dB ({dB[0] - dB[1]:+.1f}), ")
    assert f"{100 * np.mean(np.abs(x) > T):.2g} % of the values cut off" in said


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
