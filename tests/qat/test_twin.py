"""The same network in numpy and in torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from qlearn.networks import (
    AvgPool,
    BatchNorm,
    Conv2d,
    Dense,
    Flatten,
    Quantized,
    ReLU,
    Sequential,
    digits,
    fit_minmax,
    fold,
    load,
    quantize,
)
from qlearn.networks.trained import arrays_of
from qlearn.numbers import Affine
from qlearn.qat import FakeQuantized, to_numpy, to_torch


def floats(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def every_layer(seed=0, stride=1, padding=1, groups=1, bias=True):
    W, norm = floats(4, 2 // groups, 3, 3, seed=seed), floats(4, 4, seed=seed) ** 2
    conv = Conv2d(W, floats(4) if bias else None, stride, padding, groups)
    side = (6 + 2 * padding - 3) // stride + 1
    dense = Dense(floats(3, 4 * side * side), floats(3) if bias else None)
    layers = conv, BatchNorm(*norm, eps=1e-3), ReLU(), AvgPool(1), Flatten(), dense
    return Sequential(layers, (2, 6, 6))


seeds, strides, paddings = st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(0, 2)
options = st.tuples(seeds, strides, paddings, st.sampled_from([1, 2]), st.booleans())


def run(module, x):
    with torch.no_grad():
        return module(torch.tensor(x)).numpy()


def assert_twins(net, module, x):
    y, y_torch = net(x), run(module, x)
    assert np.abs(y - y_torch).max() <= 1e-5 * np.abs(y).max()
    np.testing.assert_array_equal(y.argmax(axis=1), y_torch.argmax(axis=1))


def test_worked_example():
    module = to_torch(Sequential((Dense(np.float32([[1, 2]]), np.float32([3])), ReLU()), (2,)))
    assert [type(m) for m in module] == [nn.Linear, nn.ReLU]
    assert run(module, np.float32([[10, 20], [-10, 0]])).tolist() == [[53], [0]]


def test_worked_example_the_other_way():
    module = nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2), nn.AvgPool2d(2))
    conv, pool = to_numpy(module, (2, 8, 8)).layers
    assert conv.W.shape == (4, 1, 3, 3) and conv.b.shape == (4,)
    assert (conv.stride, conv.padding, conv.groups, pool.size) == (2, 1, 2, 2)


@given(options)
def test_there_and_back_is_the_same_network(options):
    net = every_layer(*options)
    back = to_numpy(to_torch(net), net.input_shape)
    assert back.input_shape == (2, 6, 6)
    assert list(arrays_of(back)) == list(arrays_of(net))
    for key, array in arrays_of(back).items():
        np.testing.assert_array_equal(array, arrays_of(net)[key])
    x = floats(3, 2, 6, 6, seed=1)
    np.testing.assert_array_equal(back(x), net(x))


@given(options)
def test_twins_compute_the_same(options):
    net, x = every_layer(*options), floats(3, 2, 6, 6, seed=1)
    y = net(x)
    np.testing.assert_allclose(run(to_torch(net), x), y, rtol=0, atol=1e-5 * np.abs(y).max())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["digits_cnn", "digits_mobilenet"])
def test_claim_the_shipped_networks_and_their_twins_decide_alike(name, seed):
    net, (x, _) = load(name, seed), digits("test")
    assert len(x) == 540
    assert_twins(net, to_torch(net), x)
    assert_twins(fold(net), to_torch(fold(net)), x)


def test_a_twin_is_ready_to_use():
    """In evaluation mode, so that batch norm neither sees the batch nor learns from it."""
    module = to_torch(every_layer())
    assert not any(m.training for m in module.modules())


def test_twins_share_no_memory():
    net = every_layer()
    kept = net.layers[0].W.copy()
    module = to_torch(net)
    nn.init.zeros_(module[0].weight)
    np.testing.assert_array_equal(net.layers[0].W, kept)
    back = to_numpy(module)
    nn.init.ones_(module[0].weight)
    assert not back.layers[0].W.any()


def test_read_only_and_turned_arrays_have_twins(recwarn):
    W = np.broadcast_to(np.float32([1, 2]), (3, 2))[:, ::-1]
    assert run(to_torch(Sequential((Dense(W),))), np.float32([[1, 10]])).tolist() == [[12] * 3]
    assert not recwarn.list


def test_making_a_twin_leaves_torch_random_state_alone():
    before = torch.get_rng_state()
    to_torch(every_layer())
    assert torch.equal(before, torch.get_rng_state())


class Softmax:
    """A layer that the course does not know."""


def test_a_layer_without_a_torch_twin_is_refused():
    with pytest.raises(ValueError, match="a Softmax has no torch twin"):
        to_torch(Sequential((Softmax(),)))


@pytest.mark.parametrize("num_bits", [2, 4, 8])
def test_a_quantized_network_has_a_twin_and_comes_back_from_it(num_bits):
    """Weights per channel, inputs per tensor: the same grids, the same decisions."""
    x, _ = digits("calibration")
    net = fold(load("digits_cnn"))
    net = quantize(net, fit_minmax(num_bits, axis=0, symmetric=True), fit_minmax(num_bits), x)
    module = to_torch(net)
    np.testing.assert_array_equal(run(module, x).argmax(axis=1), net(x).argmax(axis=1))
    for layer, twin in zip(net.layers, to_numpy(module).layers, strict=True):
        if isinstance(layer, Quantized):
            np.testing.assert_array_equal(layer.W, twin.W)
            assert layer.inputs.scale == twin.inputs.scale
            assert layer.inputs.zero_point == twin.inputs.zero_point


def test_a_quantizer_that_does_not_say_what_it_is_is_refused():
    module = FakeQuantized(nn.Linear(2, 2), nn.Identity())
    with pytest.raises(ValueError, match=r"Identity\(\) has no property Q"):
        to_numpy(nn.Sequential(module))


def test_only_weights_or_only_inputs():
    layer = Dense(floats(2, 3))
    Q = Affine(np.float32(0.5), 0, -2, 1)
    for twin in (Quantized(layer, weights=Q), Quantized(layer, inputs=Q), Quantized(layer)):
        net = Sequential((twin,), (3,))
        x = floats(5, 3, seed=1)
        np.testing.assert_allclose(run(to_torch(net), x), net(x), rtol=1e-5, atol=1e-6)
        back = to_numpy(to_torch(net)).layers[0]
        assert (back.weights is None) == (twin.weights is None)
        assert (back.inputs is None) == (twin.inputs is None)


@pytest.mark.parametrize(
    "module",
    [
        nn.Conv2d(1, 1, 3, dilation=2),
        nn.Conv2d(1, 1, 3, stride=(1, 2)),
        nn.Conv2d(1, 1, 3, padding=(0, 1)),
        nn.Conv2d(1, 1, 3, padding="same"),
        nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"),
    ],
)
def test_a_convolution_that_numpy_can_not_run_is_refused(module):
    with pytest.raises(ValueError) as error:
        to_numpy(nn.Sequential(module))
    message = "has no numpy twin: one stride, zero padding, no dilation"
    assert str(error.value) == f"{module} {message}"


@pytest.mark.parametrize(
    "module",
    [
        nn.Softmax(),
        nn.AvgPool2d(2, stride=1),
        nn.AvgPool2d(2, padding=1),
        nn.AvgPool2d((2, 1)),
        nn.BatchNorm2d(1, affine=False),
        nn.BatchNorm2d(1, track_running_stats=False),
        nn.Flatten(2),
    ],
    ids=str,
)
def test_a_module_without_a_numpy_twin_is_refused(module):
    with pytest.raises(ValueError) as error:
        to_numpy(nn.Sequential(module))
    twins = "Conv2d, Linear, BatchNorm2d, AvgPool2d, ReLU, Flatten"
    assert str(error.value) == f"{module} has no numpy twin; there are twins of {twins}"


class Doubling(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


@pytest.mark.parametrize("module", [Doubling(2, 2), nn.AvgPool2d(2, divisor_override=1)])
def test_a_module_that_computes_something_of_its_own_is_refused(module):
    with pytest.raises(ValueError, match="numpy twin"):
        to_numpy(nn.Sequential(module))
