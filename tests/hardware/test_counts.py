"""Counts, against torch's counter, the published ones, and a pencil."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from qlearn.grids import Codebook
from qlearn.hardware import bops, cost, count
from qlearn.networks.layers import AvgPool, Conv2d, Dense, Flatten, ReLU, Sequential
from qlearn.networks.quantized import Quantized
from qlearn.numbers import Affine


def zeros(*shape):
    return np.broadcast_to(np.float32(0), shape)


def conv(inputs, outputs, kernel, stride=1, groups=1):
    W = zeros(outputs, inputs // groups, kernel, kernel)
    return Conv2d(W, None, stride=stride, padding=kernel // 2, groups=groups)


def quantized(layer, num_bits, input_bits=None, channels=None, zero_point=0):
    scale = np.float32(0.1) if channels is None else np.full((channels, 1), 0.1, np.float32)
    limits = (-(2 ** (num_bits - 1)), 2 ** (num_bits - 1) - 1)
    inputs = input_bits and Affine(np.float32(0.1), 0, 0, 2**input_bits - 1)
    return Quantized(layer, weights=Affine(scale, zero_point, *limits), inputs=inputs)


def small_net(quantize=lambda layer: layer):
    layers = (conv(1, 4, 3), ReLU(), AvgPool(2), Flatten(), Dense(zeros(10, 64), zeros(10)))
    return Sequential(
        tuple(quantize(n) if isinstance(n, Conv2d | Dense) else n for n in layers), (1, 8, 8)
    )


def test_worked_example():
    first, last = count(small_net())
    assert (first.name, first.kind, first.fan_in) == ("conv 1", "conv", 9)
    assert (first.macs, first.weights, first.biases, first.bytes) == (64 * 4 * 9, 36, 0, 144)
    assert (last.name, last.macs, last.weights, last.biases) == ("dense 2", 640, 640, 10)
    assert (last.weight_bits, last.input_bits, last.bytes) == (32, 32, 4 * 650)


def test_stored_bytes_are_codes_scales_zero_points_and_biases():
    net = small_net(lambda n: quantized(n, 3, 8, channels=len(n.W) if n.W.ndim == 2 else None))
    first, last = count(net)
    assert (first.code_bytes, first.scale_bytes, first.zero_point_bytes) == (14, 4, 0)  # 13.5 up
    assert (last.code_bytes, last.scale_bytes, last.bias_bytes) == (240, 40, 40)
    assert last.bytes == 320
    asymmetric = Sequential((quantized(Dense(zeros(10, 64)), 4, zero_point=3),), (64,))
    assert count(asymmetric)[0].zero_point_bytes == 1


def test_a_codebook_stores_its_levels():
    layer = Quantized(Dense(zeros(10, 64), zeros(10)), weights=Codebook([-1, 0, 0.5, 2]))
    (row,) = count(Sequential((layer,), (64,)))
    assert (row.code_bytes, row.scale_bytes, row.zero_point_bytes) == (160, 0, 0)
    assert (row.level_bytes, row.bytes, row.weight_bits) == (16, 160 + 16 + 40, 2)
    priced = cost(Sequential((layer,), (64,)))
    assert priced.bytes == 216 and "biases 40 + levels 16" in repr(priced)
    scaled = Quantized(Dense(zeros(10, 64)), weights=Codebook([-1, 1], np.full((10, 1), 0.1)))
    (row,) = count(Sequential((scaled,), (64,)))
    assert (row.code_bytes, row.scale_bytes, row.level_bytes) == (80, 40, 8)
    assert "levels" not in repr(cost(small_net()))


@pytest.mark.parametrize(
    ("inputs", "outputs", "kernel", "stride", "groups", "kind"),
    [
        (3, 16, 3, 1, 1, "conv"),
        (3, 16, 3, 2, 1, "conv"),
        (1, 8, 5, 2, 1, "conv"),
        (8, 12, 3, 1, 4, "conv"),
        (16, 8, 1, 1, 1, "pointwise"),
        (16, 8, 1, 2, 1, "pointwise"),
        (16, 16, 3, 1, 16, "depthwise"),
        (16, 32, 3, 2, 16, "depthwise"),
    ],
)
@pytest.mark.parametrize("size", [7, 8])
def test_convolutions_as_torch_counts_them(inputs, outputs, kernel, stride, groups, kind, size):
    layer = conv(inputs, outputs, kernel, stride, groups)
    twin = torch.nn.Conv2d(
        inputs, outputs, kernel, stride, kernel // 2, groups=groups, device="meta"
    )
    with FlopCounterMode(display=False) as counter:
        twin(torch.zeros(1, inputs, size, size, device="meta"))
    (row,) = count(Sequential((layer,), (inputs, size, size)))
    assert (2 * row.macs, row.kind) == (counter.get_total_flops(), kind)
    assert row.weights == twin.weight.numel()


def test_dense_as_torch_counts_it():
    twin = torch.nn.Linear(64, 10, device="meta")
    with FlopCounterMode(display=False) as counter:
        twin(torch.zeros(1, 64, device="meta"))
    assert (
        2 * count(Sequential((Dense(zeros(10, 64)),), (64,)))[0].macs == counter.get_total_flops()
    )


def residual_layers(main, shortcuts):
    """Count a network with shortcuts: the chain of its layers, and its 1x1 shortcuts apart."""
    nets = [Sequential(tuple(main), (3, 224, 224))]
    nets += [Sequential((layer,), shape) for layer, shape in shortcuts]
    first, *rest = [layer for net in nets for layer in count(net)]
    return first, rest


def resnet18():
    main, shortcuts, channels, size = [conv(3, 64, 7, 2), AvgPool(2)], [], 64, 56
    for width in (64, 128, 256, 512):
        stride = 1 if width == 64 else 2
        main += [conv(channels, width, 3, stride)] + [conv(width, width, 3) for _ in range(3)]
        if stride == 2:
            shortcuts.append((conv(channels, width, 1, 2), (channels, size, size)))
        channels, size = width, size // stride
    main += [AvgPool(7), Flatten(), Dense(zeros(1000, 512))]
    return residual_layers(main, shortcuts)


def resnet50(stride_on_first):
    """v1 strides in a block's first 1x1, v1.5 (torchvision) in its 3x3."""
    main, shortcuts, channels, size = [conv(3, 64, 7, 2), AvgPool(2)], [], 64, 56
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            stride = 2 if block == 0 and width > 64 else 1
            s1, s3 = (stride, 1) if stride_on_first else (1, stride)
            main += [conv(channels, width, 1, s1), conv(width, width, 3, s3)]
            main += [conv(width, 4 * width, 1)]
            if block == 0:
                shortcuts.append((conv(channels, 4 * width, 1, stride), (channels, size, size)))
            channels, size = 4 * width, size // stride
    main += [AvgPool(7), Flatten(), Dense(zeros(1000, 2048))]
    return residual_layers(main, shortcuts)


def mobilenet_v2():
    main, channels = [conv(3, 32, 3, 2)], 32
    blocks = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1))
    for expand, outputs, repeats, stride in (*blocks, (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(repeats):
            hidden = expand * channels
            main += [conv(channels, hidden, 1)] if expand > 1 else []
            main += [conv(hidden, hidden, 3, stride if i == 0 else 1, hidden)]
            main += [conv(hidden, outputs, 1)]
            channels = outputs
    main += [conv(320, 1280, 1), AvgPool(7), Flatten(), Dense(zeros(1000, 1280))]
    return residual_layers(main, [])


def macs(net):
    first, rest = net
    return first.macs + sum(layer.macs for layer in rest)


def test_published_mac_counts():
    """torchvision's metadata: 1.814, 4.089 and 0.301 GMAC at 224 x 224."""
    assert macs(resnet18()) == 1_814_073_344
    assert macs(resnet50(stride_on_first=False)) == 4_089_184_256
    assert macs(mobilenet_v2()) == 300_774_272


def at_bits(net, num_bits, ends):
    """The counts with every layer at num_bits but the first and the last at `ends`."""
    first, rest = net
    layers = []
    for n in (first, *rest):
        b = ends if n is first or n.kind == "dense" else num_bits
        layers.append(SimpleNamespace(macs=n.macs, weight_bits=b, input_bits=b))
    return layers


@pytest.mark.parametrize(
    ("net", "num_bits", "published_gbops", "tolerance"),
    [
        (resnet18, 32, 1858, 0.001),
        (resnet18, 8, 116, 0.001),
        (resnet18, 4, 34, 0.022),
        (lambda: resnet50(stride_on_first=True), 32, 3951, 0.001),
        (lambda: resnet50(stride_on_first=True), 8, 247, 0.001),
        (lambda: resnet50(stride_on_first=True), 4, 67, 0.008),
    ],
)
def test_bops_of_hawq_v3(net, num_bits, published_gbops, tolerance):
    """HAWQ-V3 Tables I and II (Zhen-Dong/HAWQ README); at 4 bits both ends stay at 8."""
    ours = bops(at_bits(net(), num_bits, ends=max(num_bits, 8))) / 1e9
    np.testing.assert_allclose(ours, published_gbops, rtol=tolerance)


def test_model_sizes_of_hawq_v3():
    """ResNet-18 and -50 at 8 bits: 11.1 and 24.5 MiB (same tables)."""
    for (first, rest), published in ((resnet18(), 11.1), (resnet50(True), 24.5)):
        size_mib = sum(layer.weights for layer in (first, *rest)) / 2**20
        np.testing.assert_allclose(size_mib, published, rtol=0.01)


def test_bops_with_the_accumulator():
    """UNIQ: m n k^2 (b_a b_w + b_a + b_w + log2(n k^2)); at 1 bit the sum costs the most."""
    (layer,) = count(Sequential((quantized(Dense(zeros(10, 64)), 8, 8),), (64,)))
    assert bops([layer]) == 640 * 64
    assert bops([layer], accumulate=True) == 640 * (64 + 8 + 8 + 6)
