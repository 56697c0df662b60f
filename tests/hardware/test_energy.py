"""Energies, against tables that the formula has not seen."""

from types import SimpleNamespace

import numpy as np
import pytest

from qlearn.hardware import (
    area_um2,
    int_mac_pj,
    mac_energy_pj,
    price_pj,
    published_mac_pj,
    weight_energy_pj,
)
from qlearn.hardware.energy import layer_mac_pj


def layer(weight_bits, input_bits, macs=601_600, weights=25_744):
    return SimpleNamespace(
        macs=macs,
        weight_bits=weight_bits,
        input_bits=input_bits,
        code_bytes=weights * weight_bits // 8,
    )


def test_worked_example():
    """alpha = beta = 0.003125 at 45 nm: 8 x 8 bits cost 0.2 + 24 x 0.003125 = 0.275 pJ."""
    np.testing.assert_allclose(int_mac_pj(8, 8), 0.275, rtol=1e-12)
    np.testing.assert_allclose(int_mac_pj(4, 8), 0.1 + 20 * 0.003125, rtol=1e-12)
    np.testing.assert_allclose(published_mac_pj("float32"), 4.6, rtol=1e-12)
    np.testing.assert_allclose(published_mac_pj("float16", node_nm=7), 0.5, rtol=1e-12)
    assert price_pj("read byte", "dram") == 160


@pytest.mark.parametrize(
    ("num_bits", "synthesised_pj", "error"),
    [(2, 0.0575, -0.1304), (4, 0.1202, -0.1681), (8, 0.2977, -0.0763), (16, 0.9474, -0.0236)],
)
def test_synthesised_units(num_bits, synthesised_pj, error):
    """BitFusion's systolic_array_synth.csv (hsharma35/bitfusion@04ec1c8), 500 MHz."""
    assert abs(int_mac_pj(num_bits, num_bits) / synthesised_pj - 1 - error) < 1e-3


def test_the_int32_multiplier_from_the_int8_one():
    """Horowitz: 3.1 pJ; the square law from int8 gives 3.2."""
    from_int8 = price_pj("multiply", "int8") * (32 / 8) ** 2
    np.testing.assert_allclose(from_int8, 3.2, rtol=1e-12)
    np.testing.assert_allclose(from_int8, price_pj("multiply", "int32"), rtol=0.033)


def test_bops_overstate_what_two_bits_save():
    """Synthesis: a 2-bit unit takes 0.193 of an 8-bit one; BOPs say 0.0625."""
    assert int_mac_pj(2, 2) / int_mac_pj(8, 8) > 0.18 > 3 * 0.0625 - 0.01


def test_thirty_times_is_the_adder_alone():
    """An int8 add takes 1/30 of a float32 add, a multiply with an int32 sum 1/15."""
    np.testing.assert_allclose(price_pj("add", "float32") / price_pj("add", "int8"), 30)
    int8_mac = price_pj("multiply", "int8") + price_pj("add", "int32")
    np.testing.assert_allclose(published_mac_pj("float32") / int8_mac, 15.33, rtol=1e-3)


@pytest.mark.parametrize(
    ("num_bits", "floor_uj"), [(8, 4.28), (4, 2.12), (32, 19.2)]
)  # the network of notebook 00
def test_the_floor_of_the_digits_network(num_bits, floor_uj):
    net = [layer(num_bits, num_bits)]
    floor = (mac_energy_pj(net) + weight_energy_pj(net)) * 1e-6
    np.testing.assert_allclose(floor, floor_uj, rtol=2.5e-3)


def test_one_float_side_makes_a_float_product():
    assert layer_mac_pj(layer(4, 32)) == published_mac_pj("float32")
    assert layer_mac_pj(layer(32, 8)) == published_mac_pj("float32")


def test_arithmetic_is_no_energy_of_a_chip():
    """ResNet-8 on a Cortex-M4: 10,682 uJ measured (MLPerf Tiny v1.0), 3.75 uJ of int8 MACs."""
    int8_mac = price_pj("multiply", "int8") + price_pj("add", "int32")
    np.testing.assert_allclose(12_501_632 * int8_mac * 1e-6, 3.75, rtol=1e-3)
    assert 10_682 / 3.75 > 2800


def test_memory_beside_the_chip_takes_three_to_five_times_less():
    """Jouppi 2021, Table 2: HBM2 250 to 450 pJ a 64-bit access, DDR3/4 1,300."""
    ends = [price_pj("read byte", f"hbm2 {end}", 7) for end in ("lowest", "highest")]
    assert ends == [250 / 8, 450 / 8]
    times = [price_pj("read byte", "dram", 7) / pj for pj in ends]
    np.testing.assert_allclose(times, [5.2, 2.89], rtol=1e-3)


def test_unknown_energies():
    with pytest.raises(ValueError, match="no published energy for multiply bfloat16 at 45 nm"):
        published_mac_pj("bfloat16")
    with pytest.raises(ValueError, match="no published energy for multiply int8 at 28 nm"):
        int_mac_pj(8, 8, node_nm=28)


def test_published_macs():
    """int8: 0.2 + 0.1 for the int32 sum (the formula: 0.275); floats are summed in their type."""
    ours = [published_mac_pj(dtype) for dtype in ("int8", "int32", "float16", "float32")]
    np.testing.assert_allclose(ours, [0.3, 3.2, 1.5, 4.6], rtol=1e-12)
    np.testing.assert_allclose(published_mac_pj("int8", node_nm=7), 0.1, rtol=1e-12)


def test_published_areas():
    """Adders: 36 against 4,184 um2, the survey's 116 times; MACs 419 against 11,884, 28 times."""
    np.testing.assert_allclose(area_um2("add", "float32") / area_um2("add", "int8"), 116.2, 1e-3)
    macs = [area_um2("multiply", a) + area_um2("add", b) for a, b in
            (("int8", "int32"), ("float32", "float32"))]  # fmt: skip
    assert macs == [419, 11_884]


def test_no_area_for_memory():
    with pytest.raises(ValueError, match="no published area for read byte dram"):
        area_um2("read byte", "dram")


@pytest.mark.parametrize("bits", [0, -3, 17, 2.5, True, np.nan, np.inf])
def test_a_width_that_no_code_has_is_named(bits):
    for pair in (bits, 8), (8, bits):
        with pytest.raises(ValueError, match=f"num_bits is {bits}"):
            int_mac_pj(*pair)
