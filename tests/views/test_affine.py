from functools import cache

import numpy as np
import pytest

from qlearn.views import explore
from qlearn.views.affine import BEADS, affine_map, staircase
from qlearn.views.style import figure, look

CORNERS = [(-2.0, -1.0), (-2.0, 3.0), (1.0, 3.0), (0.0, 0.0), (0.0, 0.05), (-0.5, 1.5), (1.0, 1.0)]


def grid(xmin, xmax, num_bits, symmetric=False):
    """Scale, zero point and the two ends of the codes, worked here without the package."""
    qmin, qmax = -(2 ** (num_bits - 1)), 2 ** (num_bits - 1) - 1
    xmin, xmax = min(xmin, 0), max(xmax, 0)
    if symmetric:
        return 2 * max(-xmin, xmax) / (qmax - qmin) or 1, 0, qmin, qmax
    scale = (xmax - xmin) / (qmax - qmin) or 1
    return scale, round(qmin - xmin / scale), qmin, qmax


def quantize(x, scale, z, qmin, qmax):
    return np.clip(np.round(np.asarray(x) / scale) + z, qmin, qmax).astype(int)


@cache
def built(scene):
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    with look():
        fig = figure()
        return fig, scene(fig)


def drawn(scene, **values):
    """The axes of a scene in one state, and its caption."""
    fig, update = built(scene)
    return fig.axes, update(**values)


def caption(scene, **values):
    return drawn(scene, **values)[1]


# The map


def test_the_map_at_the_start_is_the_survey_fig_2():
    assert caption(affine_map) == (
        "code = round(x / 0.00784) - 64: 0 is code -64 exactly; 1.5 comes back as 1.498."
    )


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("num_bits", [2, 3, 8])
@pytest.mark.parametrize(("xmin", "xmax"), [c for c in CORNERS if c != (0.0, 0.0)])
def test_the_caption_of_the_map_has_the_right_numbers(xmin, xmax, num_bits, symmetric):
    Q = scale, z, _, _ = grid(xmin, xmax, num_bits, symmetric)
    end = xmax if xmax > 0 else xmin
    back = scale * (quantize(end, *Q) - z)
    sign = f" - {-z}" if z < 0 else f" + {z}" if z > 0 else ""
    said = caption(affine_map, xmin=xmin, xmax=xmax, num_bits=num_bits, symmetric=symmetric)
    assert said.startswith(f"code = round(x / {scale:.3g}){sign}: 0 is code {z} exactly; ")
    assert f"; {end:g} comes back as {back:.4g}." in said


def test_a_range_without_zero_is_widened_and_says_so():
    (ax,), said = drawn(affine_map, xmin=0.2)
    assert "The range was widened: zero must have a code." in said and "0 is code -128" in said
    (shade,) = ax.patches
    assert (shade.get_x(), shade.get_width()) == (0, 1.5)
    assert "widened" in caption(affine_map, xmin=-2.0, xmax=-1.0)
    assert "widened" not in caption(affine_map, xmin=0.0)


def test_a_range_without_width_says_what_its_scale_is():
    said = caption(affine_map, xmin=0.0, xmax=0.0)
    assert said == "A range without width: any scale would do, so it is 1; 0 is code -128 exactly."


def test_a_lower_limit_above_the_upper_one_moves_nothing_and_names_both():
    live = explore(affine_map)
    live.show(xmin=0.5)
    before = live.pixels()
    said = live.show(xmin=0.7, xmax=-0.9)
    assert live.refused
    assert said == "The lower limit 0.7 lies above the upper limit -0.9."
    np.testing.assert_array_equal(live.pixels(), before)
    with pytest.raises(ValueError, match=r"0\.7.*-0\.9"):
        caption(affine_map, xmin=0.7, xmax=-0.9)


@pytest.mark.parametrize("num_bits", [2, 4, 8])
@pytest.mark.parametrize(("xmin", "xmax"), CORNERS)
def test_codes_below_the_beads_are_right_and_never_overlap(xmin, xmax, num_bits):
    (ax,), _ = drawn(affine_map, xmin=xmin, xmax=xmax, num_bits=num_bits)
    Q = grid(xmin, xmax, num_bits)
    texts = [t for t in ax.texts[: len(BEADS)] if t.get_text()]
    places = np.array([t.get_position()[0] for t in texts])
    assert (np.diff(places) >= 0.2).all()
    shown = [int(t.get_text()) for t in texts]
    assert set(shown) <= set(quantize(BEADS, *Q).tolist())
    assert shown[0] == quantize(BEADS[0], *Q)
    np.testing.assert_allclose(places, -1.5 + 4 * (np.array(shown) - Q[2]) / (Q[3] - Q[2]))


def test_at_the_start_all_five_beads_ride_to_their_codes():
    (ax,), _ = drawn(affine_map)
    assert BEADS.tolist() == [-1, -0.5, 0, 0.3, 2]
    assert [t.get_text() for t in ax.texts[:5]] == ["-128", "", "-64", "-26", "127"]
    strands, beads = (c.get_segments() for c in ax.collections[-2:])
    assert len(strands) == 16 and len(beads) == 5
    top, bottom = strands[0]
    np.testing.assert_allclose([top[0], bottom[0]], [-64 * 2 / 255, -1.5])


# The staircase


@pytest.mark.parametrize(
    ("values", "back", "off", "end"),
    [
        (dict(), "0.857", "-0.043", "half a step, the dashed limit, is 0.143."),
        (dict(rounding="floor"), "0.857", "-0.043", "whole step, 0.286, and always down."),
        (dict(rounding="floor", at=1.1), "0.857", "-0.243", "always down."),
        (dict(at=2.3), "1.429", "-0.871", "clipping, which no bit cures."),
        (dict(at=2.3, num_bits=8), "1.498", "-0.802", "clipping, which no bit cures."),
        (dict(at=-1.5), "-0.571", "+0.929", "clipping, which no bit cures."),
        (dict(at=1.5), "1.429", "-0.071", "half a step, the dashed limit, is 0.143."),
        (dict(at=-0.55), "-0.571", "-0.021", "half a step, the dashed limit, is 0.143."),
        (dict(num_bits=4), "0.933", "+0.033", "half a step, the dashed limit, is 0.067."),
    ],
)
def test_the_caption_of_the_staircase_has_the_right_numbers(values, back, off, end):
    said = caption(staircase, **values)
    at, num_bits = values.get("at", 0.9), values.get("num_bits", 3)
    assert said.startswith(f"{num_bits} bits: {at:g} comes back as {back}, off by {off}")
    assert said.endswith(end)


@pytest.mark.parametrize("rounding", ["half-even", "floor"])
@pytest.mark.parametrize("num_bits", [2, 3, 4, 8])
def test_clipping_is_said_only_where_more_bits_do_not_help(num_bits, rounding):
    fig, update = built(staircase)
    for at in np.arange(-1.5, 2.51, 0.05):
        clipping = "clipping" in update(num_bits, rounding, at)
        assert clipping <= (at < -0.5 or at > 1.5), at
        assert clipping or abs(fig.axes[1].lines[-1].get_ydata()[0]) <= 2 / (2**num_bits - 1)


def sawtooth(**values):
    """The error inside the range."""
    (_, ax), _ = drawn(staircase, **values)
    x, error = ax.lines[0].get_data()
    return error[(x >= -0.5) & (x <= 1.5)]


def test_one_bit_more_halves_the_worst_error_and_quarters_the_mean_square():
    three, four = sawtooth(num_bits=3), sawtooth(num_bits=4)
    np.testing.assert_allclose(np.abs(three).max(), 1 / 7, atol=2e-3)
    np.testing.assert_allclose(np.abs(four).max(), 1 / 15, atol=2e-3)
    np.testing.assert_allclose(np.mean(three**2) / np.mean(four**2), (15 / 7) ** 2, rtol=0.05)


def test_floor_slides_the_sawtooth_below_zero():
    error = sawtooth(rounding="floor")
    assert error.max() <= 1e-12
    np.testing.assert_allclose(error.min(), -2 / 7, atol=3e-3)


def test_no_bit_cures_clipping():
    for num_bits in range(2, 9):
        (_, ax), _ = drawn(staircase, num_bits=num_bits, at=2.3)
        assert ax.lines[-1].get_ydata()[0] < -0.8


@pytest.mark.parametrize("at", [-1.5, 2.5])
@pytest.mark.parametrize("num_bits", [2, 8])
def test_dot_and_hair_line_stay_inside_the_picture(num_bits, at):
    axes, _ = drawn(staircase, num_bits=num_bits, at=at)
    for ax in axes:
        (x,), (y,) = ax.lines[-1].get_data()
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        assert left + 0.05 < x < right - 0.05 and low + 0.1 < y < high - 0.1
        assert ax.lines[-2].get_xdata() == [at, at]
