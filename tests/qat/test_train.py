"""Training any model: it learns, leaves its input alone, and stops where the loss is lost."""

import numpy as np
import pytest
import torch
from torch import nn

from qlearn.networks import digits, fit_minmax, fold, load
from qlearn.numbers import Affine
from qlearn.qat import (
    FakeQuantize,
    FakeQuantized,
    History,
    Tracked,
    quantize_model,
    to_torch,
    train,
)
from qlearn.qat.train import batches, groups_of

X = np.float32([[1, 0], [-1, 0]] * 40)
Y = np.array([0, 1] * 40)


def line(weight=0.0):
    model = nn.Linear(2, 2)
    nn.init.constant_(model.weight, weight)
    nn.init.zeros_(model.bias)
    return model


def quantized(scale=0.5):
    return FakeQuantized(line(0.1), FakeQuantize(Affine(np.float32(scale), 0, -2, 1)))


def test_worked_example():
    """Class 0 is where the first number is positive: its weight rises, the other falls."""
    model, history = train(line(), (X, Y), epochs=20, rate=0.05)
    assert model.weight[0, 0] > 0.3 and model.weight[1, 0] < -0.3
    assert history.loss == sorted(history.loss, reverse=True) and len(history.loss) == 20
    assert history.loss[0] <= np.log(2) + 1e-6


def test_a_copy_is_trained_and_nobody_is_disturbed():
    model, before = line().eval(), torch.get_rng_state()
    trained, _ = train(model, (X, Y), epochs=1)
    assert not model.weight.any() and not model.training
    assert trained.weight.any() and not trained.training
    assert torch.equal(before, torch.get_rng_state())


def test_the_first_step_is_that_of_adamw():
    """One batch of 64: the same numbers as torch's own three lines."""
    model, x, y = line(0.3), torch.tensor(X[:64]), torch.tensor(Y[:64])
    ours, history = train(model, (x, y), epochs=1, rate=0.01)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=1e-2)
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    torch.testing.assert_close(ours.weight, model.weight)
    assert history.loss == pytest.approx([loss.item()], rel=1e-5)


def test_the_rates_follow_one_cosine():
    """A slope of 1 everywhere: AdamW's steps are the rates 1, 0.85, 0.5 and 0.15 of the first."""
    data = torch.tensor(X[:64]), torch.tensor(Y[:64])
    model, _ = train(line(), data, epochs=4, rate=0.01, loss=lambda y, target: -y.sum())
    assert model.bias.tolist() == pytest.approx([0.025] * 2, rel=1e-3)


def test_a_seed_is_an_order_of_the_images_and_so_is_a_generator():
    x = np.random.default_rng(0).normal(size=(80, 2)).astype(np.float32)
    seeds = 3, torch.Generator().manual_seed(3), 4
    number, rng, other = (train(line(), (x, Y), 2, seed)[1].loss for seed in seeds)
    assert number == rng != other


def test_watch_sees_each_epoch_in_evaluation_mode():
    _, history = train(
        line(), (X, Y), epochs=3, watch=lambda m: (m.training, m.weight[0, 0].item())
    )
    modes, weights = zip(*history.watched, strict=True)
    assert modes == (False,) * 3 and weights == tuple(sorted(weights))
    assert train(line(), (X, Y), epochs=2)[1].watched == []


def test_data_may_change_with_the_epoch_and_the_loss_with_the_task():
    seen = []

    def data(epoch):
        seen.append(epoch)
        return X, X @ np.float32([[1, 2], [3, 4]])

    _, history = train(line(), data, 60, rate=0.1, loss=nn.functional.mse_loss)
    assert seen == list(range(60)) and history.loss[-1] < 0.1 * history.loss[0]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_lost_loss_keeps_the_weights_of_the_epoch_before(bad):
    calls = []

    def loss(y, target):
        calls.append(1)
        return nn.functional.cross_entropy(y, target) + (bad if len(calls) == 6 else 0)

    good, expected = train(line(), (X, Y), epochs=2)
    with pytest.warns(UserWarning, match=f"epoch 2 is undone: its loss is {bad}"):
        model, history = train(line(), (X, Y), epochs=5, loss=loss)
    assert model.weight.isfinite().all() and model.weight.any()
    assert history.loss[0] == expected.loss[0] and len(history.loss) == 2
    assert good.weight[0, 0] * model.weight[0, 0] > 0


def test_weights_that_a_quantizer_refuses_count_as_a_lost_loss():
    """A rate so high that the second forward meets weights beyond all codes and floats."""
    model = nn.Sequential(quantized(), quantized())
    model[1].inputs = FakeQuantize(Affine(np.float32(1)))
    with pytest.warns(UserWarning, match="epoch 0 is undone: its loss is nan"):
        trained, history = train(model, (X, Y), rate=1e30)
    assert history == History([], [])
    model, trained = model[0], trained[0]
    assert torch.equal(trained.layer.weight, model.layer.weight)


def test_an_error_of_the_reader_stays_one():
    def loss(y, target):
        raise ValueError("no such class")

    with pytest.raises(ValueError, match="no such class"):
        train(quantized(), (X, Y), loss=loss)


def test_weights_that_the_last_step_breaks_are_undone():
    """The loss is finite, its gradient is not: only the weights tell."""
    model = line(0.1)
    with pytest.warns(UserWarning, match="epoch 0 is undone"):
        trained, history = train(
            model, (X[:64], Y[:64]), 1, loss=lambda y, _: (y - y.detach()).square().sum().sqrt()
        )
    assert torch.equal(trained.weight, model.weight) and history.loss == []


def test_a_scale_that_breaks_is_undone():
    model = quantized()
    model.weights.scale.data.fill_(float("nan"))
    with pytest.warns(UserWarning, match="epoch 0 is undone"):
        train(model, (X, Y))


def test_what_a_quantizer_learns_does_not_decay():
    decayed, learned = groups_of(quantized(), 0.01)
    assert [p.shape for p in decayed["params"]] == [(2, 2), (2,)]
    assert [p.shape for p in learned["params"]] == [()] and learned["weight_decay"] == 0
    shared = quantized()
    shared.inputs = shared.weights
    assert len(groups_of(nn.Sequential(shared, shared), 0.01)) == 2
    model = quantized()
    flat, _ = train(model, (X, Y), 5, loss=lambda y, target: 0 * y.sum())
    assert flat.weights.scale == model.weights.scale
    assert (flat.layer.weight.abs() < model.layer.weight.abs()).all()


def test_a_small_scale_takes_short_steps():
    rates = [groups_of(quantized(scale), 0.01)[1]["lr"] for scale in (0.001, 0.05, 0.5)]
    assert rates == pytest.approx([0.0001, 0.005, 0.01])


class Own(nn.Module):
    """A quantizer of the reader's."""

    def __init__(self):
        super().__init__()
        self.step = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        return x * self.step


def test_a_quantizer_of_the_readers_does_not_decay():
    decayed, own = groups_of(FakeQuantized(line(), Own()), 0.01)
    assert len(decayed["params"]) == 2 and (own["lr"], own["weight_decay"]) == (0.01, 0)


def test_claim_eight_bits_train_as_well_as_floats():
    """Small scales must survive Adam's steps, from the trained weights and at the default rate."""
    net, (x, y) = fold(load("digits_cnn")), digits("calibration")
    fits = fit_minmax(8, axis=0, symmetric=True), fit_minmax(8)
    losses = []
    for wrap in (FakeQuantize, Tracked):
        model = quantize_model(to_torch(net), *fits, x, wrap=wrap)
        trained, history = train(model, (x, y), epochs=6)
        losses.append(history.loss)
        if wrap is FakeQuantize:
            scales = [m.scale / m.floor for m in trained.modules() if isinstance(m, FakeQuantize)]
            assert min(scale.min() for scale in scales) > 2.0**16
    assert max(losses[0]) < max(losses[1]) + 0.1


@pytest.mark.parametrize(
    "count, sizes", [(128, [64, 64]), (129, [64, 65]), (1, [1]), (66, [64, 2])]
)
def test_batches_hold_every_image_once_and_none_alone(count, sizes):
    pieces = batches(count, torch.Generator().manual_seed(0))
    assert [len(piece) for piece in pieces] == sizes
    assert sorted(torch.cat(pieces).tolist()) == list(range(count))


def test_numbers_of_other_types_are_taken():
    """float64 images, int32 labels, a list, numpy's whole numbers as a seed."""
    expected, _ = train(line(), (X, Y), epochs=1)
    for data in ((X.astype(np.float64), Y.astype(np.int32)), (X.tolist(), Y.tolist())):
        model, _ = train(line(), data, epochs=1, seed=np.int64(0))
        assert torch.equal(model.weight, expected.weight)
    assert train(line().double(), (X, Y), epochs=1)[0].weight.dtype == torch.float64
    assert train(line(), (X, Y), epochs=0)[1].loss == []


def test_a_bar_is_shown_on_demand(capfd):
    train(line(), (X, Y), epochs=2)
    assert capfd.readouterr().err == ""
    train(line(), (X, Y), epochs=2, progress=True)
    assert "training: 100%" in capfd.readouterr().err


def test_claim_two_epochs_after_the_floats_repair_two_bits():
    net, (x, y) = fold(load("digits_cnn")), digits("test")
    model = to_torch(net)
    for layer in (0, 2, 5):
        scale = np.abs(net.weights[layer // 2]).mean() * 1.5
        Q = Affine(np.float32(scale), 0, -2, 1)
        model[layer] = FakeQuantized(model[layer], FakeQuantize(Q))

    def accuracy(model):
        return (model(torch.tensor(x)).argmax(1).numpy() == y).mean()

    trained, _ = train(model, digits("train"), epochs=2, rate=2e-3)
    assert accuracy(trained) > accuracy(model) + 0.05


BAD = {
    "device is 'cuda:99'": lambda: train(line(), (X, Y), device="cuda:99"),
    "device is 'toaster'": lambda: train(line(), (X, Y), device="toaster"),
    "data holds nan": lambda: train(line(), (X * float("nan"), Y)),
    "data has 80 images and 79 labels": lambda: train(line(), (X, Y[1:])),
    "data has 0 images": lambda: train(line(), (X[:0], Y[:0])),
    "data is a ndarray": lambda: train(line(), X),
    "epochs is -1": lambda: train(line(), (X, Y), epochs=-1),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
