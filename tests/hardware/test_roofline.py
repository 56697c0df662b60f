"""The roofline, against measured speeds: every bound must hold, and by how much it is missed."""

from types import SimpleNamespace

import numpy as np
import pytest

from qlearn.hardware import bound_s, device, peak, roofline_s

RESNET50_MACS, RESNET50_WEIGHTS = 4_089_184_256, 25_557_032
LLAMA_MACS, LLAMA_WEIGHTS = 6_607_077_376, 6_738_415_616


def layer(macs, num_bytes, bits=8):
    return SimpleNamespace(macs=macs, bytes=num_bytes, weight_bits=bits, input_bits=bits)


def test_worked_example():
    assert bound_s(macs=10, num_bytes=100, peak_ops_s=10, bandwidth_bytes_s=100) == 2  # arithmetic
    assert bound_s(macs=10, num_bytes=100, peak_ops_s=20, bandwidth_bytes_s=25) == 4  # memory


@pytest.mark.parametrize(
    ("name", "measured_img_s", "excess"), [("t4", 6035.57, 1.6337), ("a100", 37479.5, 1.0357)]
)
def test_resnet50_int8_offline(name, measured_img_s, excess):
    """mlcommons/inference_results_v0.7 closed/NVIDIA: 38 % and 49 % of the bound."""
    bound = peak(name, "int8") / (2 * RESNET50_MACS)
    assert abs(bound / measured_img_s - 1 - excess) < 1e-3


def test_resnet50_int8_alone():
    """One image on a T4: 1.000 ms measured (same logs), the weights alone take 0.0799 ms."""
    time_s = roofline_s([layer(RESNET50_MACS, RESNET50_WEIGHTS)], "t4")
    np.testing.assert_allclose(time_s * 1e3, 0.07987, rtol=1e-3)


@pytest.mark.parametrize(
    ("bandwidth_gb_s", "measured_tok_s", "bound_tok_s"),
    [(200, 35.52, 52.32), (150, 30.74, 39.24), (800, 88.54, 209.29), (2039, 136.24, 533.4)],
)
def test_llama_7b_decode(bandwidth_gb_s, measured_tok_s, bound_tok_s):
    """Q4_0 (3.56 GiB) on M1 Pro, M3 Pro, M2 Ultra, A100 (llama.cpp and XiongjieDai's tables)."""
    bound = 1 / bound_s(LLAMA_MACS, 3.56 * 2**30, float("inf"), bandwidth_gb_s * 1e9)
    np.testing.assert_allclose(bound, bound_tok_s, rtol=1e-3)
    assert measured_tok_s < bound


def test_llama_7b_prefill():
    """A100, fp16: 120.5 and 16.1 ms measured (LLM-Viewer issue 4) for 2048 and 128 tokens."""
    ops_s, bytes_s = peak("a100", "float16"), device("a100").bandwidth_bytes_s
    linear, attention = 32 * (4 * 4096**2 + 3 * 4096 * 11008), 32 * 2 * 2048 * 4096
    long = bound_s(2048 * (linear + attention), 2 * LLAMA_WEIGHTS, ops_s, bytes_s)
    short = bound_s(128 * linear, 2 * LLAMA_WEIGHTS, ops_s, bytes_s)
    np.testing.assert_allclose([long * 1e3, short * 1e3], [92.07, 6.611], rtol=1e-3)


def test_edge_tpu():
    """MobileNet v2 on a Coral Dev Board: 2.5 ms measured (Edge TPU FAQ), 17 times its bound."""
    np.testing.assert_allclose(bound_s(300_774_272, 0, 4e12, 1) * 1e3, 0.15, rtol=0.01)


def decode_ms(weight_bits, batch, dtype, name="a100"):
    num_bytes = LLAMA_WEIGHTS * weight_bits / 8
    bandwidth = device(name).bandwidth_bytes_s
    return 1e3 * bound_s(batch * LLAMA_MACS, num_bytes, peak(name, dtype), bandwidth)


def test_when_four_bits_stop_helping():
    """LLaMA-7B on an A100: 6.61, 3.30, 1.65 ms at batch 1; at 256 four bits buy nothing."""
    widths = [(16, "float16"), (8, "int8"), (4, "float16")]
    one = [decode_ms(bits, 1, dtype) for bits, dtype in widths]
    many = [decode_ms(bits, 256, dtype) for bits, dtype in widths]
    np.testing.assert_allclose(one, [6.61, 3.30, 1.65], rtol=3e-3)
    np.testing.assert_allclose(many, [10.84, 5.42, 10.84], rtol=3e-3)


@pytest.mark.parametrize(
    ("name", "batch"), [("a100", 39), ("t4", 52), ("h100", 75), ("jetson-orin-nano", 37)]
)
def test_where_four_bit_weights_turn_compute_bound(name, batch):
    ridge = 0.5 * LLAMA_WEIGHTS / (2 * LLAMA_MACS)
    ridge *= peak(name, "float16") / device(name).bandwidth_bytes_s
    assert round(ridge) == batch


def test_layers_add_and_batches_share_the_weights():
    small, large = layer(1, 10**6), layer(10**12, 1)
    both = roofline_s([small, large], "a100")
    np.testing.assert_allclose(both, 1e6 / 2039e9 + 2e12 / 624e12)
    assert roofline_s([small], "a100", batch=8) == roofline_s([small], "a100")
    assert roofline_s([large], "a100", batch=8) == 8 * roofline_s([large], "a100")


def test_a_microcontroller_has_no_roof():
    with pytest.raises(ValueError, match="cortex-m4 is a microcontroller: it has measured times"):
        peak("cortex-m4", "int8")
