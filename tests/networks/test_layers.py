"""Layers, against a pencil and against torch."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from qlearn.networks import AvgPool, BatchNorm, Conv2d, Dense, Flatten, ReLU, Sequential

SQUARE = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)  # 0 1 2 / 3 4 5 / 6 7 8
seeds = st.integers(0, 2**32 - 1)


def floats(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def assert_close(y, oracle):
    """Equal but for the order of a float32 sum."""
    oracle = np.asarray(oracle)
    assert y.shape == oracle.shape and y.dtype == np.float32
    np.testing.assert_allclose(y, oracle, rtol=0, atol=1e-5 * max(1, np.abs(oracle).max()))


def test_worked_example_conv2d():
    W, b = np.float32([[[[1, 0], [0, -1]]]]), np.float32([10])
    assert Conv2d(W, b)(SQUARE).tolist() == [[[[6, 6], [6, 6]]]]  # 0 - 4 + 10, 1 - 5 + 10, ...
    assert Conv2d(W, padding=1)(SQUARE)[0, 0].tolist() == [
        [0, -1, -2, 0],
        [-3, -4, -4, 2],
        [-6, -4, -4, 5],
        [0, 6, 7, 8],
    ]
    assert Conv2d(W, padding=1, stride=2)(SQUARE)[0, 0].tolist() == [[0, -2], [-6, -4]]


def test_worked_example_depthwise():
    """Each channel has its own kernel and sees no other."""
    x = np.concatenate([SQUARE, 10 * SQUARE], axis=1)
    W = np.float32([[[[1, 1]]], [[[0, 2]]]])
    y = Conv2d(W, groups=2)(x)
    assert y[0, 0].tolist() == [[1, 3], [7, 9], [13, 15]]
    assert y[0, 1].tolist() == [[20, 40], [80, 100], [140, 160]]


def test_worked_example_dense():
    layer = Dense(np.float32([[1, 2], [3, 4], [5, 6]]), np.float32([0, 0, 100]))
    assert layer(np.float32([[1, 10]])).tolist() == [[21, 43, 165]]


def test_worked_example_batch_norm():
    gamma, beta, mean, var = np.float32([[2, 1], [1, 0], [3, 0], [4, 1]])
    norm = BatchNorm(gamma, beta, mean, var, eps=0.0)
    assert norm.factor.tolist() == [1, 1]
    x = np.float32([5, 6]).reshape(1, 2, 1, 1)
    assert norm(x).ravel().tolist() == [3, 6]  # 2 (5 - 3) / 2 + 1 and 1 (6 - 0) / 1 + 0


def test_worked_example_relu_pool_flatten():
    x = np.arange(-8, 8, dtype=np.float32).reshape(1, 1, 4, 4)
    assert ReLU()(x).ravel().tolist() == [0] * 8 + list(range(8))
    assert AvgPool(2)(x)[0, 0].tolist() == [[-5.5, -3.5], [2.5, 4.5]]  # (-8 - 7 - 4 - 3) / 4
    pair = np.arange(8, dtype=np.float32).reshape(2, 1, 2, 2)
    assert Flatten()(pair).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_worked_example_sequential():
    """One layer after the other, in this order: the ReLU comes before the sign change."""
    net = Sequential((ReLU(), Dense(np.float32([[-1]]))), input_shape=(1,))
    assert net(np.float32([[-3], [4]])).tolist() == [[0], [-4]]


def test_worked_example_what_happens_inside_a_network():
    net = Sequential((Dense(np.float32([[2], [-2]])), ReLU(), Dense(np.float32([[1, 1]]))), (1,))
    inside = net.outputs(np.float32([[3]]))
    assert [y.tolist() for y in inside] == [[[6, -6]], [[6, 0]], [[6]]]
    assert [W.shape for W in net.weights] == [(2, 1), (1, 2)]  # the ReLU has none


@given(seeds, st.sampled_from([(1, 1), (1, 2), (2, 1), (3, 3)]), st.integers(1, 3))
def test_conv2d_is_linear(seed, size, stride):
    x, z = floats(2, 2, 3, 7, 6, seed=seed)
    layer = Conv2d(floats(4, 3, *size, seed=seed), stride=stride, padding=1)
    assert_close(layer(3 * x - z), 3 * layer(x) - layer(z))


@given(seeds)
def test_an_image_does_not_depend_on_its_batch(seed):
    x = floats(5, 4, 6, 6, seed=seed)
    layer = Conv2d(floats(4, 2, 3, 3, seed=seed), floats(4), padding=1, groups=2)
    assert_close(layer(x)[3:4], layer(x[3:4]))


@given(seeds)
def test_a_dense_layer_is_a_one_by_one_convolution(seed):
    W, b, x = floats(4, 3, seed=seed), floats(4, seed=seed + 1), floats(2, 3, seed=seed + 2)
    y = Conv2d(W[:, :, None, None], b)(x[:, :, None, None])
    assert_close(Dense(W, b)(x), y[:, :, 0, 0])


@given(seeds, st.sampled_from([1, 2, 3, 6]))
def test_pooling_keeps_the_mean(seed, size):
    x = floats(2, 3, 6, 6, seed=seed)
    assert_close(AvgPool(size)(x).mean(axis=(2, 3)), x.mean(axis=(2, 3)))


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_oracle_torch_conv2d(stride, padding, groups):
    x, W, b = floats(3, 4, 8, 7), floats(8, 4 // groups, 3, 2, seed=1), floats(8, seed=2)
    oracle = F.conv2d(*map(torch.tensor, (x, W, b)), stride, padding, groups=groups)
    assert_close(Conv2d(W, b, stride, padding, groups)(x), oracle)


def test_oracle_torch_the_other_layers():
    x, W, b = floats(5, 6, 8, 8), floats(10, 384, seed=1), floats(10, seed=2)
    gamma, beta, mean, var = floats(4, 6, seed=3) ** 2
    X = torch.tensor(x)
    oracle = F.batch_norm(X, *map(torch.tensor, (mean, var, gamma, beta)), eps=0.01)
    assert_close(BatchNorm(gamma, beta, mean, var, eps=0.01)(x), oracle)
    assert_close(ReLU()(x), F.relu(X))
    assert_close(AvgPool(4)(x), F.avg_pool2d(X, 4))
    assert_close(Flatten()(x), torch.flatten(X, 1))
    oracle = F.linear(torch.flatten(X, 1), torch.tensor(W), torch.tensor(b))
    assert_close(Dense(W, b)(Flatten()(x)), oracle)


LAYERS = [
    Conv2d(floats(2, 2, 3, 3)),
    BatchNorm(*floats(4, 2) ** 2),
    ReLU(),
    AvgPool(2),
    Flatten(),
    Sequential((ReLU(),)),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
def test_a_layer_is_frozen_and_leaves_its_input_alone(layer):
    with pytest.raises(FrozenInstanceError):
        layer.W = layer.layers = layer.size = None
    x = floats(3, 2, 4, 4)
    kept = x.copy()
    y = layer(x)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(layer(np.asfortranarray(x)), y)  # other memory, same numbers


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Conv2d(floats(4, 3, 1, 1)), (1, 2, 5, 5), "Conv2d takes (n, 3, h, w)"),
        (Conv2d(floats(4, 1, 3, 3), groups=4), (1, 3, 5, 5), "Conv2d takes (n, 4, h, w)"),
        (Dense(floats(4, 3)), (2, 5), "Dense takes (n, 3)"),
        (BatchNorm(*floats(4, 3)), (1, 1, 5, 5), "BatchNorm takes (n, 3, h, w)"),
    ],
)
def test_a_wrong_number_of_channels_is_refused(layer, shape, message):
    with pytest.raises(ValueError) as error:
        layer(floats(*shape))
    assert str(error.value) == f"x has shape {shape}: {message}"


def test_a_pool_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match=r"AvgPool\(3\) does not divide images of 6 x 8"):
        AvgPool(3)(floats(1, 1, 6, 8))
    with pytest.raises(ValueError, match=r"AvgPool\(3\) does not divide images of 8 x 6"):
        AvgPool(3)(floats(1, 1, 8, 6))


def test_images_of_another_shape_are_refused():
    message = r"x has images of \(1, 4, 4\), the network takes \(1, 8, 8\)"
    with pytest.raises(ValueError, match=message):
        Sequential((ReLU(),), (1, 8, 8))(floats(2, 1, 4, 4))


def test_codes_are_refused_because_their_products_would_wrap():
    q = np.full((2, 64), 100, np.int8)
    with pytest.raises(ValueError, match="x holds int8 values: layers take floats"):
        Dense(floats(3, 64))(q)
    with pytest.raises(ValueError, match="W holds int8 values"):
        Dense(q)
    with pytest.raises(ValueError, match="x holds uint8 values"):
        AvgPool(2)(np.full((1, 1, 2, 2), 200, np.uint8))


def test_a_bias_goes_with_the_outputs():
    with pytest.raises(ValueError, match=r"b has shape \(3,\), W \(1, 1, 3, 3\)"):
        Conv2d(floats(1, 1, 3, 3), floats(3))


def test_a_batch_norm_takes_images():
    with pytest.raises(ValueError, match=r"BatchNorm takes \(n, 5, h, w\)"):
        BatchNorm(*floats(4, 5))(floats(3, 5))


def test_a_network_in_a_network_is_one_network():
    inner = Sequential((ReLU(), Flatten()))
    net = Sequential((inner, Sequential((inner,))), [1, 2, 2])
    assert [type(layer) for layer in net.layers] == [ReLU, Flatten] * 2
    assert net.input_shape == (1, 2, 2)
