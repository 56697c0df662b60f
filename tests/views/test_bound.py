import numpy as np
import pytest

from qlearn.numbers import code_entropy, minmax_range, mse_range, panter_dite
from qlearn.views.bound import BEST_LEVELS, EXACT, beyond, coded, gap, grids, solve, through
from qlearn.views.error import NO_GUESS, numbers
from qlearn.views.style import figure, look


def drawn(scene):
    with look():
        fig = figure()
        return fig, scene(fig)


# gap


def test_beyond_takes_the_limit_of_the_variance():
    x = np.array([-1.0, 1.0])
    assert beyond(x, 6.0206 * 3, 3) == pytest.approx(0, abs=1e-4)
    # With a mean of 1, half of the mean square is not the variance: the limit is 3.01 dB higher.
    assert beyond(x + 1, 6.0206 * 3, 3) == pytest.approx(-3.0103, abs=1e-4)


def test_best_levels_are_those_of_panter_and_dite():
    laplace = panter_dite(lambda x: np.exp(-abs(x)) / 2, 0) / 2
    gauss = panter_dite(lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi), 0)
    assert BEST_LEVELS == {"Gaussian": pytest.approx(gauss), "Laplace": pytest.approx(laplace)}


def test_claims_of_the_distances():
    np.testing.assert_allclose(coded("Gaussian")[2:], -1.53, atol=0.06)
    assert grids("Gaussian", mse_range)[2] == pytest.approx(-4.7, abs=0.15)  # .011543 / .0039
    for data in "Gaussian", "Laplace", "weights":
        plain, best = grids(data, minmax_range), grids(data, mse_range)
        assert (best >= plain - 0.05).all() and (coded(data) > best + 1).all()
        assert (np.diff(best) < 0).all() and (coded(data) < 0).all()


def test_claim_coded_steps_are_as_far_from_a_sources_own_limit():
    # Laplace, variance 1: entropy log2(e sqrt 2), so its limit is (pi / e) times lower (Shannon).
    own = 10 * np.log10(np.pi / np.e)
    np.testing.assert_allclose(coded("Laplace")[3:], own - 1.533, atol=0.03)


def test_coded_steps_by_hand():
    x = numbers("Gaussian")
    low, high = 0.1, 3.0
    for _ in range(50):  # the step at which the codes hold three bits
        scale = (low + high) / 2
        H = code_entropy(np.round(x / scale))
        low, high = (scale, high) if H > 3 else (low, scale)
    D = np.mean((x - scale * np.round(x / scale)) ** 2)
    assert coded("Gaussian")[1] == pytest.approx(-10 * np.log10(D / x.var() * 64), abs=0.02)


def test_gap_before_and_after_reveal():
    fig, update = drawn(gap)
    three, points, guess = fig.axes[0].lines[1:4], fig.axes[0].lines[4:7], fig.axes[0].lines[-1]
    now = [coded("Laplace"), grids("Laplace", minmax_range), grids("Laplace", mse_range)]
    said = update(guess=2, data="Laplace", num_bits=3)
    short = f"{-now[2][1]:.1f} dB short of the limit, min/max {-now[1][1]:.1f}."
    assert said == f"3 bits: the best range is {short}"
    assert [len(p.get_xdata()) for p in points] == [0, 1, 1]
    assert all(len(line.get_xdata()) == 0 for line in three)
    assert guess.get_data() == ([3], [now[2][1] + 2])
    said = update(guess=2, data="Laplace", num_bits=3, reveal=True)
    assert said == (
        f"You said 2 dB. Steps coded without loss gain {now[0][1] - now[2][1]:.1f} dB on the best "
        f"range and are {-now[0][1]:.1f} short of the limit."
    )
    np.testing.assert_allclose([line.get_ydata() for line in three], now)
    assert fig.axes[0].lines[7].get_ydata()[0] == pytest.approx(-6.53, abs=0.01)
    assert min(fig.axes[0].lines[7].get_xdata()) > 7  # with many bits: at the end, beyond the rest
    update(data="weights", reveal=True)
    assert np.isnan(fig.axes[0].lines[7].get_ydata()).all()
    low, high = fig.axes[0].get_ylim()
    for data in "Gaussian", "Laplace", "weights":
        every = [coded(data), grids(data, minmax_range), grids(data, mse_range)]
        assert low < np.min(every) and np.max(every) < high


# solve


@pytest.mark.parametrize("condition", [1, 4, 16])
def test_through_is_the_inverse_of_a_matrix_of_that_condition(condition):
    inverse = through(condition, np.eye(2))
    assert np.linalg.cond(inverse) == pytest.approx(condition)
    np.testing.assert_allclose(inverse, inverse.T)
    np.testing.assert_allclose(through(condition, EXACT), [EXACT], atol=1e-3)


@pytest.mark.parametrize("condition", [1, 2, 8, 16])
@pytest.mark.parametrize("num_bits", range(3, 13))
def test_the_condition_number_bounds_the_loss(condition, num_bits):
    _, update = drawn(solve)
    said = update(guess=2, condition=condition, num_bits=num_bits, reveal=True)
    A = np.linalg.inv(through(condition, np.eye(2)))
    scale = 2 / 2**num_bits
    off = scale * np.round(EXACT / scale) - EXACT
    u = np.linalg.solve(A, EXACT)
    backward = np.linalg.norm(off) / np.linalg.norm(EXACT)
    forward = np.linalg.norm(np.linalg.solve(A, EXACT + off) - u) / np.linalg.norm(u)
    lost = np.log2(forward / backward)
    assert lost <= np.log2(condition) + 1e-3
    words = said.removeprefix("You said 2 bits: ").split()
    assert float(words[0]) == pytest.approx(lost, abs=0.06)
    assert float(words[4]) == np.log2(condition)
    assert float(words[-2]) == pytest.approx(100 * forward, rel=0.06)
    said = update(condition=condition, num_bits=num_bits)
    assert float(said.split()[-2]) == pytest.approx(100 * backward, rel=0.06)


def test_solve_before_reveal_hides_the_solution():
    fig, update = drawn(solve)
    left, right = fig.axes
    update(guess=3)
    assert right.lines[2].get_xdata() == [] and left.lines[2].get_xdata().size == 1
    assert len(right.lines[0].get_xdata()) == 0
    update(guess=NO_GUESS, condition=8, num_bits=5, reveal=True)
    dots = np.transpose(left.lines[0].get_data())
    scale = 2 / 2**5
    lattice = (dots * scale + EXACT) / scale
    np.testing.assert_allclose(lattice, np.round(lattice), atol=1e-9)
    assert np.min(np.linalg.norm(dots - np.transpose(left.lines[2].get_data()), axis=1)) < 1e-9
    np.testing.assert_allclose(np.transpose(right.lines[0].get_data()), through(8, dots))
    ellipse = right.patches[1].get_xy()
    size = np.linalg.norm(left.lines[2].get_data())
    assert np.linalg.norm(ellipse, axis=1).max() == pytest.approx(8 * size, rel=0.01)
