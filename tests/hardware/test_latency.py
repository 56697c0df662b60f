"""Times and energies of microcontrollers, on networks the constants have not seen.

The measured ones are those of mlcommons/tiny_results v1.0 (STMicroelectronics) and v1.2 (Bosch).
"""

from types import SimpleNamespace

import numpy as np
import pytest

from qlearn.hardware import cycles_per_mac, mcu_latency_s, mcu_time_s
from qlearn.hardware.latency import active_power_w, measured, network_macs


def test_worked_example():
    """Two equations with two unknowns: the M4 takes 2.14 cycles a conv MAC, 3.80 any other."""
    c_conv, c_other = cycles_per_mac("cortex-m4")
    np.testing.assert_allclose([c_conv, c_other], [2.143, 3.803], rtol=1e-3)
    np.testing.assert_allclose(c_conv * 12_238_848 + c_other * 262_784, 0.2269117 * 120e6)


@pytest.mark.parametrize(
    ("name", "network", "measured_ms", "error"),
    [
        ("cortex-m4", "DS-CNN", 75.0582, 0.063),
        ("cortex-m4", "autoencoder", 7.5786, 0.105),
        ("cortex-m33", "DS-CNN", 44.2321, 0.046),
        ("cortex-m33", "autoencoder", 4.8494, -0.003),
        ("cortex-m7", "DS-CNN", 16.7597, 0.050),
        ("cortex-m7", "autoencoder", 1.8258, 0.005),
        ("cortex-m0plus", "DS-CNN", 474.6084, 0.035),
        ("cortex-m0plus", "autoencoder", 40.8931, 0.252),
    ],
)
def test_out_of_sample(name, network, measured_ms, error):
    ours = mcu_time_s(*network_macs(network), name) * 1e3
    assert abs(ours / measured_ms - 1 - error) < 1e-3
    assert float(measured(name, "int8", network)["time_ms"]) == measured_ms


def test_where_float32_fails():
    """The autoencoder uses each weight once; the two networks reuse theirs."""
    for name, clock_hz, measured_ms, error in (
        ("cortex-m4", 150e6, 16.7754, -0.231),
        ("cortex-m7", 280e6, 5.2299, -0.447),
    ):
        ours = cycles_per_mac(name, "float32")[1] * 264_192 / clock_hz * 1e3
        assert abs(ours / measured_ms - 1 - error) < 1e-3


def test_eight_bits_are_two_to_four_times_as_fast_as_floats():
    """Bosch measured 2.96 (M4) and 2.71 (M7) on ResNet-8 with one tool; ours mixes two."""
    for name in ("cortex-m4", "cortex-m7"):
        macs = network_macs("ResNet-8")
        ratio = mcu_time_s(*macs, name, "float32") / mcu_time_s(*macs, name, "int8")
        assert 1.9 < ratio < 3.9


def test_one_number_is_not_enough():
    """MAC per cycle of ResNet-8 alone misses MobileNet on the M7 by a third."""
    resnet8_macs, mobilenet_macs = sum(network_macs("ResNet-8")), sum(network_macs("MobileNet"))
    ours = 54.3449 * mobilenet_macs / resnet8_macs
    assert abs(ours / 50.7048 - 1 - -0.358) < 1e-3


@pytest.mark.parametrize(
    ("name", "measured_uj", "error"),
    [
        ("cortex-m4", 10066.628, 0.057),
        ("cortex-m33", 3364.456, 0.036),
        ("cortex-m7", 7978.465, 0.019),
    ],
)
def test_power_times_time(name, measured_uj, error):
    """The power of ResNet-8 times the time of MobileNet gives MobileNet's energy."""
    time_s = float(measured(name, "int8", "MobileNet")["energy_run_ms"]) * 1e-3
    assert abs(active_power_w(name) * time_s * 1e6 / measured_uj - 1 - error) < 1e-3
    assert active_power_w("cortex-m0plus") == 0  # nobody measured it


def test_four_bits_take_the_time_of_eight():
    def time_s(weight_bits, input_bits):
        layer = SimpleNamespace(
            kind="conv", macs=601_600, weight_bits=weight_bits, input_bits=input_bits
        )
        return mcu_latency_s([layer], "cortex-m4")

    assert time_s(4, 4) == time_s(8, 8) < time_s(8, 32)


def test_what_was_not_measured():
    with pytest.raises(ValueError, match="no measured float32 time of DS-CNN on cortex-m4"):
        measured("cortex-m4", "float32", "DS-CNN")
    with pytest.raises(ValueError, match=r"cortex-m4 has no int4 path .*: int4 runs as int8"):
        cycles_per_mac("cortex-m4", "int4")
