import numpy as np
import pytest

from qlearn.views.budget import SIZES, budget, by_size, worth
from qlearn.views.style import figure


def drawn(scene, **values):
    fig = figure()
    return scene(fig), fig


def test_budget_before_reveal_shows_the_point_and_gives_nothing_away():
    update, fig = drawn(budget)
    said = update(guess=256, group_size=32)
    bits, dB = by_size(4)[:, SIZES.index(32)]
    assert bits == 4.5 and said == f"Groups of 32: {dB:.1f} dB for 4.5 stored bits a weight."
    left, right = fig.axes
    np.testing.assert_allclose(left.lines[-1].get_data(), [[4.5], [dB]])
    np.testing.assert_allclose(right.lines[-1].get_data(), [[32], [dB - 6.02 * 4.5]])
    assert all(len(line.get_xdata()) == 0 for line in left.lines[1:-1])
    assert right.lines[1].get_data() == ([256], [-21])
    update()
    assert len(right.lines[1].get_xdata()) == 0  # no guess yet, no diamond


def test_budget_values_are_those_of_normal_numbers():
    x = np.random.default_rng(0).normal(size=2**17).reshape(-1, 64)
    step = 2 * np.abs(x).max(axis=1, keepdims=True) / 15
    noise = np.mean((step * np.clip(np.round(x / step), -8, 7) - x) ** 2)
    np.testing.assert_allclose(by_size(4)[1][3], 10 * np.log10(np.mean(x**2) / noise), atol=0.01)
    np.testing.assert_allclose(by_size(4)[0], [4 + 16 / size for size in SIZES])


@pytest.mark.parametrize("num_bits", range(2, 9))
def test_reveal_names_the_group_size_that_leaves_most(num_bits):
    update, fig = drawn(budget)
    said = update(guess=16, num_bits=num_bits, reveal=True)
    bits, dB = by_size(num_bits)
    best = int(np.argmax(dB - 6.02 * bits))
    assert SIZES[best] in (64, 128, 256)
    assert (
        said == f"You said 16; groups of {SIZES[best]} leave most: {worth(num_bits)[best]:.1f} dB."
    )
    assert update(num_bits=num_bits, reveal=True).startswith(f"Groups of {SIZES[best]} leave most")
    update(guess=16, num_bits=num_bits, reveal=True)
    curve, guess, _ = fig.axes[1].lines
    np.testing.assert_allclose(curve.get_ydata(), dB - 6.02 * bits)
    np.testing.assert_allclose(guess.get_data(), [[16], [(dB - 6.02 * bits)[1]]])
    for ax in fig.axes:
        low, high = ax.get_ylim()
        for line in ax.lines:
            assert (low < line.get_ydata()).all() and (line.get_ydata() < high).all()


@pytest.mark.parametrize("num_bits", range(2, 9))
def test_no_group_size_is_above_the_limit(num_bits):
    _, fig = drawn(budget)
    x, y = fig.axes[0].lines[0].get_data()  # the limit
    bits, dB = by_size(num_bits)
    assert (dB < np.interp(bits, x, y)).all()
