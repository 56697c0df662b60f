"""Quantizers on any model: where they sit, what they are fitted to, and who is refused."""

from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.utils.prune
from torch import nn

from qlearn.networks import digits, fit_minmax, fold, load, quantize
from qlearn.numbers import Affine
from qlearn.qat import (
    FakeQuantize,
    FakeQuantized,
    Tracked,
    lsq_start,
    quantize_model,
    to_numpy,
    to_torch,
    train,
)

WEIGHTS, INPUTS = fit_minmax(4, axis=0, symmetric=True), fit_minmax(4)


class Net(nn.Module):
    """As a reader writes one, with a skip, which only numpy's chain can't follow."""

    def __init__(self, skip=False):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm, self.fc, self.skip = nn.BatchNorm2d(4), nn.Linear(256, 10), skip

    def forward(self, x):
        y = torch.relu(self.norm(self.conv(x)))
        return self.fc((x + y if self.skip else y).flatten(1))


def images(part="calibration"):
    return digits(part)[0]


def test_worked_example():
    """One weight 0.3 on steps of 0.5 is 0.5; an input 2.4 on steps of 1 is 2."""
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 0.3)
    fit_weights, fit_inputs = (lambda a, s=s: Affine(np.float32(s)) for s in (0.5, 1))
    model = quantize_model(layer, fit_weights, fit_inputs, np.float32([[1]]))
    assert model(torch.tensor([[2.4]])).item() == 1.0
    assert layer.weight.item() == pytest.approx(0.3)


def test_the_numpy_networks_quantize_gives_the_same():
    """The same fits, the same floats before each layer: the same grids and decisions."""
    net, x = fold(load("digits_cnn")), images()
    expected = quantize(net, WEIGHTS, INPUTS, x)
    model = quantize_model(to_torch(net), WEIGHTS, INPUTS, x)
    back = to_numpy(model, net.input_shape)
    for ours, theirs in zip(back.layers, expected.layers, strict=True):
        if isinstance(getattr(theirs, "inputs", None), Affine):
            np.testing.assert_array_equal(ours.W, theirs.W)
            assert ours.inputs.scale == pytest.approx(theirs.inputs.scale, rel=1e-5)
    same = back(images("test")).argmax(1) == expected(images("test")).argmax(1)
    assert same.mean() > 0.99


@pytest.mark.parametrize("wrap", [FakeQuantize, Tracked])
@pytest.mark.parametrize("num_bits", [4, 2])
def test_a_trained_model_and_its_numpy_twin_decide_alike(wrap, num_bits):
    torch.manual_seed(0)
    fits = fit_minmax(num_bits, axis=0, symmetric=True), fit_minmax(num_bits)
    model = quantize_model(Net(), *fits, images(), wrap=wrap)
    model, history = train(model, digits("train"), epochs=2)
    net, x = to_numpy(model, (1, 8, 8)), images("test")
    logits = model(torch.tensor(x)).detach().numpy()
    np.testing.assert_array_equal(net(x).argmax(1), logits.argmax(1))
    assert history.loss[1] < history.loss[0]
    assert isinstance(model.conv, FakeQuantized) and isinstance(model.conv.weights, wrap)


def test_a_model_with_a_skip_is_trained_though_it_has_no_numpy_twin():
    model = quantize_model(Net(skip=True), WEIGHTS, INPUTS, images())
    train(model, digits("calibration"), epochs=1)
    with pytest.raises(ValueError, match="add takes more or less"):
        to_numpy(model)


def test_the_given_model_stays_as_it_is():
    model = Net().train()
    weight = model.conv.weight.clone()
    copy = quantize_model(model, WEIGHTS, INPUTS, images())
    assert isinstance(model.conv, nn.Conv2d) and model.training
    assert torch.equal(model.conv.weight, weight) and not model.norm.running_mean.any()
    assert copy.training and copy.conv.training and not copy.conv.layer._forward_pre_hooks
    assert not copy.norm.running_mean.any()
    done = quantize_model(model.eval(), WEIGHTS, INPUTS, images())
    assert not any(module.training for module in done.modules())
    nn.init.zeros_(copy.conv.layer.weight)
    assert model.conv.weight.any()


def test_inputs_are_counted_by_sample_and_offsets_learned_where_wanted():
    def wrap(Q, batched):
        return FakeQuantize(Q, offset=batched, batched=batched)

    model = quantize_model(Net(), WEIGHTS, INPUTS, images(), wrap=wrap)
    assert model.fc.inputs.batched and model.fc.inputs.beta is not None
    assert not model.fc.weights.batched and model.fc.weights.beta is None


def test_either_side_may_stay_float():
    only = quantize_model(Net(), WEIGHTS)
    assert only.fc.inputs is None and isinstance(only.fc.weights, FakeQuantize)
    other = quantize_model(Net(), None, INPUTS, images())
    assert other.fc.weights is None and isinstance(other.fc.inputs, FakeQuantize)
    plain, x = Net().eval(), torch.tensor(images())
    assert torch.equal(quantize_model(plain)(x), plain(x))


def test_a_shared_layer_stays_shared_and_is_fitted_to_all_it_receives():
    layer = nn.Linear(2, 2)
    nn.init.constant_(layer.weight, 10.0)
    model = quantize_model(nn.Sequential(layer, layer), WEIGHTS, INPUTS, np.float32([[1, 2]]))
    assert model[0] is model[1]
    ends = model[0].inputs.Q
    assert ends.scale * (ends.qmax - ends.zero_point) == pytest.approx(
        layer(torch.tensor([[1, 2.0]])).max().item(), rel=0.1
    )


def test_gradients_reach_weights_scales_and_inputs():
    fits = partial(lsq_start, num_bits=3), partial(lsq_start, num_bits=3, signed=False)
    model = quantize_model(Net(), *fits, images())
    model(torch.tensor(images())).square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in model.parameters())


class Table(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.Parameter(torch.zeros(3, 3))


BAD = {
    "0 is a LSTM: only the weights of Conv2d and Linear": nn.Sequential(nn.LSTM(2, 2)),
    "1 is a ConvTranspose2d": nn.Sequential(nn.Linear(1, 1), nn.ConvTranspose2d(1, 1, 3)),
    "0 is a Embedding": nn.Sequential(nn.Embedding(3, 3)),
    "the model is a MultiheadAttention": nn.MultiheadAttention(4, 2),
    "the model is a Table": Table(),
    "the Sequential holds no Conv2d and no Linear": nn.Sequential(nn.ReLU()),
    "0 is quantized already": nn.Sequential(FakeQuantized(nn.Linear(1, 1))),
}


@pytest.mark.parametrize("message", BAD)
def test_a_module_that_can_not_be_wrapped_is_named(message):
    with pytest.raises(ValueError, match=message):
        quantize_model(BAD[message], WEIGHTS)


class Idle(Net):
    def forward(self, x):
        return self.conv(x)


def test_modules_that_work_in_place_disturb_neither_x_nor_the_fits():
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(2, 2), nn.ReLU(inplace=True))
    x = np.float32([[-8, 8]])
    seen = []

    def fit(h):
        seen.append(h)
        return fit_minmax(4)(h)

    quantize_model(model, WEIGHTS, fit, x)
    assert x.tolist() == [[-8, 8]] and seen[0].tolist() == [[0, 8]]
    late = nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True), nn.Linear(2, 2))
    nn.init.constant_(late[0].weight, -1)
    seen.clear()
    quantize_model(late, WEIGHTS, fit, x + 9)
    assert seen[0].tolist() == [[1, 17]] and (seen[1] == 0).all()


def test_calibration_takes_numbers_of_other_types():
    for model, x in ((Net(), images().astype(np.float64)), (Net().double(), images())):
        assert quantize_model(model, WEIGHTS, INPUTS, x).fc.inputs.Q.scale > 0
    half = quantize_model(Net().bfloat16(), WEIGHTS)
    assert half.fc.weights.Q.scale.dtype == np.float32


@pytest.mark.parametrize("change", [nn.utils.spectral_norm, nn.utils.weight_norm])
def test_a_layer_that_writes_its_own_weight_is_refused(change):
    layer = change(nn.Linear(2, 2))
    for use in (FakeQuantized, lambda m: quantize_model(nn.Sequential(m), WEIGHTS)):
        with pytest.raises(ValueError, match="makes its weight anew in each pass"):
            use(layer)
    pruned = torch.nn.utils.prune.random_unstructured(nn.Linear(4, 4), "weight", 0.5)
    with pytest.raises(ValueError, match="make it permanent first"):
        quantize_model(nn.Sequential(pruned), WEIGHTS)
    torch.nn.utils.prune.remove(pruned, "weight")
    quantize_model(nn.Sequential(pruned), WEIGHTS)


def test_normalization_with_two_axes_stays():
    model = nn.Sequential(nn.LayerNorm((2, 3)), nn.Flatten(), nn.Linear(6, 1))
    assert isinstance(quantize_model(model, WEIGHTS)[0], nn.LayerNorm)


def test_other_bad_input():
    with pytest.raises(ValueError, match="fit_inputs is given but x is None"):
        quantize_model(Net(), WEIGHTS, INPUTS)
    with pytest.raises(ValueError, match="fc got no input: x never reaches it"):
        quantize_model(Idle(), WEIGHTS, INPUTS, images())
    with pytest.raises(ValueError, match="layer is a ReLU: it must be a Conv2d or a Linear"):
        FakeQuantized(nn.ReLU())
    with pytest.raises(ValueError, match="fit_weights is an Affine: give a function"):
        quantize_model(Net(), Affine(1.0))
    with pytest.raises(ValueError, match="Q is a function"):
        quantize_model(Net(), lambda W: fit_minmax(4))
