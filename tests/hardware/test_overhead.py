"""What a roofline leaves out, against networks that the constant has not seen."""

import numpy as np
import pytest

from qlearn.hardware import Gpu, beside_s, launch_s, layer_parts_s, rows, work
from qlearn.hardware.overhead import PASS_BYTES


def total_us(*args, **kwargs):
    return 1e6 * sum(layer_parts_s(*args, **kwargs).values())


def test_the_constants():
    """MobileNetV1, 0.16 ms, A100 (NVIDIA's model zoo); ResNet-50, 1.000 ms, T4 (MLPerf)."""
    np.testing.assert_allclose(launch_s() * 1e6, (160 - 4_209_088 / 2039e3) / 28)
    beside = [1e6 * beside_s(row) for row in rows("launches")]
    np.testing.assert_allclose(beside, [5.64, 5.63, 8.29, 17.0], rtol=5e-3)
    np.testing.assert_allclose(225e3 * launch_s(), 1.27, atol=5e-3)  # LLaMA-2-7B's, in ms


def test_a_gpu_of_ones_own():
    mine, theirs = Gpu("mine", 2039e9, {"int8": 624e12}), layer_parts_s("A100", 8, 64, 2)
    assert layer_parts_s(mine, 8, 64, 2) == theirs


@pytest.mark.parametrize(
    ("network", "measured_ms", "off"), [("MobileNetV2", 0.30, 0.0), ("ResNet-50 v1", 0.46, -0.3047)]
)
def test_other_networks_on_an_a100(network, measured_ms, off):
    """TensorRT 8.4, batch 1 (NVIDIA's model zoo): right for MobileNetV2, a third off otherwise."""
    (one,) = work(network)
    estimate = 1e3 * (one.weights / 2039e9 + one.layers * launch_s())
    np.testing.assert_allclose(estimate / measured_ms - 1, off, atol=0.01)


def test_int8_slower_than_fp16():
    """One 4096 x 4096 layer at batch 1: 22.1 us, 13.8 fused, 25.0 with two passes of 5.6."""
    fp16, fused = total_us("a100", 16), total_us("a100", 8)
    assert abs(fp16 - 22.1) < 0.05 and abs(fused - 13.8) < 0.1
    two = total_us("a100", 8, passes=2)
    assert abs(two - 25.0) < 0.25 and total_us("a100", 8, passes=1) < fp16 < two


def test_parts_by_hand():
    parts = layer_parts_s("a100", 8, batch=1024, passes=3)
    np.testing.assert_allclose(parts["wait for arithmetic"], 2 * 1024 * 4096**2 / 624e12)
    assert parts["wait for memory"] == parts["unpack first"] == 0
    moved = 1024 * 4096 * (3 + 6 + 2) / 2039e9
    np.testing.assert_allclose(parts["extra passes"], 3 * launch_s() + moved)


def test_unpacking_first_moves_more_than_it_saves():
    inside = layer_parts_s("a100", 8, runs_in="float16")
    first = layer_parts_s("a100", 8, runs_in="float16", unpack_first=True)
    np.testing.assert_allclose(inside["wait for memory"], 4096**2 / 2039e9)
    np.testing.assert_allclose(first["wait for memory"], 2 * 4096**2 / 2039e9)
    np.testing.assert_allclose(first["unpack first"], 3 * 4096**2 / 2039e9 + launch_s())
    assert sum(first.values()) > sum(layer_parts_s("a100", 16).values())
    four = layer_parts_s("a100", 4, runs_in="float16", unpack_first=True)
    np.testing.assert_allclose(four["unpack first"], 2.5 * 4096**2 / 2039e9 + launch_s())
    same = layer_parts_s("a100", 8, unpack_first=True)
    assert same["unpack first"] == 0  # nothing to unpack


def test_a_device_without_the_type_unpacks_to_the_next():
    four = layer_parts_s("h100", 4, unpack_first=True)
    np.testing.assert_allclose(four["wait for memory"], 4096**2 / 3350e9)
    assert four["unpack first"] > 0


@pytest.mark.parametrize("batch", [1, 64, 1024])
def test_each_pass_costs(batch):
    times = [total_us("a100", 8, batch, passes) for passes in range(len(PASS_BYTES) + 1)]
    assert np.all(np.diff(times) > 1e6 * launch_s())


def test_bad_input():
    with pytest.raises(ValueError, match="passes must be a whole number from 0 to 3, not 4"):
        layer_parts_s("a100", passes=4)
    with pytest.raises(ValueError, match="no device 'b300'"):
        layer_parts_s("b300")
    with pytest.raises(ValueError, match="h100 has no int4 path in the tables: int4 runs as int8"):
        layer_parts_s("h100", 4, runs_in="int4")
    with pytest.raises(ValueError, match="runs_in is 'int8', which does not hold num_bits, 16"):
        layer_parts_s("a100", 16, runs_in="int8")
    with pytest.raises(ValueError, match="unknown data type 'bfloat16'; there are int4, int8"):
        layer_parts_s(Gpu("mine", 1e9, {"int8": 1e12}), 8, runs_in="bfloat16")
