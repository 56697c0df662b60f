import numpy as np
import pytest

from qlearn.grids import Codebook, bell_lloyd, equal_share, even_levels, lloyd, lloyd_max
from qlearn.numbers import mse
from qlearn.views.codebook import GRIDS, X, beat, cells, density, goals, layer, walk
from qlearn.views.style import GREEN, figure, look


def drawn():
    with look():
        fig = figure()
        return fig, beat(fig)


def numbers(grid):
    return layer() if grid == "weights" else equal_share(200_000)


@pytest.mark.parametrize("grid", GRIDS)
def test_cells_are_shares_and_means(grid):
    levels, x = np.array([-2.0, 0.1, 1.0, 2.5]), numbers(grid)
    P, M = cells(grid, levels)
    q = Codebook(levels).quantize(x)
    np.testing.assert_allclose(P, np.bincount(q) / x.size, atol=2e-5)
    np.testing.assert_allclose(M / P, [x[q == i].mean() for i in range(4)], atol=1e-4)


@pytest.mark.parametrize("grid", GRIDS)
def test_a_walk_is_lloyds(grid):
    start = np.array([-3.0, -1, 1, 3])
    path, means, D = walk(1.0, 3.0, grid)
    np.testing.assert_allclose(path[0], start)
    expected = bell_lloyd(start, 7) if grid == "Gaussian" else lloyd(layer(), start, 7)
    np.testing.assert_allclose(path[7], expected, atol=1e-9)
    np.testing.assert_allclose(means[:-1], path[1:])
    x = numbers(grid)
    np.testing.assert_allclose(D[3], mse(x, Codebook(path[3])(x)), atol=2e-5)
    assert (np.diff(D) <= 1e-12).all()


def test_goals():
    np.testing.assert_allclose(goals("Gaussian"), [0.118846, 0.117482], atol=1e-6)
    x = layer()
    made = [mse(x, Codebook(levels)(x)) for levels in (even_levels(x, 2), lloyd_max(x, 2))]
    np.testing.assert_allclose(goals("weights"), made, rtol=1e-6)
    assert walk(0.45, 1.5, "Gaussian")[2][30] == pytest.approx(goals("Gaussian")[1], abs=1e-6)


@pytest.mark.parametrize("grid", GRIDS)
def test_density_sums_to_one(grid):
    assert density(grid).sum() * (X[1] - X[0]) == pytest.approx(1, abs=1e-3)


def test_claim_quarters_are_no_good_and_even_levels_nearly_the_best():
    quarters = walk(0.319, 1.150, "Gaussian")[2][0]
    assert quarters == pytest.approx(0.1449, abs=1e-4)
    even, best = goals("Gaussian")
    assert 0.04 < 10 * np.log10(even / best) < 0.06


def test_captions_and_marks():
    fig, update = drawn()
    assert update() == "Four levels: D = 0.3363. Move them and see how much better is possible."
    left, right = fig.axes
    answers = [t for t in right.texts if t.get_text().startswith("best")]
    assert len(answers) == 2 and not any(t.get_visible() for t in answers)
    goal = [line for line in right.lines if line.get_linestyle() in (":", "-.")]
    assert len(goal) == 4 and not any(line.get_visible() for line in goal)
    assert update(inner=1.0, outer=2.9).startswith("Four levels: D = 0.3")
    assert all(t.get_visible() for t in answers)
    assert [line.get_visible() for line in goal] == [True, True, False, False]
    off, met = [line for line in left.lines if line.get_color() == GREEN]
    assert len(off.get_xdata()) == 4 and len(met.get_xdata()) == 0
    said = update(steps=30)
    assert said.startswith("After 30 steps: D = 0.1175, 0.00 dB above the best, 0.1175.")
    assert said.endswith("Each meets the mean of its cell.")
    assert len(off.get_xdata()) == 0 and len(met.get_xdata()) == 4
    assert update(steps=1).startswith("After 1 step: D = 0.1958")
    trail, here = fig.axes[1].lines[-2:]
    assert trail.get_ydata().shape == (2,) and here.get_xdata() == [1]
    area, bells = left.patches[-1], left.patches[:2]
    D = np.trapezoid(area.get_xy()[1:-1, 1], area.get_xy()[1:-1, 0])
    assert D == pytest.approx(0.1958, abs=1e-3)
    assert [bell.get_visible() for bell in bells] == [True, False]
    update(grid="weights")
    assert [bell.get_visible() for bell in bells] == [False, True]


def test_the_best_that_sliders_can_do_fills_all_triangles():
    _, update = drawn()
    for grid in GRIDS:
        assert update(inner=0.45, outer=1.5, grid=grid).endswith("Each meets the mean of its cell.")


def test_an_error_beyond_the_axis_is_pinned():
    fig, update = drawn()
    here = fig.axes[1].lines[-1]
    for inner, outer, marker in (2.95, 3.0, "^"), (0.3, 1.15, "o"):
        update(inner=inner, outer=outer)
        assert here.get_marker() == marker
        assert here.get_ydata()[0] < fig.axes[1].get_ylim()[1]
    assert "D = 4.99" in update(inner=2.95, outer=3.0)


def test_levels_that_pass_each_other_are_refused():
    _, update = drawn()
    with pytest.raises(ValueError, match="outer level 1 must lie beyond the inner one, 1"):
        update(inner=1.0, outer=1.0)
