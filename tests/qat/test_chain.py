"""A forward is read as a chain of modules, or refused."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from qlearn.networks import AvgPool, Conv2d, Dense, Flatten, ReLU
from qlearn.numbers import Affine
from qlearn.qat import FakeQuantize, FakeQuantized, chain, to_numpy


class Net(nn.Module):
    """As a reader writes one: some modules, some functions, one part inside another."""

    def __init__(self, act=F.relu):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Dropout(0.5))
        self.dense, self.act = nn.Linear(16, 3), act
        self.nothing = nn.Identity()

    def forward(self, x):
        x = F.avg_pool2d(self.features(x), 4)
        return self.nothing(self.dense(torch.flatten(self.act(x), 1)))


def test_worked_example():
    kinds = [type(m) for m in chain(Net())]
    assert kinds == [nn.Conv2d, nn.ReLU, nn.AvgPool2d, nn.ReLU, nn.Flatten, nn.Linear]
    kinds = [type(layer) for layer in to_numpy(Net(torch.relu)).layers]
    assert kinds == [Conv2d, ReLU, AvgPool, ReLU, Flatten, Dense]


@pytest.mark.parametrize("act", [F.relu, torch.relu, lambda x: x.relu(), nn.ReLU()])
def test_the_numpy_twin_computes_the_same(act):
    torch.manual_seed(0)
    model, x = Net(act).eval(), torch.rand(5, 1, 8, 8)
    y = model(x).detach().numpy()
    np.testing.assert_allclose(to_numpy(model)(x.numpy()), y, atol=1e-5)


def test_a_sequential_is_its_own_chain():
    modules = nn.Flatten(), nn.Linear(4, 3), nn.ReLU()
    assert chain(nn.Sequential(*modules)) == list(modules)
    assert chain(nn.Sequential(modules[0], nn.Sequential(*modules[1:]))) == list(modules)


def test_a_module_used_twice_comes_twice():
    relu = nn.ReLU()
    assert chain(nn.Sequential(relu, nn.Linear(2, 2), relu)).count(relu) == 2


def test_a_quantized_layer_stays_in_one_piece():
    layer = FakeQuantized(nn.Linear(2, 2), FakeQuantize(Affine(np.float32(1))))
    assert chain(layer) == chain(nn.Sequential(layer)) == [layer]


class Modes(Net):
    def forward(self, x):
        x = F.dropout(self.conv_out(x), training=self.training)
        x = torch.flatten(input=x, start_dim=1)
        return self.dense(x) if not self.training else x

    def conv_out(self, x):
        return F.avg_pool2d(self.features(x), kernel_size=4)


def test_a_model_is_read_as_it_is_when_trained():
    model = Modes().train()
    kinds = [type(m) for m in chain(model)]
    assert kinds == [nn.Conv2d, nn.ReLU, nn.AvgPool2d, nn.Flatten, nn.Linear]
    assert model.training and chain(model)[2].kernel_size == 4


def hooked():
    model = nn.Sequential(nn.ReLU())
    model.register_forward_hook(lambda m, args, y: -y)
    return model


def replaced():
    model = nn.Sequential(nn.ReLU())
    model[0].forward = lambda x: -x
    return model


@pytest.mark.parametrize("make", [hooked, replaced])
def test_a_forward_that_was_changed_afterwards_is_refused(make):
    with pytest.raises(ValueError, match="computes something of its own"):
        chain(make())


class Skip(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        return x + self.layer(x)


class Late(Skip):
    def forward(self, x):
        self.layer(x)
        return x.relu()


class Choosing(Skip):
    def forward(self, x):
        return self.layer(x) if x.sum() > 0 else x


class Two(Skip):
    def forward(self, x, y):
        return self.layer(x)


class Unknown(Skip):
    def forward(self, x):
        return torch.tanh(self.layer(x))


class Viewing(Skip):
    def forward(self, x):
        return self.layer(x.view(x.size(0), -1))


class Shaping(Skip):
    def forward(self, x):
        return self.layer(x.reshape(x.shape[0], -1))


class Counting(Skip):
    def forward(self, x):
        return self.layer(x.reshape(len(x), -1))


class Parameter(Skip):
    def forward(self, x):
        return F.linear(x, self.layer.weight)


BAD = {
    "add takes more or less than what came just before it: only a chain": Skip,
    "relu takes more or less": Late,
    "the forward of Choosing can't be followed: .*control flow": Choosing,
    "y takes more or less": Two,
    "tanh has no numpy twin$": Unknown,
    r"size.* flatten with x.flatten\(1\)": Viewing,
    r"getattr.* flatten with x.flatten\(1\)": Shaping,
    "the forward of Counting can't be followed": Counting,
    "layer_weight takes more or less": Parameter,
}


@pytest.mark.parametrize("message", BAD)
def test_what_is_no_chain_is_refused_and_stays_as_it_was(message):
    model = BAD[message]().train()
    with pytest.raises(ValueError, match=message):
        chain(model)
    assert all(module.training for module in model.modules())
