import numpy as np
import pytest

from qlearn.views import explore
from qlearn.views.race import GUESSES, MACS, NO_GUESS, STORES, macs_for_a_byte, race, reached
from qlearn.views.style import figure, look

# pJ at 45 nm, written down here: Horowitz 2014.
MAC_PJ = {"int8": 0.3, "float16": 1.5, "int32": 3.2, "float32": 4.6}
BYTE_PJ = {"SRAM 8 KB": 1.25, "SRAM 1 MB": 12.5, "DRAM": 160}


def drawn(**values):
    with look():
        fig = figure()
        update = race(fig)
        return fig.axes, update(**values)


def test_the_race_for_one_microjoule():
    """3.3 million int8 MACs (0.30 pJ) against 6,250 bytes from DRAM (160 pJ)."""
    np.testing.assert_allclose(reached(1000, "int8", "DRAM"), [10**7 / 3, 6250])
    said = drawn(multiply="int8", fetch="DRAM", spent=1000)[1]
    assert said == "3,333,333 int8 MACs or 6,250 bytes from DRAM: 1,000 nJ."


@pytest.mark.parametrize("multiply", MACS)
@pytest.mark.parametrize("fetch", STORES)
def test_every_pair_runs_by_the_price_list(multiply, fetch):
    counts = 250_000 / MAC_PJ[multiply], 250_000 / BYTE_PJ[fetch]
    (left, _), said = drawn(multiply=multiply, fetch=fetch, spent=250)
    bars = left.patches[2:]
    np.testing.assert_allclose([bar.get_width() for bar in bars], np.array(counts) / 1e6)
    assert said.startswith(f"{counts[0]:,.0f} {multiply} MACs or {counts[1]:,.0f} bytes")


def test_nobody_leaves_the_track():
    (left, _), _ = drawn(multiply="int8", spent=1000)
    assert max(bar.get_width() for bar in left.patches) <= left.get_xlim()[1]


def test_a_byte_in_macs():
    np.testing.assert_allclose(macs_for_a_byte(45), [1.25 / 0.3, 12.5 / 0.3, 160 / 0.3])
    np.testing.assert_allclose(macs_for_a_byte(7), [9.375, 17.5, 1625])


def test_before_a_guess_nothing_gives_the_answer_away():
    (_, right), said = drawn(multiply="int8", fetch="DRAM")
    old, *others = right.lines
    np.testing.assert_allclose(old.get_xdata(), macs_for_a_byte(45))
    assert all(len(line.get_xdata()) == 0 for line in others)
    assert "1,625" not in said and "You" not in said


@pytest.mark.parametrize("guess", GUESSES[1:])
def test_a_guess_is_answered(guess):
    (_, right), said = drawn(guess=guess)
    assert said.endswith(f"You said {guess:,} MACs for a byte from DRAM in 7 nm: it is 1,625.")
    old, _, new, diamond = right.lines
    np.testing.assert_allclose(new.get_xdata(), macs_for_a_byte(7))
    assert diamond.get_data() == ([guess], [2])
    low, high = right.get_xlim()
    assert low < min(*old.get_xdata(), guess) and max(*new.get_xdata(), guess) < high


def test_a_state_looks_the_same_whatever_was_shown_before():
    a, b = dict(guess=50, multiply="int8", spent=1000), dict(fetch="DRAM", spent=0)
    for one, other in (a, b), (b, a):
        fresh, used = explore(race), explore(race)
        used.show(**used.defaults | other)
        assert fresh.show(**fresh.defaults | one) == used.show(**used.defaults | one)
        np.testing.assert_array_equal(fresh.pixels(), used.pixels())
    assert GUESSES[0] == NO_GUESS
