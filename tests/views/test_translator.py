from functools import cache
from itertools import product

import numpy as np
import pytest

from qlearn.views import explore
from qlearn.views.style import figure, look
from qlearn.views.translator import CONVENTIONS, translator

OURS, UNSIGNED, SURVEY, FULL, NARROW = CONVENTIONS


@cache
def built():
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    with look():
        fig = figure()
        return fig, translator(fig)


def drawn(**values):
    """The 7 x 7 cells of the table, the rings, and the caption."""
    fig, update = built()
    said = update(**values)
    (ax,) = fig.axes
    cells = np.array([t.get_text() for t in ax.texts[:49]]).reshape(7, 7)
    return cells, ax.lines[0], said


def caption(**values):
    return drawn(**values)[2]


def test_the_table_at_the_start():
    expected = [
        "scale | zero point | -0.5 | -0.1 | 0 | 0.3 | 1",
        "0.1000 | -3 | -8 | -4 | -3 | 0 | 7",
        "0.1000 | 5 | 0 | 4 | 5 | 8 | 15",
        "0.1000 | Z = 3 | -8 | -4 | -3 | 0 | 7",
        "0.1333 | 0 | -4 | -1 | 0 | 2 | 7",
        "0.1429 | 0 | -4 | -1 | 0 | 2 | 7",
        "|  | -0.5 | -0.1 | 0 | 0.3 | 1",
    ]
    assert [" | ".join(row).strip() for row in drawn()[0]] == expected


def test_signed_and_unsigned_differ_by_8_and_in_nothing_else():
    for xmin, xmax, hold_zero in product((-2.0, -0.5), (0.1, 1.0, 6.0), (True, False)):
        cells, _, said = drawn(xmin=xmin, xmax=xmax, hold_zero=hold_zero)
        assert said == "Signed and unsigned differ by 8 in every code and in nothing else."
        signed, unsigned = cells[1:3, 1:].astype(int)
        np.testing.assert_array_equal(unsigned - signed, 8)
        assert cells[1, 0] == cells[2, 0]
        other = drawn(xmin=xmin, xmax=xmax, hold_zero=hold_zero, compare_with=OURS)[0]
        assert cells[6].tolist() == other[6].tolist()


def test_each_convention_has_its_sentence():
    assert caption(compare_with=OURS).startswith("Ours: zero is code -3")
    assert caption(compare_with=SURVEY) == "The survey subtracts 3, we add -3: the same codes."
    assert caption(compare_with=FULL).endswith("the step is 1.33 times ours.")
    assert caption(compare_with=NARROW).endswith("the step is 1.43 times ours.")


@pytest.mark.parametrize("compare_with", CONVENTIONS)
def test_rings_are_around_the_codes_that_differ(compare_with):
    cells, rings, _ = drawn(compare_with=compare_with)
    row = CONVENTIONS.index(compare_with) + 1
    differs = cells[row, 2:] != cells[1, 2:]
    assert len(rings.get_xdata()) == differs.sum()
    assert set(rings.get_ydata()) <= {row}


def test_full_and_narrow_differ_by_14_to_15():
    cells, _, _ = drawn(xmin=-1.0, xmax=1.0)
    assert (cells[4, 0], cells[5, 0]) == (f"{2 / 15:.4f}", f"{1 / 7:.4f}")


@pytest.mark.parametrize("compare_with", [OURS, UNSIGNED, SURVEY])
def test_without_zero_in_the_range_zero_has_no_code_and_6_comes_back_as_1(compare_with):
    values = dict(xmin=5.0, xmax=6.0, hold_zero=False, compare_with=compare_with)
    cells, _, said = drawn(**values)
    assert said == (
        "Zero has no code in this range: its zero point, -83, is clipped to -8, "
        "and 6 comes back as 1."
    )
    assert cells[1, 1] == "-8" and cells[6, 2:].tolist() == ["1", "0", "0", "0.267", "1"]


def test_below_zero_it_is_the_lower_limit_that_is_lost():
    said = caption(xmin=-2.0, xmax=-1.9, hold_zero=False)
    assert said == (
        "Zero has no code in this range: its zero point, 292, is clipped to 7, "
        "and -2 comes back as -0.1."
    )


def test_the_sentence_about_zero_belongs_to_unwidened_ranges_without_a_code_for_it():
    for limits in (5.0, 6.0), (0.0, 0.1), (-0.1, 0.0), (-2.0, -1.9), (0.3, 0.4):
        assert "no code" not in caption(xmin=limits[0], xmax=limits[1])
    for xmin in -2.0, -0.5, 0.0:
        assert "no code" not in caption(xmin=xmin, xmax=1.0, hold_zero=False)
    assert "Symmetric" in caption(xmin=5.0, xmax=6.0, hold_zero=False, compare_with=FULL)


def test_widened_ranges_bring_their_far_end_back():
    cells, _, _ = drawn(xmin=5.0, xmax=6.0)
    assert cells[1, :2].tolist() == ["0.4000", "-8"] and cells[6, 6] == "6"


@pytest.mark.parametrize(("xmin", "xmax"), [(2.0, 1.0), (6.0, -2.0), (1.0, 1.0)])
def test_limits_that_are_equal_or_reversed_move_nothing_and_are_named(xmin, xmax):
    live = explore(translator)
    live.show(xmin=-1.0)
    before = live.pixels()
    said = live.show(xmin=xmin, xmax=xmax)
    assert live.refused
    assert said == f"The lower limit {xmin:g} is not below the upper limit {xmax:g}."
    np.testing.assert_array_equal(live.pixels(), before)


def test_no_two_texts_touch():
    fig, update = built()
    for limits in (-0.5, 1.0), (-2.0, -1.9), (-1.9, 6.0):
        update(xmin=limits[0], xmax=limits[1], compare_with=NARROW)
        with look():
            fig.canvas.draw()
        boxes = [t.get_window_extent() for t in fig.axes[0].texts if t.get_text()]
        width, height = fig.canvas.get_width_height()
        for i, box in enumerate(boxes):
            assert 0 <= box.x0 < box.x1 <= width and 0 <= box.y0 < box.y1 <= height
            assert not any(box.padded(8, 0).overlaps(other) for other in boxes[:i])
