"""Will fewer bits be faster? Answers for models of the tables, for numbers and for networks."""

import numpy as np
import pytest

from qlearn.hardware import Gpu, count, faster, launch_s, mcu_latency_s, mcu_time_s, work
from qlearn.networks import fold, load, with_bits

NET = fold(load("digits_cnn"))
LLAMA = "LLaMA-2-7B"


def test_worked_example():
    """LLaMA-7B on an A100: 6.61 and 1.65 ms; measured 1.85 of 3.53, so about 2.0 of 4."""
    one = faster(LLAMA, "a100")
    np.testing.assert_allclose(np.array(one.times_s) * 1e3, [6.61, 1.65], rtol=3e-3)
    assert one.ratio == 4 and one.limits == ("memory", "memory")
    assert one.paths == ("float16", "float16, weights unpacked")
    np.testing.assert_allclose([one.low, one.high], 1.92, atol=5e-3)
    assert one.sure.startswith("fairly sure: faster")


def test_a_large_batch_gains_nothing_from_four_bits():
    one = faster(LLAMA, "a100", batch=256)
    assert one.ratio == 1 and one.limits[0] == "arithmetic" and not one.pairs
    assert one.sure.startswith("sure") and one.sure.endswith("unpacking costs extra")


def test_a_change_that_nobody_measured():
    one = faster(LLAMA, "a100", batch=64)
    assert one.limits == ("memory", "arithmetic") and one.low == 1 and 1.5 < one.high < one.ratio
    assert one.sure.startswith("not sure")


def test_measured_on_others():
    one = faster(LLAMA, "h100")
    assert len(one.pairs) == 10 and one.sure.startswith("half sure")
    assert 1.6 < one.low < one.high < one.ratio == 4


def test_arithmetic_on_a_t4():
    one = faster(LLAMA, "t4", 8, 8, batch=1024)
    assert one.ratio == 2 and [pair.widths for pair in one.pairs] == [(8, 4)]  # no float32
    np.testing.assert_allclose([one.low, one.high], 8.5 / 5.8)
    assert one.sure.startswith("half sure: on this device 8 to 4 bits")


def test_a_small_network_is_over_before_it_begins():
    one = faster(NET, "a100", 8, 8)
    assert one.ratio == 2 and one.started < 1.01 and one.high < 1.01
    assert one.starts_s == 4 * launch_s()
    assert one.sure.startswith("fairly sure: hardly faster") and not one.pairs


def test_a_microcontroller():
    """Its times are those of mcu_latency_s; 2.3 to 3.0 times were measured on the chip."""
    one = faster(NET, "cortex-m4", 8, 8)
    assert one.kind == "estimate" and one.paths[0].startswith("float32")
    np.testing.assert_allclose(one.times_s[0], mcu_latency_s(count(NET), "cortex-m4"))
    assert (round(one.low, 1), round(one.high, 1)) == (2.3, 3.0)
    assert faster(NET, "cortex-m4", 4, 16).ratio == 1
    assert faster(NET, "cortex-m4", 4, 4).ratio == one.ratio
    twice = faster(NET, "cortex-m4", 8, 8, batch=2)
    np.testing.assert_allclose(twice.times_s, 2 * np.array(one.times_s))
    assert [pair.device for pair in faster(NET, "cortex-m7", 8, 8).pairs] == ["cortex-m7"] * 3


def test_convolutions_on_a_microcontroller():
    """ResNet-50 has as many as the table says; numbers don't tell, and that is said."""
    (resnet,) = work("ResNet-50 v1")
    named, numbers = (faster(m, "cortex-m4", 8, 8) for m in ("ResNet-50 v1", resnet[:2]))
    conv, other = resnet.conv_macs, resnet.macs - resnet.conv_macs
    assert named.times_s[1] == mcu_time_s(conv, other, "cortex-m4", "int8")
    assert numbers.times_s[1] == mcu_time_s(0, resnet.macs, "cortex-m4", "int8")
    assert "which are convolutions" in repr(numbers) and "which are" not in repr(named)
    assert named.sure == "sure: W16A16 and W8A8 can't run here, the weights do not fit"


def test_the_same_sides_and_the_same_batch():
    """An A100 was measured with fewer bits of the weights, one token at a time."""
    sides, batch = faster(LLAMA, "a100", 8, 8), faster(LLAMA, "a100", 4, 16, batch=8)
    assert sides.sure == "half sure: on this device fewer bits of the weights alone were measured"
    assert batch.sure.startswith("half sure: on this device a batch of 1 was measured, no other")


def test_numbers_do_for_a_model():
    """With the layers a model in numbers gets the answer of its name; without, it says so."""
    for name, numbers in ((LLAMA, (6607077376, 6738415616, 225)),
                          ("ResNet-50 v1", (3857973248, 25502912, 54))):  # fmt: skip
        same, one, blind = (faster(m, "t4", 8, 8) for m in (name, numbers, numbers[:2]))
        assert (one.times_s, one.starts_s) == (same.times_s, same.starts_s)
        assert (one.low, one.high) == (same.low, same.high)
        assert blind.starts_s is None and blind.started == blind.ratio == one.ratio > one.started
        assert "layers not given: starts not counted" in repr(blind)


@pytest.mark.parametrize(("num_bits", "gain"), [(8, 1.47), (3, 2.08), (2, 2.27), (1, 2.50)])
def test_few_bits_keep_the_fixed_time(num_bits, gain):
    """The fit to 16 and 4.54 bits on an A100; below 4 bits nobody measured."""
    one = faster(LLAMA, "a100", num_bits)
    np.testing.assert_allclose([one.low, one.high], gain, atol=6e-3)
    assert one.sure.startswith("fairly sure" if num_bits == 8 else "half sure: on this device 16")


@pytest.mark.parametrize(
    ("name", "fits"),
    [("Orin Nano", (False, True)), ("t4", (True, True)), ("cortex-m4", (False, False))],
)
def test_does_it_fit(name, fits):
    """13.5 GB at 16 bits and 3.4 at 4: in 8 GB, in 16 GB, in 2 MB of flash."""
    one = faster(LLAMA, name)
    assert one.fits == fits
    assert one.sure.endswith("the weights do not fit") == (fits != (True, True))


def test_short_contexts_are_said_where_there_are_contexts():
    assert "KV cache" in repr(faster(LLAMA, "a100"))
    assert "KV cache" not in repr(faster("MobileNetV2", "a100"))


def test_two_boards_are_said():
    assert ("times of float32 by CY8C with HALE, int8 by STM32L4R5 with X-CUBE-AI"
            in repr(faster(NET, "cortex-m4", 8, 8)))  # fmt: skip


def test_a_gpu_of_ones_own():
    """An RTX 4090 in numbers finds what others measured on one: 2.46 of 3.53."""
    one = faster(LLAMA, Gpu("RTX 4090", 1008e9, {"float16": 165e12}, 24e9))
    assert [round(pair.measured, 2) for pair in one.pairs] == [2.46]
    assert one.sure.startswith("fairly sure") and ", an A100's (estimate)" in repr(one)
    np.testing.assert_allclose(one.times_s[0], 6738415616 * 2 / 1008e9)
    twin = Gpu("mine", 2039e9, {"float16": 312e12, "int8": 624e12})
    for bits in ((4, 16), (8, 8)):
        ours, theirs = (faster(LLAMA, place, *bits, 64) for place in (twin, "A100"))
        assert ours.times_s == theirs.times_s and ours.paths == theirs.paths
    assert faster(LLAMA, twin).sure.startswith("half sure: faster on others")


def test_a_quantized_network_keeps_its_bits():
    net8 = with_bits(8, 8, per_channel=True)(NET, np.zeros((1, 1, 8, 8), "f4"))
    assert faster(net8, "a100", 8, 8).times_s == faster(NET, "a100", 8, 8).times_s
    with pytest.raises(ValueError, match="weight_bits is 4, but the network itself has 8"):
        faster(net8, "a100", 4, 8)
    with pytest.raises(ValueError, match="input_bits is 16, but the network itself has 8"):
        faster(net8, "a100", 8, 16)


@pytest.mark.parametrize("name", ["a100", "t4", "h100", "jetson-orin-nano", "cortex-m4"])
@pytest.mark.parametrize("bits", [(4, 16), (8, 8), (4, 4), (16, 16), (32, 32)])
@pytest.mark.parametrize("batch", [1, 100, 5000])
def test_every_answer_is_in_order_and_fits_a_page(name, bits, batch):
    for model in (NET, LLAMA, (1e6, 1e6)):
        one = faster(model, name, *bits, batch)
        assert 0 < one.low <= one.high * (1 + 1e-12)
        if one.kind == "bound":
            assert one.high <= max(one.started, one.ratio) * (1 + 1e-12)
        shown = repr(one)
        assert max(map(len, shown.splitlines())) <= 95 and shown.endswith(".")


BAD = [
    ((NET, "abacus"), "no device 'abacus' in the tables; there are cortex-m4"),
    (("GPT-5", "a100"), "no model 'GPT-5' in the tables; there are LLaMA-2-7B"),
    ((NET, "cortex-m33"), "cortex-m33 has measured times of int8 alone: W16A16, .*float32"),
    ((NET, "a100", "int4"), "weight_bits .* not 'int4' .*int8 8, int4 4"),
    ((NET, "a100", 4, 64), "input_bits .* not 64"),
    ((NET, "a100", 4, 16, 0), r"batch must be a whole number from 1 to 1e\+12, not 0"),
    (((1, -2), "a100"), "positive numbers, not -2"),
]


@pytest.mark.parametrize(("question", "words"), BAD)
def test_what_is_not_there_is_listed(question, words):
    with pytest.raises(ValueError, match=words):
        faster(*question)
