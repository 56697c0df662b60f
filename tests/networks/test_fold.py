"""Folding batch norm: other numbers, the same function."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from qlearn.networks import BatchNorm, Conv2d, Dense, ReLU, Sequential, digits, fold, load
from qlearn.qat import to_torch

NAMES = ["digits_cnn", "digits_mobilenet"]


def random_pair(seed, groups=1, bias=True):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(4, 4 // groups, 3, 3)).astype(np.float32)
    b, gamma, beta, mean, var = rng.normal(size=(5, 4)).astype(np.float32)
    conv = Conv2d(W, b if bias else None, padding=1, groups=groups)
    return conv, BatchNorm(gamma, beta, mean, var**2 + np.float32(0.1))


def test_worked_example():
    conv = Conv2d(np.float32(6).reshape(1, 1, 1, 1), np.float32([5]))
    norm = BatchNorm(*np.float32([[4], [1], [3], [16]]), eps=0.0)  # gamma, beta, mean, var
    (folded,) = fold(Sequential((conv, norm))).layers
    assert folded.W.item() == 6  # 4 / sqrt(16) = 1 times 6
    assert folded.b.tolist() == [3]  # 1 + 1 (5 - 3)
    norm = BatchNorm(*np.float32([[2], [1], [3], [16]]), eps=0.0)
    (folded,) = fold(Sequential((conv, norm))).layers
    assert (folded.W.item(), folded.b.item()) == (3, 2)


def test_a_convolution_without_bias_gets_one():
    conv, norm = random_pair(0, bias=False)
    (folded,) = fold(Sequential((conv, norm))).layers
    np.testing.assert_allclose(folded.b, norm.beta - norm.factor * norm.mean, rtol=1e-6)
    assert folded.b.dtype == np.float32


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 4]), st.booleans())
def test_the_function_stays_the_same(seed, groups, bias):
    net = Sequential((*random_pair(seed, groups, bias), ReLU()), (4, 5, 5))
    x = np.random.default_rng(seed).normal(size=(3, 4, 5, 5)).astype(np.float32)
    y = net(x)
    np.testing.assert_allclose(fold(net)(x), y, rtol=0, atol=1e-5 * max(1, np.abs(y).max()))


def test_folding_twice_changes_nothing_more():
    folded = fold(Sequential((*random_pair(0), ReLU()), (4, 5, 5)))
    again = fold(folded)
    assert again.layers == folded.layers and again.input_shape == (4, 5, 5)


@pytest.mark.parametrize("groups", [1, 4])
def test_oracle_torch_fuses_to_the_same_weights(groups):
    conv, norm = random_pair(1, groups)
    (folded,) = fold(Sequential((conv, norm))).layers
    fused = fuse_conv_bn_eval(*to_torch(Sequential((conv, norm))))
    assert isinstance(fused, nn.Conv2d)
    np.testing.assert_allclose(folded.W, fused.weight.detach().numpy(), rtol=1e-5)
    torch.testing.assert_close(torch.tensor(folded.b), fused.bias.data)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_claim_a_shipped_network_computes_the_same_without_batch_norm(name, seed):
    net, (x, _) = load(name, seed), digits("test")
    folded = fold(net)
    norms = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    assert norms and len(folded.layers) == len(net.layers) - len(norms)
    assert not any(isinstance(layer, BatchNorm) for layer in folded.layers)
    assert {layer.W.dtype.name for layer in folded.layers if hasattr(layer, "W")} == {"float32"}
    y = net(x)
    assert np.abs(folded(x) - y).max() <= 1e-5 * np.abs(y).max()


def test_a_batch_norm_that_follows_no_convolution_is_refused():
    conv, norm = random_pair(0)
    message = "a BatchNorm after {} can't be folded: it needs a Conv2d"
    with pytest.raises(ValueError, match=message.format("nothing")):
        fold(Sequential((norm,)))
    with pytest.raises(ValueError, match=message.format("ReLU")):
        fold(Sequential((conv, ReLU(), norm)))
    with pytest.raises(ValueError, match=message.format("Dense")):
        fold(Sequential((Dense(np.eye(4, dtype=np.float32)), norm)))
