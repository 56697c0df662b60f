"""Training: it learns, it does so twice alike, and it disturbs nobody."""

from functools import cache
from importlib import import_module

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from qlearn.networks import Dense, Flatten, Sequential, digits
from qlearn.networks.trained import arrays_of, digits_cnn, with_arrays
from qlearn.qat import train_nets
from qlearn.qat.nets import initialized, plain_and_hard, trained_net
from qlearn.qat.twin import to_torch

module = import_module("qlearn.qat.nets")


def zeros(*shape):
    return np.zeros(shape, np.float32)


def small_net():
    return Sequential((Flatten(), Dense(zeros(10, 64), zeros(10))), (1, 8, 8))


def some_digits(epoch=0):
    x, y = digits("train")
    return x[:400], y[:400]


def accuracy(net):
    x, y = digits("test")
    return 100 * np.mean(net(x).argmax(axis=1) == y)


@cache
def short_run(seed):
    return trained_net(digits_cnn(), some_digits, epochs=3, seed=seed)


def test_worked_example():
    """Two pixels, two classes, told apart by their sign: one weight of each sign."""
    x = np.float32([[1], [-1]] * 32)
    net = trained_net(
        Sequential((Dense(zeros(2, 1)),)), lambda epoch: (x, np.array([0, 1] * 32)), 50, 0
    )
    W = net.layers[0].W
    assert W[0] > W[1]
    assert net(np.float32([[2], [-2]])).argmax(axis=1).tolist() == [0, 1]


def test_a_tiny_run_learns_far_above_guessing():
    assert accuracy(short_run(0)) > 70  # guessing gives 10


def test_the_same_seed_gives_the_same_network():
    again = trained_net(digits_cnn(), some_digits, epochs=3, seed=0)
    for key, array in arrays_of(short_run(0)).items():
        np.testing.assert_allclose(arrays_of(again)[key], array, rtol=1e-3, atol=1e-3)


def test_another_seed_gives_another_network():
    first, other = (short_run(seed).layers[0].W for seed in (0, 1))
    assert np.abs(first - other).max() > 0.1


def test_training_leaves_torch_random_state_and_the_given_network_alone():
    net, before = small_net(), torch.get_rng_state()
    trained = trained_net(net, some_digits, epochs=1)
    assert torch.equal(before, torch.get_rng_state())
    assert not any(array.any() for array in arrays_of(net).values())
    assert trained.input_shape == (1, 8, 8)
    assert all(array.dtype == np.float32 for array in arrays_of(trained).values())


def test_every_epoch_asks_for_its_own_data():
    epochs = []
    trained_net(small_net(), lambda epoch: epochs.append(epoch) or some_digits(), epochs=3)
    assert epochs == [0, 1, 2]


def test_batch_norm_learns_its_statistics():
    norm = short_run(0).layers[1]
    assert norm.mean.any() and (norm.var != 1).all() and (norm.var > 0).all()


def test_training_starts_anew_from_random_weights():
    """Weights with variance 2 / fan_in, no biases, and a batch norm that does nothing."""
    net = digits_cnn()
    net = with_arrays(net, {key: np.full_like(a, 7) for key, a in arrays_of(net).items()})
    fresh = initialized(to_torch(net), torch.Generator().manual_seed(0))
    conv, norm, dense = fresh[7], fresh[8], fresh[12]
    np.testing.assert_allclose(conv.weight.detach().var(), 2 / (32 * 9), rtol=0.05)
    np.testing.assert_allclose(dense.weight.detach().var(), 2 / 256, rtol=0.1)
    assert not dense.bias.any() and not norm.bias.any() and not norm.running_mean.any()
    assert (norm.weight == 1).all() and (norm.running_var == 1).all()


def test_oracle_scikit_learn_reaches_the_same_accuracy_with_one_dense_layer():
    x, y = some_digits()
    oracle = LogisticRegression(max_iter=200).fit(x.reshape(400, 64), y)
    x_test, y_test = digits("test")
    expected = 100 * oracle.score(x_test.reshape(540, 64), y_test)
    assert abs(accuracy(trained_net(small_net(), some_digits, epochs=40, rate=0.05)) - expected) < 3


def test_each_epoch_sees_the_digits_as_they_are_and_distorted_anew():
    data, (x, y) = plain_and_hard(seed=0), digits("train")
    (first, labels), (second, _) = data(0), data(1)
    assert first.shape == (2154, 1, 8, 8)
    np.testing.assert_array_equal(first[:1077], x)
    np.testing.assert_array_equal(labels, [*y, *y])
    assert (first[1077:] != second[1077:]).any(axis=(1, 2, 3)).mean() > 0.99
    np.testing.assert_array_equal(first, data(0)[0])  # the same epoch, the same images
    assert (first != plain_and_hard(seed=1)(0)[0]).any()


@pytest.fixture
def small_factory(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "HERE", tmp_path / "nets")
    monkeypatch.setattr(module, "SEEDS", range(2))
    monkeypatch.setattr(module, "NETWORKS", {"small": small_net})
    return tmp_path / "nets"


def test_claim_one_command_writes_every_network_and_seed_again(small_factory, capsys):
    train_nets(epochs=2)
    assert capsys.readouterr().out == "small seed 0: trained\nsmall seed 1: trained\n"
    for seed in range(2):
        with np.load(small_factory / f"small-{seed}.npz", allow_pickle=False) as arrays:
            net = with_arrays(small_net(), arrays)
        expected = trained_net(small_net(), plain_and_hard(seed), epochs=2, seed=seed)
        np.testing.assert_allclose(net.layers[1].W, expected.layers[1].W, rtol=1e-3, atol=1e-3)


def test_a_layer_without_a_torch_twin_is_refused():
    with pytest.raises(ValueError, match="a str has no torch twin"):
        trained_net(Sequential(("softmax",)), some_digits)
