import numpy as np
import pytest

from qlearn.views import explore
from qlearn.views.costs import USE_GUESSES, crossing, layer_budget, split_pj, weights_name
from qlearn.views.style import figure, look

BYTE_PJ = {"DRAM": 160, "SRAM 1 MB": 12.5}
WIDTHS = [2, 3, 4, 6, 8, 32]


def mac_pj(num_bits):
    """45 nm, worked here: 0.2 / 64 a pair of bits, 0.1 / 32 a bit of the sum; float32 3.7 + 0.9."""
    return 4.6 if num_bits == 32 else 0.003125 * (8 * num_bits + num_bits + 16)


def drawn(**values):
    with look():
        fig = figure()
        update = layer_budget(fig)
        return fig.axes, update(**values)


@pytest.mark.parametrize("store", BYTE_PJ)
@pytest.mark.parametrize("num_bits", WIDTHS)
def test_prices_and_crossings(num_bits, store):
    move = num_bits / 8 * BYTE_PJ[store]
    np.testing.assert_allclose(split_pj(num_bits, 16, store), (mac_pj(num_bits), move / 16))
    np.testing.assert_allclose(crossing(num_bits, store), move / mac_pj(num_bits))
    even = crossing(num_bits, store)
    np.testing.assert_allclose(*split_pj(num_bits, even, store))


def test_what_the_notebook_says_of_the_crossings():
    """int8 needs more uses than float32; below 8 bits the crossing comes back."""
    even = {b: crossing(b, "DRAM") for b in WIDTHS}
    assert even[32] < even[2] < even[4] < even[8]
    assert (round(even[32]), round(even[8])) == (139, 582)


@pytest.mark.parametrize("num_bits", WIDTHS)
@pytest.mark.parametrize("log2_uses", [0, 7, 12])
def test_the_two_points_and_the_shares(num_bits, log2_uses):
    (left, right), said = drawn(num_bits=num_bits, log2_uses=log2_uses)
    one, other = left.lines[-2:]
    multiply, move = mac_pj(num_bits), num_bits / 8 * 160 / 2**log2_uses
    np.testing.assert_allclose(one.get_data(), [[2**log2_uses], [multiply]])
    np.testing.assert_allclose(other.get_data(), [[2**log2_uses], [move]])
    share = 100 * move / (multiply + move)
    np.testing.assert_allclose(right.patches[-1].get_width(), share)
    assert said == (
        f"{weights_name(num_bits)} weights: {share:.1f} % of the energy moves them, "
        f"{100 - share:.1f} % multiplies."
    )
    words = [text.get_text() for text in right.texts]
    assert f"{multiply + move:.3g} pJ" in words
    assert words[:2] == ["float32", f"chosen: {weights_name(num_bits)}"]


def test_before_a_guess_there_are_no_lines():
    (left, _), said = drawn(num_bits=4, log2_uses=9)
    assert np.isnan(left.lines[0].get_ydata()).all() and np.isnan(left.lines[1].get_ydata()).all()
    assert len(left.lines[2].get_xdata()) == 0 and "even" not in said


@pytest.mark.parametrize("guess", USE_GUESSES[1:])
def test_a_guess_is_answered_where_the_lines_cross(guess):
    (left, _), said = drawn(guess=guess, num_bits=4)
    assert said.endswith(f"You said {guess:,} uses: they are even at {crossing(4, 'DRAM'):.0f}.")
    flat, falling, diamond = left.lines[:3]
    uses = flat.get_xdata()
    assert np.all((flat.get_ydata() > falling.get_ydata()) == (uses > crossing(4, "DRAM")))
    np.testing.assert_allclose(diamond.get_data(), [[guess], [mac_pj(4)]])


def test_all_points_are_on_the_paper():
    for store in BYTE_PJ:
        for num_bits in WIDTHS:
            for log2_uses in 0, 12:
                (left, _), _ = drawn(num_bits=num_bits, log2_uses=log2_uses, store=store)
                low, high = left.get_ylim()
                assert all(low < line.get_ydata()[0] < high for line in left.lines[-2:])


def test_a_state_looks_the_same_whatever_was_shown_before():
    a, b = dict(guess=64, num_bits=2, log2_uses=12), dict(num_bits=32, store="SRAM 1 MB")
    for one, other in (a, b), (b, a):
        fresh, used = explore(layer_budget), explore(layer_budget)
        used.show(**used.defaults | other)
        assert fresh.show(**fresh.defaults | one) == used.show(**used.defaults | one)
        np.testing.assert_array_equal(fresh.pixels(), used.pixels())
