import numpy as np
import pytest

from qlearn.qat import approx_sign
from qlearn.views.style import figure, look
from qlearn.views.surrogates import (
    DRAWN,
    NEAR,
    ROWS,
    SIGNS,
    area_of,
    ends,
    pretended,
    slope_of,
    zoo,
)


def drawn():
    with look():
        fig = figure()
        return fig, zoo(fig)


def test_slope_of_by_hand():
    np.testing.assert_array_equal(
        slope_of(approx_sign, np.array([-2, -0.5, 0, 0.25])), [0, 1, 2, 1.5]
    )


def test_the_three_orders_at_the_end_of_the_codes():
    for x, expected in (6.4, [1, 1, 1]), (7.0, [1, 1, 1]), (7.4, [1, 1, 0]), (7.6, [1, 0, 0]):
        assert ends()[:, np.abs(NEAR - x).argmin()].tolist() == expected


@pytest.mark.parametrize("name", ["clipped", "ApproxSign", "SwishSign"])
def test_areas_are_two_at_any_sharpness(name):
    for sharp in (0.0, 0.5, 1.0):
        assert area_of(name, sharp) == pytest.approx(2, abs=0.01)


def test_areas_of_the_others():
    for sharp, expected in (0.0, 20), (0.5, 20 / 100**0.4), (0.625, 2), (1.0, 2):  # 2 max(1 / t, 1)
        assert area_of("EDE", sharp) == pytest.approx(expected, abs=1e-3)
    assert area_of("identity", 0.3) == np.inf
    for sharp in (0.0, 0.5, 1.0):
        assert area_of("tanh-soft rounding", sharp) == pytest.approx(1, abs=0.01)


def test_zoo_draws_what_the_package_says():
    fig, update = drawn()
    said = update(x=7.4, stand_in="EDE", sharpness=1.0)
    assert said == "x = 7.4: gradients 1, 1, 0. EDE: the area is 2.00."
    left, right, _ = fig.axes
    assert [t.get_text() for t in left.get_yticklabels()] == ROWS
    np.testing.assert_allclose(left.lines[-1].get_ydata(), [2.6, 1.6, 0])
    assert left.get_yticks().tolist() == [2.3, 1.3, 0.3]  # the marks' rows, in the labels' order
    reach = [band.get_paths()[0].vertices for band in left.collections[:3]]
    tops = [v[v[:, 1] % 1 > 0.5, 0].max().round(1) for v in reach]  # where each band ends
    assert tops == [9, 7.5, 7] and [int(v[:, 1].max()) for v in reach] == [2, 1, 0]
    low, high = right.get_ylim()
    for line, name in zip(right.lines, SIGNS, strict=True):
        x, y = line.get_data()
        np.testing.assert_array_equal(y, pretended(name, 1.0))
        np.testing.assert_array_equal(x, DRAWN)
        assert low < y.min() and y.max() < high
        assert (line.get_linewidth() == 4) is (name == "EDE")
    assert "of one cell is 1.00" in update(stand_in="tanh-soft rounding")
    assert "identity: the area is without end." in update(stand_in="identity")


def test_edges_stand_upright():
    slope = pretended("clipped", 0.5)
    falls = np.flatnonzero(np.diff(slope))
    assert np.diff(DRAWN)[falls].max() < 1e-5 and len(falls) == 2
