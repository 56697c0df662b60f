"""A layer with quantizers is a layer: by hand, against torch, and on the shipped networks."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from qlearn.networks import (
    Conv2d,
    Dense,
    Flatten,
    Quantized,
    ReLU,
    Sequential,
    digits,
    evaluate,
    fit_minmax,
    fold,
    load,
    quantize,
    with_bits,
)
from qlearn.numbers import Affine, minmax_range, sqnr

NAMES = ["digits_cnn", "digits_mobilenet"]
IDENTITY = np.eye(2, dtype=np.float32)


def floats(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def fit(num_bits, axis=None, symmetric=True):
    """A function array -> quantizer."""
    return lambda x: Affine.from_range(
        *minmax_range(x, axis=axis), num_bits=num_bits, symmetric=symmetric
    )


def weighted(net):
    return [layer for layer in net.layers if isinstance(layer, Conv2d | Dense | Quantized)]


def test_worked_example():
    """W is rounded to halves, x to quarters, the bias stays."""
    layer = Dense(np.float32([[0.9, -0.4]]), np.float32([0.1]))
    x = np.float32([[1.1, 0.6]])
    halves, quarters = Affine(np.float32(0.5)), Affine(np.float32(0.25))
    np.testing.assert_allclose(Quantized(layer)(x), [[0.85]], rtol=1e-6)  # 0.99 - 0.24 + 0.1
    np.testing.assert_allclose(Quantized(layer, halves)(x), [[0.9]], rtol=1e-6)  # 1.1 - 0.3 + 0.1
    np.testing.assert_allclose(Quantized(layer, None, quarters)(x), [[0.8]], rtol=1e-6)
    # x is [1, 0.5] and W is [1, -0.5]: 1 - 0.25 + 0.1.
    np.testing.assert_allclose(Quantized(layer, halves, quarters)(x), [[0.85]], rtol=1e-6)


def test_worked_example_quantize():
    """The second layer's inputs are what the ReLU gives: 0 to 3, so one step is 0.2 at 4 bits."""
    net = Sequential((Dense(IDENTITY), ReLU(), Dense(3 * IDENTITY)), (2,))
    x = np.float32([[-1, 2], [3, 0]])
    first, relu, last = quantize(net, fit(2), fit(4, symmetric=False), x).layers
    np.testing.assert_allclose(first.inputs.scale, 4 / 15, rtol=1e-6)  # -1 to 3
    np.testing.assert_allclose(last.inputs.scale, 3 / 15, rtol=1e-6)
    np.testing.assert_allclose([first.weights.scale, last.weights.scale], [2 / 3, 2], rtol=1e-6)
    assert relu is net.layers[1]
    assert first.layer is net.layers[0] and last.layer is net.layers[2]


def test_worked_example_with_bits():
    """Weights: -1 to 2 becomes -2 to 2, in 3 steps at 2 bits. Inputs: -1 to 3, in 15 at 4."""
    net = Sequential((Dense(np.float32([[2, 0], [0, -1]])),), (2,))
    x = np.float32([[-1, 2], [3, 0]])
    (layer,) = with_bits(2, 4)(net, x).layers
    np.testing.assert_allclose(layer.weights.scale, 4 / 3, rtol=1e-6)
    assert (layer.weights.num_bits, layer.weights.zero_point) == (2, 0)
    np.testing.assert_allclose(layer.inputs.scale, 4 / 15, rtol=1e-6)
    assert (layer.inputs.num_bits, layer.inputs.zero_point) == (4, -4)  # -8 + 1 / 0.27
    (layer,) = with_bits(2, per_channel=True)(net, x).layers
    np.testing.assert_allclose(layer.weights.scale, [[4 / 3], [2 / 3]], rtol=1e-6)
    assert layer.inputs is None
    (layer,) = with_bits(32, 8)(net, x).layers
    assert layer.weights is None and layer.inputs.num_bits == 8


@given(st.integers(0, 2**32 - 1))
def test_without_quantizers_it_is_the_layer_itself(seed):
    x = floats(2, 3, 5, 5, seed=seed)
    conv = Conv2d(floats(4, 3, 3, 3, seed=seed), floats(4), padding=1)
    np.testing.assert_array_equal(Quantized(conv, None, None)(x), conv(x))
    net = Sequential((conv, ReLU(), Flatten(), Dense(floats(2, 100))), (3, 5, 5))
    np.testing.assert_array_equal(quantize(net)(x), net(x))


@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
def test_the_output_errs_by_at_most_half_a_step_for_each_weight(seed, num_bits):
    layer, x = Dense(floats(3, 16, seed=seed)), floats(4, 16, seed=seed + 1)
    Q = fit(num_bits)(layer.W)
    bound = Q.scale / 2 * np.abs(x).sum(axis=1, keepdims=True)
    assert (np.abs(Quantized(layer, Q)(x) - layer(x)) <= bound * (1 + 1e-5)).all()


def test_the_inputs_are_fitted_to_what_the_layer_receives_in_the_float_network():
    net = Sequential((Dense(floats(5, 4)), ReLU(), Dense(floats(3, 5))), (4,))
    x, seen = floats(6, 4, seed=1), []
    quantize(net, fit(2), lambda a: seen.append(a), x)
    assert len(seen) == 2
    np.testing.assert_array_equal(seen[0], x)
    np.testing.assert_array_equal(seen[1], np.maximum(net.layers[0](x), 0))


def test_quantizing_leaves_the_float_network_alone():
    net = fold(load("digits_cnn"))
    kept = [layer.W.copy() for layer in weighted(net)]
    x, _ = digits("calibration")
    Q_net = quantize(net, fit(2), fit(2, symmetric=False), x)
    Q_net(x)
    assert Q_net.input_shape == net.input_shape
    for layer, W in zip(weighted(net), kept, strict=True):
        assert not isinstance(layer, Quantized)
        np.testing.assert_array_equal(layer.W, W)


def test_weights_alone_need_no_calibration_inputs():
    layers = weighted(quantize(fold(load("digits_cnn")), fit(8)))
    assert len(layers) == 4 and all(layer.inputs is None for layer in layers)


def test_inputs_alone_leave_the_weights_floats():
    x, _ = digits("calibration")
    layers = weighted(quantize(fold(load("digits_cnn")), fit_inputs=fit(8), x=x))
    assert len(layers) == 4 and all(layer.weights is None for layer in layers)


def test_oracle_torch_fake_quantize_around_a_convolution():
    W, b, x = floats(4, 3, 3, 3), floats(4, seed=1), floats(2, 3, 6, 6, seed=2)
    # The narrow range puts no weight on a tie, where torch's 1 / scale would decide by chance.
    Qw = Affine.from_range(*minmax_range(W, axis=0), 4, symmetric=True, narrow_range=True)
    Qx = fit(8, symmetric=False)(x)
    y = Quantized(Conv2d(W, b, padding=1), weights=Qw, inputs=Qx)(x)
    fake_W = torch.fake_quantize_per_channel_affine(
        torch.tensor(W), torch.tensor(Qw.scale.ravel()), torch.zeros(4, dtype=torch.int32), 0, -7, 7
    )
    scale, zero_point = float(Qx.scale), int(Qx.zero_point)
    fake_x = torch.fake_quantize_per_tensor_affine(torch.tensor(x), scale, zero_point, -128, 127)
    oracle = F.conv2d(fake_x, fake_W, torch.tensor(b), padding=1)
    np.testing.assert_allclose(y, oracle.numpy(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_claim_16_bits_are_nearly_float(name):
    """On the images that the ranges were fitted to: others may be clipped."""

    def make(net, x):
        return quantize(net, fit(16, axis=0), fit(16, symmetric=False), x)

    scores = evaluate(name, make, part="calibration")
    assert (scores.logit_sqnr > 75).all() and (scores.changed == 0).all()
    clipped = evaluate(name, make)
    assert (clipped.logit_sqnr < scores.logit_sqnr).all() and (clipped.changed < 0.2).all()


@pytest.mark.parametrize("name", NAMES)
def test_claim_a_scale_for_each_channel_beats_one_for_all(name):
    """At 3 bits, for every seed; at 4 bits two seeds of digits_cnn have better logits without."""
    tensor = evaluate(name, lambda net, x: quantize(net, fit(3)))
    channel = evaluate(name, lambda net, x: quantize(net, fit(3, axis=0)))
    assert (channel.logit_sqnr > tensor.logit_sqnr).all()
    assert (channel.changed < tensor.changed).all()


@pytest.mark.parametrize("name", NAMES)
def test_claim_a_scale_for_each_channel_is_nearer_to_the_weights_of_every_layer(name):
    for layer in weighted(fold(load(name))):
        channel, tensor = fit(4, axis=0)(layer.W), fit(4)(layer.W)
        assert sqnr(layer.W, channel(layer.W)) > sqnr(layer.W, tensor(layer.W))


def test_claim_one_scale_for_all_breaks_depthwise_networks_first():
    cnn, mobile = (evaluate(name, lambda net, x: quantize(net, fit(4))) for name in NAMES)
    assert cnn.accuracy.mean() - mobile.accuracy.mean() > 10


@pytest.mark.parametrize("name", NAMES)
def test_claim_8_bits_change_next_to_no_decision(name):
    assert (evaluate(name, with_bits(8, 8, per_channel=True)).changed < 0.5).all()


def test_bits_that_no_grid_has_are_refused():
    net = Sequential((Dense(IDENTITY),), (2,))
    with pytest.raises(ValueError, match="num_bits is 17"):
        with_bits(17)(net, IDENTITY)


def test_a_layer_without_weights_is_refused():
    with pytest.raises(ValueError, match="layer is a ReLU: only weights are quantized"):
        Quantized(ReLU())


def test_fit_inputs_without_inputs_is_refused():
    message = "fit_inputs is given but x is None: give calibration inputs"
    with pytest.raises(ValueError, match=message):
        quantize(Sequential((Dense(IDENTITY),)), fit(8), fit(8))


def test_a_quantized_network_is_not_quantized_again():
    once = with_bits(8)(fold(load("digits_cnn")), None)
    with pytest.raises(ValueError, match="layer 0 is quantized already"):
        with_bits(2)(once, None)


def test_the_weights_of_a_quantized_network_lie_on_their_grids():
    net = with_bits(2)(fold(load("digits_cnn")), None)
    assert [len(np.unique(W)) for W in net.weights] == [4, 4, 4, 4]


def test_fit_minmax_is_min_max_on_any_grid():
    Q = fit_minmax(4, axis=0, symmetric=True)(np.float32([[1, -2], [3, 4]]))
    np.testing.assert_array_equal(Q.scale, np.float32([[4 / 15], [8 / 15]]))
    assert fit_minmax(8, signed=False)(np.float32([0, 51])).scale == np.float32(0.2)
