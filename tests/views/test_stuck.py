import numpy as np
import pytest

from qlearn.grids import Codebook, lloyd, lloyd_max
from qlearn.numbers import mse
from qlearn.views.stuck import FOUND, GUESSES, SETS, ends, errors, numbers, stuck
from qlearn.views.style import BLUE, PURPLE, figure, look


def drawn():
    with look():
        fig = figure()
        return fig, stuck(fig)


@pytest.mark.parametrize("data", SETS)
def test_numbers_are_sorted_in_sigma(data):
    x = numbers(data)
    assert (np.diff(x) >= 0).all() and x.std() == pytest.approx(1)
    assert len(x) == {"first layer": 144, "third layer": 2048}.get(data, 2000)


def test_many_starts_at_once_are_lloyds_steps():
    x = numbers("first layer")
    levels = np.array([[-1.0, 0, 0.5, 90], [-2, -1, 0, 1]])
    D, means = errors(x, levels)
    for row, d, moved in zip(levels, D, means, strict=True):
        assert d == pytest.approx(mse(x, Codebook(row)(x)))
        np.testing.assert_allclose(moved, lloyd(x, row, 1))  # an empty cell keeps its level


@pytest.mark.parametrize("data", SETS)
@pytest.mark.parametrize("num_bits", [2, 3])
def test_ends_rest_and_none_is_below_the_best(data, num_bits):
    levels, dB, best = ends(data, num_bits)
    x = numbers(data)
    assert levels.shape == (100, 2**num_bits) and (np.diff(dB) >= 0).all() and dB[0] >= 0
    np.testing.assert_array_equal(best, lloyd_max(x, num_bits))
    np.testing.assert_allclose(lloyd(x, levels[50], 1), levels[50], atol=1e-3)
    least, some = (mse(x, Codebook(np.unique(v))(x)) for v in (best, levels[70]))
    assert dB[70] == pytest.approx(10 * np.log10(some / least), abs=1e-6)


def test_claim_few_numbers_trap_nearly_all_starts_and_a_bell_none():
    found = {data: np.sum(ends(data, 3)[1] < FOUND) for data in SETS}
    assert found["Gaussian"] == found["Laplace"] == 100
    assert found["first layer"] < 10 and found["third layer"] < 10
    assert ends("first layer", 3)[1][-1] > 2


def test_before_and_after_reveal():
    fig, update = drawn()
    left, right = fig.axes
    said = update(guess=GUESSES[3], start=10)
    dB = ends("first layer", 3)[1]
    assert said == f"Start 10 of 100, sorted: Lloyd ends {dB[9]:.2f} dB above the best."
    curve = next(line for line in right.lines if line.get_color() == BLUE)
    guess = next(line for line in right.lines if line.get_markeredgecolor() == PURPLE)
    assert len(curve.get_xdata()) == 0 and guess.get_data() == ([3], [0])
    up, down = left.collections
    assert len(up.get_segments()) == 8 and len(down.get_segments()) == 0
    said = update(guess=3, start=10, reveal=True)
    assert said.startswith(f"You said 3: {np.sum(dB < FOUND)} of 100 starts find the best levels")
    np.testing.assert_array_equal(curve.get_ydata(), dB)
    assert len(down.get_segments()) == 8
    assert update(reveal=True)[0].isdigit() and len(guess.get_xdata()) == 0
    for data in SETS:
        assert ends(data, 3)[1][-1] < right.get_ylim()[1]
