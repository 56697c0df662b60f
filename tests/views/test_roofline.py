import numpy as np
import pytest

from qlearn.views import explore
from qlearn.views.roofline import (
    BATCHES,
    BITS,
    GPUS,
    MODELS,
    TURN_GUESSES,
    curve,
    measured,
    roofline,
    turns,
)
from qlearn.views.style import figure, look

# float16 and int8 operations a second, bytes a second; written down here
CHIPS = {
    "A100": (312e12, 624e12, 2039e9),
    "T4": (65e12, 130e12, 320e9),
    "H100": (989e12, 1979e12, 3350e9),
    "Orin Nano": (10e12, 20e12, 68e9),
}
SIZES = {"LLaMA-2-7B": (6607077376, 6738415616), "4096 x 4096": (4096**2, 4096**2)}


def drawn(**values):
    with look():
        fig = figure()
        update = roofline(fig)
        return fig.axes, update(**values)


def test_choices():
    assert set(GPUS) == set(CHIPS) and set(MODELS) == set(SIZES)
    assert {1, 64, 1024} <= set(BATCHES.tolist())


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("model", SIZES)
@pytest.mark.parametrize("name", BITS)
def test_curves(chip, model, name):
    (half, eight, rate), (macs, weights) = CHIPS[chip], SIZES[model]
    top = eight if name == "W8A8" else half
    size = weights * {"W16A16": 2, "W8A8": 1, "W4A16": 0.5}[name]
    seconds, intensity, speed = curve(chip, model, name)
    np.testing.assert_allclose(seconds, np.maximum(size / rate, 2 * macs * BATCHES / top))
    np.testing.assert_allclose(speed, np.minimum(top, intensity * rate))
    np.testing.assert_allclose(turns(chip, model, name), size / rate * top / (2 * macs))


@pytest.mark.parametrize("log2_batch", [0, 6, 10])
def test_dots_lie_on_the_roof(log2_batch):
    (left, right), _ = drawn(log2_batch=log2_batch, chip="T4", model="4096 x 4096")
    half, eight, rate = CHIPS["T4"]
    dots = [line for line in left.lines if line.get_marker() in "os^"]
    for dot, name in zip(dots, BITS, strict=True):
        (x,), (y,) = dot.get_data()
        assert np.isclose(y * 1e12, min(eight if name == "W8A8" else half, x * rate))
        low, high = left.get_xlim()
        assert low < x < high
    assert all(line.get_xdata() == [2**log2_batch] for line in right.lines[3:6])


def test_before_a_guess_there_are_no_curves():
    (_, right), said = drawn(log2_batch=6)
    assert all(len(line.get_xdata()) == 0 for line in right.lines[:3])
    assert len(right.lines[-1].get_xdata()) == 0 and "39" not in said
    assert said == (
        "Batch 64: 4-bit weights take 2.71 ms (arithmetic), 16-bit 6.61 ms (memory); bounds."
    )


@pytest.mark.parametrize(
    ("chip", "four", "sixteen"),
    [("A100", 39, 156), ("T4", 52, 207), ("H100", 75, 301), ("Orin Nano", 37, 150)],
)
def test_a_guess_is_answered(chip, four, sixteen):
    for guess in TURN_GUESSES[1:]:
        (_, right), said = drawn(guess=guess, chip=chip)
        assert said.startswith(
            f"You said {guess}: factor 4 up to batch {four}, 1 from {sixteen} on. At 1: "
        )
        assert said.endswith("16 bits don't fit." if chip == "Orin Nano" else " ms.")
        assert right.lines[-1].get_xdata() == [guess]
        assert all(len(line.get_xdata()) == len(BATCHES) for line in right.lines[:3])


def test_what_does_not_fit_is_said():
    """LLaMA-2-7B has 13.5 GB at 16 bits; an Orin Nano has 8."""
    said = drawn(chip="Orin Nano")[1]
    assert said == "Batch 1: 4-bit weights take 49.5 ms (memory), 16-bit do not fit; bounds."
    assert "fit" not in drawn(chip="Orin Nano", model="4096 x 4096")[1]
    assert "fit" not in drawn(chip="T4")[1]


@pytest.mark.parametrize("log2_batch", range(11))
@pytest.mark.parametrize("chip", GPUS)
def test_captions_fit_a_line(chip, log2_batch):
    for model in MODELS:
        for guess in TURN_GUESSES[0], TURN_GUESSES[-1]:
            said = drawn(guess=guess, log2_batch=log2_batch, chip=chip, model=model)[1]
            assert len(said) <= 95, said


def test_crosses_are_what_was_measured_above_the_bounds():
    """A100: 73.83 and 136.24 tokens/s; 128 tokens in 16.1 ms; the bound is 6.61 ms."""
    np.testing.assert_allclose(measured(), [[1, 2.049], [128, 2.436], [1, 1.110]], rtol=1e-3)
    (_, right), _ = drawn()
    assert [len(line.get_xdata()) for line in right.lines[6:8]] == [2, 1]
    for other in dict(chip="T4"), dict(model="4096 x 4096"):
        (_, right), _ = drawn(**other)
        assert [len(line.get_xdata()) for line in right.lines[6:8]] == [0, 0]
        assert not right.texts[0].get_visible()


def test_a_state_looks_the_same_whatever_was_shown_before():
    a, b = dict(guess=40, log2_batch=10, chip="H100"), dict(model="4096 x 4096", chip="Orin Nano")
    for one, other in (a, b), (b, a):
        fresh, used = explore(roofline), explore(roofline)
        used.show(**used.defaults | other)
        assert fresh.show(**fresh.defaults | one) == used.show(**used.defaults | one)
        np.testing.assert_array_equal(fresh.pixels(), used.pixels())
