import numpy as np
import pytest

from qlearn.hardware import cost, count
from qlearn.networks import fold, load
from qlearn.views import explore
from qlearn.views.devices import (
    CONV_MACS,
    DEVICES,
    OTHER_MACS,
    SPEED_GUESSES,
    run_s,
    run_text,
    speedup,
    three_devices,
)
from qlearn.views.style import figure, look

SIZE = 4096 * 4096
# operations a second in what runs, bytes a second; written down here
A100 = {32: 19.5e12, 16: 312e12, 8: 624e12, 4: 1248e12, 2: 1248e12}
ORIN = {32: 1.28e12, 16: 10e12, 8: 20e12, 4: 20e12, 2: 20e12}


def drawn(**values):
    with look():
        fig = figure()
        update = three_devices(fig)
        return fig.axes, update(**values)


@pytest.mark.parametrize("batch", [1, 64, 1024])
@pytest.mark.parametrize("name", ["a100", "jetson-orin-nano"])
@pytest.mark.parametrize("num_bits", A100)
def test_a_gpu_waits_for_memory_or_multipliers(name, num_bits, batch):
    peaks, rate = {"a100": (A100, 2039e9), "jetson-orin-nano": (ORIN, 68e9)}[name]
    memory, arithmetic = SIZE * num_bits / 8 / rate, 2 * SIZE * batch / peaks[num_bits]
    seconds, _, waits = run_s(name, num_bits, batch)
    np.testing.assert_allclose(seconds, max(memory, arithmetic))
    assert waits == ("; memory" if memory >= arithmetic else "; multipliers")


def test_the_microcontroller_runs_digits_cnn_as_cost_says():
    net = fold(load("digits_cnn"))
    layers = count(net)
    assert sum(n.macs for n in layers if n.kind == "conv") == CONV_MACS
    assert sum(n.macs for n in layers) == CONV_MACS + OTHER_MACS
    np.testing.assert_allclose(1e3 * run_s("cortex-m4", 32, 1)[0], cost(net, "cortex-m4").time_ms)


def test_four_bits_are_no_faster_than_eight_on_the_m4():
    assert speedup("cortex-m4", 4, 1) == speedup("cortex-m4", 8, 1) == speedup("cortex-m4", 2, 64)
    assert speedup("cortex-m4", 16, 1) == 1
    assert 2.5 < speedup("cortex-m4", 8, 1) < 3


def test_few_bytes_help_at_batch_1_and_types_at_1024():
    assert [speedup("jetson-orin-nano", b, 1) for b in (16, 8, 4, 2)] == [2, 4, 8, 16]
    assert speedup("jetson-orin-nano", 4, 1024) == speedup("jetson-orin-nano", 8, 1024)
    np.testing.assert_allclose(speedup("a100", 4, 1024), 64)


def test_words_for_what_runs():
    assert run_text("cortex-m4", 4, 1).endswith("ms in int8, unpacked")
    assert run_text("cortex-m4", 16, 1).endswith("in float32, unpacked")
    assert run_text("a100", 4, 1) == "4.11 us in int4; memory"
    assert run_text("jetson-orin-nano", 8, 1024).endswith("ms in int8; multipliers")
    seconds = run_s("cortex-m4", 32, 1024)[0]
    assert seconds > 1 and run_text("cortex-m4", 32, 1024) == f"{seconds:.1f} s in float32"


@pytest.mark.parametrize("batch", [1, 4, 16, 64, 256, 1024])
@pytest.mark.parametrize("num_bits", A100)
@pytest.mark.parametrize("name", DEVICES)
def test_times_are_written_without_powers_of_ten(name, num_bits, batch):
    number, unit = run_text(name, num_bits, batch).split()[:2]
    factor = {"s": 1, "ms": 1e-3, "us": 1e-6}[unit]
    assert "e" not in number and float(number) < 1000
    np.testing.assert_allclose(float(number) * factor, run_s(name, num_bits, batch)[0], rtol=0.03)


@pytest.mark.parametrize("num_bits", [4, 2])
def test_without_a_guess_the_m4_keeps_its_answer(num_bits):
    (ax, words), said = drawn(num_bits=num_bits)
    assert ax.patches[0].get_width() == 0 and ax.texts[0].get_text() == "?"
    assert "guess first" in [text.get_text() for text in words.texts]
    assert said.endswith("And on the M4?") and "2.7" not in said


@pytest.mark.parametrize("guess", SPEED_GUESSES[1:])
def test_a_guess_is_answered(guess):
    (ax, _), said = drawn(guess=guess, num_bits=4, batch=16)
    assert said.startswith(f"You said {guess} for 4 bits on the M4: it is 2.7, as for 8.")
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(ends, [speedup(name, 4, 16) for name in DEVICES])
    assert ax.texts[0].get_text() == ""


def test_with_8_bits_all_three_are_told():
    assert drawn()[1] == (
        "8 bits, batch 1, times the speed of float32: 2.7 on the M4, 4 on the Orin Nano, "
        "4 on the A100."
    )


def test_a_state_looks_the_same_whatever_was_shown_before():
    a, b = dict(guess=3, num_bits=4, batch=1024), dict(num_bits=2)
    for one, other in (a, b), (b, a):
        fresh, used = explore(three_devices), explore(three_devices)
        used.show(**used.defaults | other)
        assert fresh.show(**fresh.defaults | one) == used.show(**used.defaults | one)
        np.testing.assert_array_equal(fresh.pixels(), used.pixels())
