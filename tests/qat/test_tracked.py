"""Ranges that follow: the numpy grid to the bit, torch's gradient, moving averages."""

import numpy as np
import pytest
import torch
from torch.ao.quantization import MovingAverageMinMaxObserver

from qlearn.numbers import Affine, minmax_range
from qlearn.qat import Tracked


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(0.6, 1, size=shape).astype(np.float32)


def fitted(x, axis=None, **grid):
    return Affine.from_range(*minmax_range(x, axis=axis), **grid)


def test_worked_example():
    """3 bits over -0.5 .. 1.5, then half way to -1.5 .. 2.5: scale 2 / 7, then 3 / 7."""
    module = Tracked(Affine.from_range(-0.5, 1.5, num_bits=3), batched=True, momentum=0.5)
    module(torch.tensor([-1.5, 2.5]))
    assert module.Q.scale == pytest.approx(3 / 7)
    assert (module.xmin.item(), module.xmax.item()) == pytest.approx((-1, 2), abs=0.15)


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("narrow", [True, False])
def test_weights_take_the_range_of_the_moment(axis, symmetric, narrow):
    grid = dict(num_bits=3, symmetric=symmetric, narrow_range=narrow)
    module = Tracked(fitted(numbers(6, 8), axis, **grid))
    x = 5 * numbers(6, 8, seed=1)
    Q = fitted(x, axis, **grid)
    np.testing.assert_array_equal(module(torch.tensor(x)).numpy(), Q(x))
    np.testing.assert_array_equal(module.eval()(torch.tensor(2 * x)).numpy()[0], 2 * Q(x)[0])
    module(torch.tensor(x))
    np.testing.assert_array_equal(module.Q.scale, Q.scale)
    np.testing.assert_array_equal(module.Q.zero_point, Q.zero_point)


def test_it_begins_with_the_grid_it_was_given():
    for grid in (dict(symmetric=True), dict(signed=False), {}):
        Q = fitted(numbers(50), num_bits=4, **grid)
        module = Tracked(Q, batched=True).eval()
        assert module.Q.scale == Q.scale and module.Q.zero_point == Q.zero_point
        x = numbers(50)
        np.testing.assert_array_equal(module(torch.tensor(x)).numpy(), Q(x))
        still = Tracked(Q, batched=True, momentum=1 - 1e-9)
        still(torch.tensor(x))
        assert still.Q.scale == pytest.approx(Q.scale, rel=1e-4)


def test_torch_keeps_the_same_moving_average():
    theirs = MovingAverageMinMaxObserver(averaging_constant=0.1)
    batches = torch.tensor(numbers(20, 64)) - 0.2
    module = Tracked(fitted(batches[0].numpy()), batched=True, momentum=0.9)
    theirs(batches[0])
    module.xmin, module.xmax = theirs.min_val.clone(), theirs.max_val.clone()
    for batch in batches[1:]:
        theirs(batch)
        module(batch)
    ends = [theirs.min_val.item(), theirs.max_val.item()]
    assert [module.xmin.item(), module.xmax.item()] == pytest.approx(ends, rel=1e-6)


def test_inputs_are_not_taken_for_symmetric_by_chance():
    """A zero point of 0 on signed codes says little about inputs, and much about weights."""
    Q, x = Affine(np.float32(1), 0, -2, 1), torch.tensor([-1.0, 3.0])
    inputs, weights, forced = Tracked(Q, batched=True, momentum=0), Tracked(Q), Tracked(Q)
    forced = Tracked(Q, batched=True, momentum=0, symmetric=True)
    for module in (inputs, weights, forced):
        module(x)
    assert inputs.Q.scale == pytest.approx(4 / 3) and inputs.Q.zero_point == -1
    assert weights.Q.scale == forced.Q.scale == 2 and weights.Q.zero_point == 0
    rows = Tracked(Affine(np.float32([[1], [1]]), np.array([[0], [1]]), -2, 1))
    rows(torch.tensor([[0.0, 3.0], [-3.0, 0.0]]))
    assert rows.Q.zero_point.ravel().tolist() == [-2, 1]  # one zero at 0 is not enough


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1, 1), (4, 1), (2, 1, 3)])
def test_a_scale_broadcasts_from_the_right(shape):
    x = torch.tensor(numbers(2, 4, 3)) if shape != (3, 1, 1) else torch.tensor(numbers(5, 3, 4, 2))
    module = Tracked(Affine(np.ones(shape, np.float32), 0, -8, 7))
    y = module(x)
    assert module.Q.scale.shape == shape and y.shape == x.shape
    largest = np.broadcast_to(module.Q.scale, x.shape) * 7.5
    assert (np.abs(x.numpy()) <= largest * (1 + 1e-6)).all()


def test_a_batch_that_is_refused_leaves_no_trace():
    module = Tracked(fitted(numbers(9)), batched=True)
    before = module.Q.scale
    with pytest.raises(ValueError, match="nan"):
        module(torch.tensor([1.0, float("nan")]))
    assert module.Q.scale == before
    module(torch.tensor(numbers(9)))


def test_a_range_stands_still_in_evaluation_mode():
    module = Tracked(fitted(numbers(9)), batched=True)
    before = module.Q.scale
    module.eval()(torch.tensor(100 * numbers(9)))
    assert module.Q.scale == before
    module.train()(torch.tensor(100 * numbers(9)))
    assert module.Q.scale > before


def test_the_gradient_is_that_of_torchs_fake_quantize():
    x = torch.linspace(-3, 5, 801, requires_grad=True)
    Q = Affine(np.float32(0.5), 1, -2, 5)
    Tracked(Q, batched=True).eval()(x).sum().backward()
    ours, x.grad = x.grad, None
    torch.fake_quantize_per_tensor_affine(x, 0.5, 1, -2, 5).sum().backward()
    assert torch.equal(ours, x.grad)
    assert 0 < ours.mean() < 1


def test_the_range_travels_by_state_dict():
    a, b = (Tracked(fitted(numbers(9, seed=s)), batched=True) for s in (0, 1))
    b.load_state_dict(a.state_dict())
    assert b.Q.scale == a.Q.scale and b.xmin == a.xmin


BAD = {
    "Q is a float": lambda: Tracked(1.0),
    "momentum is 1": lambda: Tracked(Affine(1.0), momentum=1),
    "momentum is -0.1": lambda: Tracked(Affine(1.0), momentum=-0.1),
    "nan": lambda: Tracked(Affine(np.float32(1)))(torch.tensor([float("nan")])),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
