"""Shapes, against torch's; peak memory, with a pencil; and the networks that have no price."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from qlearn.hardware import count, peak_activation_bytes
from qlearn.hardware.shapes import bits, shape_after, walk
from qlearn.networks.layers import AvgPool, BatchNorm, Conv2d, Dense, Flatten, ReLU, Sequential
from qlearn.networks.quantized import Quantized
from qlearn.numbers import Affine


def zeros(*shape):
    return np.broadcast_to(np.float32(0), shape)


CONV, DENSE = Conv2d(zeros(4, 1, 3, 3), padding=1), Dense(zeros(10, 64))
NET = Sequential((CONV, ReLU(), AvgPool(2), Flatten(), DENSE), (1, 8, 8))


def at_four_bits(layer):
    Q = Affine(np.float32(0.1), 0, -8, 7)
    return Quantized(layer, weights=Q, inputs=Q) if isinstance(layer, Conv2d | Dense) else layer


def test_worked_example():
    steps = list(walk(NET))
    assert [step.shape_out for step in steps] == [(4, 8, 8)] * 2 + [(4, 4, 4), (64,), (10,)]
    assert [step.has_weights for step in steps] == [True, False, False, False, True]


def test_quantized_layers_are_unwrapped():
    first = next(walk(Sequential(tuple(map(at_four_bits, NET.layers)), NET.input_shape)))
    assert (first.layer, bits(first.weights), bits(first.inputs), bits(None)) == (CONV, 4, 4, 32)


@pytest.mark.parametrize("size", [7, 8, 12])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 1), (3, 2, 1), (5, 3, 0)])
def test_convolutions_as_torch_does_them(size, kernel, stride, padding):
    twin = torch.nn.Conv2d(3, 8, kernel, stride, padding)
    layer = Conv2d(zeros(8, 3, kernel, kernel), stride=stride, padding=padding)
    out = twin(torch.zeros(1, 3, size, size))
    assert shape_after(layer, (3, size, size)) == tuple(out.shape[1:])


@pytest.mark.parametrize("size", [8, 12])
def test_pooling_as_torch_does_it(size):
    out = torch.nn.AvgPool2d(2)(torch.zeros(1, 3, size, size))
    assert shape_after(AvgPool(2), (3, size, size)) == tuple(out.shape[1:])


def test_the_shapes_are_those_of_a_run():
    x = np.zeros((2, 1, 8, 8), np.float32)
    for step in walk(NET):
        x = step.layer(x)
        assert x.shape[1:] == step.shape_out


def test_peak_activations():
    assert peak_activation_bytes(NET) == 4 * (4 * 64 + 4 * 16)  # the pooling
    # At 4 bits the pooling reads and writes codes of 4 bits, two to a byte.
    four_bits = Sequential(tuple(map(at_four_bits, NET.layers)), NET.input_shape)
    assert peak_activation_bytes(four_bits) == 128 + 32
    assert peak_activation_bytes(Sequential((Flatten(), DENSE), (4, 4, 4))) == 4 * 74


def test_unpriceable_networks():
    one = np.ones(3, np.float32)
    with pytest.raises(ValueError, match=r"BatchNorm has no price of its own: cost fold\(net\)"):
        count(Sequential((BatchNorm(one, one, one, one),), (3, 8, 8)))
    with pytest.raises(ValueError, match="no rule to price a layer of type SimpleNamespace"):
        count(SimpleNamespace(layers=(SimpleNamespace(),), input_shape=(3,)))
    with pytest.raises(ValueError, match="SimpleNamespace has no input_shape"):
        count(SimpleNamespace(layers=(ReLU(),), input_shape=None))
    with pytest.raises(ValueError, match="Dense has no input_shape"):
        count(Dense(zeros(10, 64)))
    with pytest.raises(ValueError, match="Conv2d takes 1 channels but gets 3"):
        count(Sequential((CONV,), (3, 8, 8)))
    with pytest.raises(ValueError, match="Dense takes 64 channels but gets 32"):
        count(Sequential((DENSE,), (32,)))
    with pytest.raises(ValueError, match=r"AvgPool\(2\) does not divide .*\(4, 7, 7\)"):
        count(Sequential((CONV, AvgPool(2)), (1, 7, 7)))


def test_a_kernel_larger_than_its_image_has_no_price():
    net = Sequential((Conv2d(np.ones((4, 1, 5, 5), np.float32)),), (1, 2, 2))
    with pytest.raises(ValueError, match=r"a kernel of \(5, 5\) does not fit"):
        peak_activation_bytes(net)
