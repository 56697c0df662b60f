import numpy as np
import pytest
from scipy.stats import norm

from qlearn.views import explore
from qlearn.views.ancestors import AREA, STEPS, WAVE, bell, rounded_variance, sums, variances, wave
from qlearn.views.history import layer

X = layer() / layer().std()


def test_the_bell_and_its_area_are_scipys():
    np.testing.assert_allclose(bell(STEPS), norm.pdf(STEPS))
    np.testing.assert_allclose(AREA, norm.cdf(2) - 0.5)


@pytest.mark.parametrize("cells", [1, 8, 64])
@pytest.mark.parametrize("middles", [False, True])
def test_the_steps_drawn_have_the_area_that_the_caption_tells(cells, middles):
    live = explore(sums)
    said = live.show(cells=cells, middles=middles)
    edges, height = live.fig.axes[0].lines[0].get_data()
    off = abs(np.sum(np.diff(edges) * height[:-1]) - AREA)
    assert f"off by {off:.2g} of 0.477" in said
    assert ("in the middle" in said) == middles
    np.testing.assert_allclose(live.fig.axes[1].lines[-1].get_data(), [[cells], [off]])


def test_four_times_the_cells_a_quarter_and_a_sixteenth():
    left, right = (line.get_ydata() for line in explore(sums).fig.axes[1].lines[:2])
    np.testing.assert_allclose(left[15] / left[63], 4, rtol=0.05)
    np.testing.assert_allclose(right[15] / right[63], 16, rtol=0.05)


@pytest.mark.parametrize("step", [0.2, 1.0, 2.5, 4.0])
def test_variances_of_the_rounded_weights(step):
    said = explore(rounded_variance).show(step=step)
    plain = np.var(np.round(X / step) * step)
    corrected = plain - step**2 / 12
    assert said.startswith(f"Step {step:.1f} sigma: variance {100 * (plain - 1):+.1f} % off")
    assert f"{100 * (corrected - 1):+.1f} % corrected" in said
    last = "trust it." if abs(corrected - 1) < 0.01 else "too coarse."
    assert said.endswith("nonsense, below zero." if corrected < 0 else last)


def test_no_variance_leaves_the_picture():
    low, high = explore(rounded_variance).fig.axes[1].get_ylim()
    assert low + 0.1 < variances().min() < 0 and variances().max() < high


def test_one_is_one():
    assert explore(sums).show(cells=1).startswith("1 cell, measured in the middle")
    assert explore(wave).show(num_bits=1).startswith("1 bit a sample")


def test_sheppards_correction_holds_to_a_step_of_one_and_a_half_and_fails_at_twice_sigma():
    plain, corrected = variances()
    fine = STEPS <= 1.5
    assert np.abs(corrected[fine] - 1).max() < 0.01
    assert np.abs(corrected[STEPS >= 2] - 1).min() > 0.02
    assert plain[10] > 1.08


@pytest.mark.parametrize("num_bits", [1, 3, 8])
def test_the_wave_that_is_sent(num_bits):
    live = explore(wave)
    said = live.show(num_bits=num_bits)
    sent = live.fig.axes[0].lines[1].get_ydata()
    dB = 10 * np.log10(np.sum(WAVE**2) / np.sum((sent - WAVE) ** 2))
    assert f"{dB:.1f} dB; 6.02 b + 1.76 says {6.02 * num_bits + 1.76:.1f}." in said
    assert len(np.unique(sent.round(9))) <= 2**num_bits
    assert abs(dB - 6.02 * num_bits - 1.76) < 1.5
