import numpy as np
import pytest

from qlearn.views import explore
from qlearn.views.slower import (
    KERNELS,
    PART_LOOKS,
    PASS_GUESSES,
    breaking_passes,
    parts_us,
    slower,
    total_us,
)
from qlearn.views.style import figure, look


def drawn(**values):
    with look():
        fig = figure()
        update = slower(fig)
        return fig.axes[0], update(**values)


def test_the_numbers_of_one_layer():
    """FP16 16.5 + 5.6; INT8 fused 8.2 + 5.6; two passes more."""
    np.testing.assert_allclose(total_us(16, 1), 22.1, atol=0.05)
    np.testing.assert_allclose(total_us(8, 1), 13.9, atol=0.05)
    np.testing.assert_allclose(total_us(8, 1, 2), 25.2, atol=0.05)
    assert [breaking_passes(kernel) for kernel in KERNELS] == [2, 2, 0]


@pytest.mark.parametrize("passes", [0, 3])
@pytest.mark.parametrize("log2_batch", [0, 10])
@pytest.mark.parametrize("kernel", KERNELS)
def test_bars_are_stacked_in_percent_and_stay_on_the_paper(passes, log2_batch, kernel):
    ax, _ = drawn(passes=passes, log2_batch=log2_batch, kernel=kernel)
    upper, lower = ax.patches[: len(PART_LOOKS)], ax.patches[len(PART_LOOKS) :]
    np.testing.assert_allclose(sum(bar.get_width() for bar in upper), 100)
    parts = parts_us(8, 2**log2_batch, passes, kernel)
    assert f"batch {2**log2_batch:,}" in [text.get_text() for text in ax.texts]
    widths = np.array([bar.get_width() for bar in lower])
    np.testing.assert_allclose(widths * total_us(16, 2**log2_batch) / 100, [*parts.values()])
    starts = [bar.get_x() for bar in lower]
    np.testing.assert_allclose(starts, np.cumsum([0, *widths[:-1]]))
    end = starts[-1] + widths[-1]
    assert end + 35 < ax.get_xlim()[1]  # room for the number
    assert [bar.get_visible() for bar in lower] == [us > 0 for us in parts.values()]


def test_without_int8_multipliers_the_arithmetic_takes_as_long_as_fp16():
    for kernel in list(KERNELS)[1:]:
        slow, fast = parts_us(8, 1024, 0, kernel), parts_us(16, 1024)
        assert slow["wait for arithmetic"] == fast["wait for arithmetic"]


def test_captions():
    assert drawn()[1] == (
        "Batch 1: INT8 13.9 us, faster than FP16, 22.1; largest part: wait for memory."
    )
    assert "slower than FP16, 22.1; largest part: extra passes" in drawn(passes=2)[1]
    said = drawn(kernel="no int8: unpack first")[1]
    assert "slower" in said and said.endswith("unpack first.")


@pytest.mark.parametrize("guess", PASS_GUESSES[1:])
def test_a_guess_is_answered(guess):
    said = drawn(guess=guess, passes=1)[1]
    assert said == (
        f"You said {guess}: at batch 1 it takes 2 passes. Batch 1: INT8 19.5 us, FP16 22.1."
    )
    said = drawn(guess=guess, kernel="no int8: unpack first")[1]
    assert "at batch 1 it is slower without any." in said


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("log2_batch", [0, 9, 10])
def test_captions_fit_a_line(kernel, log2_batch):
    for guess in PASS_GUESSES:
        said = drawn(guess=guess, log2_batch=log2_batch, passes=3, kernel=kernel)[1]
        assert len(said) <= 95, said


def test_equal_is_as_fast():
    """At batch 1024 float16 multipliers take as long for codes of 8 bits as for 16."""
    said = drawn(log2_batch=10, kernel="no int8: unpack inside")[1]
    assert said.startswith("Batch 1024: INT8 115.8 us, as fast as FP16, 115.8;")


def test_a_state_looks_the_same_whatever_was_shown_before():
    a, b = dict(guess=1, passes=3, kernel="no int8: unpack first"), dict(log2_batch=10)
    for one, other in (a, b), (b, a):
        fresh, used = explore(slower), explore(slower)
        used.show(**used.defaults | other)
        assert fresh.show(**fresh.defaults | one) == used.show(**used.defaults | one)
        np.testing.assert_array_equal(fresh.pixels(), used.pixels())
