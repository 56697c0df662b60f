import numpy as np
import pytest

from qlearn.hardware import device, peak
from qlearn.views import explore
from qlearn.views.chips import CHIPS, JOULE_GUESSES, KINDS, ops_byte, ops_joule, scatter, value
from qlearn.views.style import figure, look

MACS = 12_501_632  # of ResNet-8
# Energy runs of MLPerf Tiny v1.0: milliseconds and microjoules of one image.
RUNS = {
    "Cortex-M4": (226.8088, 10681.623),
    "Cortex-M7": (54.2211, 8707.284),
    "Cortex-M33": (138.8889, 3641.998),
    "xG24": (120.8605, 1234.65),
    "GAP9": (0.9581, 27.711),
    "Syntiant": (16.0599, 101.833),
}


def drawn(**values):
    with look():
        fig = figure()
        update = scatter(fig)
        return fig.axes, update(**values)


@pytest.mark.parametrize("chip", RUNS)
def test_measured_rates_and_powers(chip):
    ms, uj = RUNS[chip]
    assert CHIPS[chip]["rate"] == "measured"
    np.testing.assert_allclose(value(chip, "int8_tera_ops_s"), 2 * MACS / ms / 1e9, rtol=1e-5)
    np.testing.assert_allclose(value(chip, "power_w"), uj / ms / 1e3, rtol=1e-5)
    np.testing.assert_allclose(ops_joule(chip), 2 * MACS / (uj * 1e-6), rtol=1e-4)


@pytest.mark.parametrize(
    ("chip", "name"),
    [("T4", "t4"), ("A100", "a100"), ("H100", "h100"), ("Orin Nano", "jetson-orin-nano")],
)
def test_peaks_are_those_of_the_devices(chip, name):
    assert value(chip, "int8_tera_ops_s") * 1e12 == peak(name, "int8")
    assert value(chip, "bandwidth_gb_s") * 1e9 == device(name).bandwidth_bytes_s
    np.testing.assert_allclose(ops_byte(chip), peak(name, "int8") / device(name).bandwidth_bytes_s)


def test_the_line_that_the_notebook_speaks_of():
    """All GPUs but the V100 lie within a factor of two of 300 operations a byte."""
    for chip, row in CHIPS.items():
        if row["bandwidth_gb_s"] and chip != "V100":
            assert 150 < ops_byte(chip) < 600, chip
    assert ops_byte("V100") < 100


def test_every_chip_stands_in_its_class_and_on_the_paper():
    (left, right), _ = drawn()
    marks = {line.get_marker() for line in left.lines if line.get_ls() == "None"}
    assert {marker for marker, _ in KINDS.values()} <= marks
    for ax, column in (left, "power_w"), (right, "bandwidth_gb_s"):
        marked = [ln for ln in ax.lines if ln.get_zorder() == 4]
        xy = np.concatenate([np.transpose(line.get_data()) for line in marked])
        wanted = sorted((value(c, column), value(c, "int8_tera_ops_s")) for c in CHIPS
                        if value(c, column))  # fmt: skip
        np.testing.assert_allclose(sorted(map(tuple, xy)), wanted)
        for limits, values in zip((ax.get_xlim(), ax.get_ylim()), xy.T, strict=True):
            assert limits[0] < values.min() and values.max() < limits[1]


@pytest.mark.parametrize("chip", CHIPS)
def test_the_ring_and_the_caption(chip):
    (left, right), said = drawn(chip=chip)
    for ax, column in (left, "power_w"), (right, "bandwidth_gb_s"):
        (ring,) = (line for line in ax.lines if line.get_markersize() == 17)
        here = [value(chip, column)] if value(chip, column) else []
        assert list(ring.get_xdata()) == here
    assert said.startswith(f"{chip}: ") and said.endswith(f"({CHIPS[chip]['rate']} rate).")
    assert "operations" in said and len(said) <= 95
    assert "e+" not in said and "1,922" not in said


@pytest.mark.parametrize("guess", JOULE_GUESSES[1:])
def test_a_guess_is_answered(guess):
    (left, _), said = drawn(guess=guess)
    assert said.startswith(f"You said {guess:,}: a joule buys the B200 about 2,000 times")
    assert len(said) <= 95
    (diamond,) = (line for line in left.lines if line.get_marker() == "D")
    assert 2 * diamond.get_ydata()[0] < left.get_ylim()[1]  # whole on the paper
    np.testing.assert_allclose(diamond.get_ydata(), guess * ops_joule("Cortex-M4") * 1e-9)


def test_a_state_looks_the_same_whatever_was_shown_before():
    a, b = dict(guess=100, chip="TPU v5e"), dict(chip="GAP9")
    for one, other in (a, b), (b, a):
        fresh, used = explore(scatter), explore(scatter)
        used.show(**used.defaults | other)
        assert fresh.show(**fresh.defaults | one) == used.show(**used.defaults | one)
        np.testing.assert_array_equal(fresh.pixels(), used.pixels())
