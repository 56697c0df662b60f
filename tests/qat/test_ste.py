"""Surrogate slopes: forward the numpy grid to the bit, backward exactly the slope that is named."""

from functools import partial

import brevitas.function.ops_ste as brevitas
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qlearn.numbers import Affine
from qlearn.qat import (
    approx_sign,
    clip_then_round,
    ede,
    floor_ste,
    opened,
    round_soft,
    round_ste,
    round_then_clip,
    sign_ste,
    straight,
    swish_sign,
    with_slope,
)

ORDERS = [straight, round_then_clip, clip_then_round]
SIGNS = [sign_ste, approx_sign, swish_sign, ede]


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def slope(f, x):
    """What f says its slope is, at each x."""
    x = torch.as_tensor(x, dtype=torch.float64).requires_grad_()
    f(x).sum().backward()
    return x.grad


def area(f, width):
    x = torch.linspace(-width, width, 200_001, dtype=torch.float64)
    return torch.trapezoid(slope(f, x), x).item()


def test_worked_example():
    x = tensor(-1.5, 0.5, 1.2, 2.5)
    y = round_ste(x)
    y.backward(torch.tensor([1.0, 2, 3, 4], dtype=torch.float64))
    assert y.tolist() == [-2, 0, 1, 2]  # ties to even
    assert x.grad.tolist() == [1, 2, 3, 4]
    assert floor_ste(x).tolist() == [-2, 0, 1, 2]
    assert slope(floor_ste, [-1.5, 0.5]).tolist() == [1, 1]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.sampled_from([np.float32, np.float64]))
def test_forward_is_torch_round_to_the_bit(values, dtype):
    x = np.array(values, dtype)
    for rule in (round_ste, round_soft):
        np.testing.assert_array_equal(rule(torch.tensor(x)).numpy(), x.round())


def test_the_three_orders_at_7_4():
    """Codes -8 .. 7: the value is 7 each time, the gradient 1, 1, 0."""
    orders = [partial(f, qmin=-8, qmax=7) for f in ORDERS]
    assert [f(tensor(7.4)).item() for f in orders] == [7, 7, 7]
    assert [slope(f, 7.4).item() for f in orders] == [1, 1, 0]
    assert [slope(f, 7.6).item() for f in orders] == [1, 0, 0]


def test_survey_figure_5():
    grads = {}
    for f in ORDERS:
        r = tensor(1.1, 2.2, -1.7, 3.6)
        Q_r = f(r, -2, 2)
        Q_r.backward(torch.tensor([0.1, -0.1, -0.2, 0.2], dtype=torch.float64))
        assert Q_r.tolist() == [1, 2, -2, 2]
        grads[f.__name__] = r.grad.tolist()
    assert grads == {
        "straight": [0.1, -0.1, -0.2, 0.2],  # what the survey prints
        "round_then_clip": [0.1, -0.1, -0.2, 0],
        "clip_then_round": [0.1, 0, -0.2, 0],
    }


def test_the_boundary_is_in_or_out():
    limits = [-8.0, 7.0]
    for f in (round_then_clip, clip_then_round):
        assert slope(partial(f, qmin=-8, qmax=7), limits).tolist() == [1, 1]
        assert slope(partial(f, qmin=-8, qmax=7, inside=opened), limits).tolist() == [0, 0]
    assert slope(sign_ste, [-1.0, 1.0]).tolist() == [1, 1]
    assert slope(partial(sign_ste, inside=opened), [-1.0, 1.0]).tolist() == [0, 0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("order", ORDERS)
def test_an_affine_takes_each_order_as_its_rounding(order, dtype):
    """The wall's own clip finds codes that lie on the grid already, and lets all gradients pass."""
    x = torch.linspace(-3, 3, 1001, dtype=dtype).requires_grad_()
    Q = Affine(torch.tensor(0.25, dtype=dtype), 3, -8, 7)
    y = Q(x, round=partial(order, qmin=-8 - 3, qmax=7 - 3))
    y.sum().backward()
    np.testing.assert_array_equal(
        y.detach().numpy(), Affine(Q.scale.numpy(), 3, -8, 7)(x.detach().numpy())
    )
    u = x.detach() / 0.25
    inside = {
        straight: u == u,
        round_then_clip: (u.round() >= -11) & (u.round() <= 4),
        clip_then_round: (u >= -11) & (u <= 4),
    }
    np.testing.assert_array_equal(x.grad.numpy(), inside[order].numpy())


def test_torch_rounds_then_clips():
    x = torch.linspace(-12, 12, 4801).requires_grad_()
    y = torch.fake_quantize_per_tensor_affine(x, 1.0, 0, -8, 7)
    y.sum().backward()
    theirs, x.grad = x.grad, None
    ours = round_then_clip(x, -8, 7)
    ours.sum().backward()
    assert torch.equal(ours, y) and torch.equal(x.grad, theirs)


def clamped(x):
    """Brevitas: round and clamp, both straight through."""
    low, high = torch.tensor(-8.0), torch.tensor(7.0)
    return brevitas.tensor_clamp_ste(brevitas.round_ste(x), low, high)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (round_ste, brevitas.round_ste),
        (floor_ste, brevitas.floor_ste),
        (partial(straight, qmin=-8, qmax=7), clamped),
    ],
)
def test_brevitas_goes_straight_through_alike(ours, theirs):
    x = torch.linspace(-12, 12, 4801).requires_grad_()
    outcomes = []
    for f in (ours, theirs):
        x.grad, y = None, f(x)
        (y**2).sum().backward()
        outcomes.append((y, x.grad))
    assert torch.equal(outcomes[0][0], outcomes[1][0])
    assert torch.equal(outcomes[0][1], outcomes[1][1])


def test_brevitas_has_the_same_sign_but_lets_all_gradients_pass():
    x = torch.tensor([-3, -1, -0.5, 0, 0.5, 1, 3.0], requires_grad=True)
    y = brevitas.binary_sign_ste(x)
    assert torch.equal(sign_ste(x), y)
    y.sum().backward()
    assert x.grad.tolist() == [1] * 7
    assert slope(sign_ste, x.detach()).tolist() == [0, 1, 1, 1, 1, 1, 0]


# Slopes that pretend: each is the derivative of a function that rises as far as its staircase


def test_every_cell_of_the_soft_rounding_rises_by_one():
    for alpha in (0.1, 0.4, 0.9):
        assert abs(area(partial(round_soft, alpha=alpha), 3) - 6) < 1e-6
    ends, middle = slope(round_soft, [1.0, 1.5])
    assert middle > 1 > ends  # steepest where the code changes
    nearly = slope(partial(round_soft, alpha=0.999), torch.linspace(-2, 2, 99))
    assert (nearly - 1).abs().max() < 1e-3


@pytest.mark.parametrize("f", SIGNS)
def test_signs_are_plus_or_minus_one(f):
    assert f(tensor(-2, -1e-9, -0.0, 0.0, 3)).tolist() == [-1, -1, 1, 1, 1]


@pytest.mark.parametrize("f", SIGNS)
def test_the_area_under_a_slope_is_the_height_of_the_step(f):
    assert abs(area(f, 8) - 2) < 1e-4


def test_ede_begins_straight_and_ends_sharp():
    assert torch.allclose(slope(partial(ede, progress=0), 0.0), torch.tensor(1.0).double())
    assert slope(partial(ede, progress=0), 1.0) > 0.99
    assert slope(ede, 0.0) == 10 and slope(ede, 1.0) < 1e-6


def test_slopes_by_hand():
    assert slope(approx_sign, [-1.5, -0.5, 0, 0.25, 1]).tolist() == [0, 1, 2, 1.5, 0]
    assert slope(swish_sign, 0.0) == 5
    assert abs(slope(partial(swish_sign, beta=1), 2.39936)) < 1e-5  # here the sign changes
    assert slope(swish_sign, [-1e9, 1e9]).abs().max() < 1e-30


def swish(x, beta=5):
    p = torch.sigmoid(beta * x)
    return 2 * p * (1 + beta * x * (1 - p)) - 1


def soft(u, alpha=0.4):
    k, s = np.log(2 / alpha - 1), 1 / (1 - alpha)
    return u.floor() + s * torch.tanh(k * (u - u.floor() - 0.5)) / 2 + 0.5


SMOOTH = {
    approx_sign: lambda x: 2 * x - x * x.abs(),
    swish_sign: swish,
    ede: lambda x: torch.tanh(10 * x),
    round_soft: soft,
    sign_ste: lambda x: x.clip(-1, 1),
}


@pytest.mark.parametrize("f", SMOOTH)
def test_gradcheck_of_the_functions_behind_the_slopes(f):
    """torch's own finite differences, with the smooth function as the forward pass."""
    named = slope(f, points := tensor(-0.9, -0.31, 0.02, 0.4, 0.87).detach())
    assert torch.autograd.gradcheck(
        lambda x: with_slope(x, SMOOTH[f], named), points.clone().requires_grad_()
    )


def test_the_weight_that_cannot_settle():
    """Loss (round(w) - t)^2 / 2, t = 0.3: w hangs at 0.5, and 30 % of the steps see code 1."""
    w, codes = tensor(2.2), []
    for _ in range(1000):
        w.grad = None
        code = round_ste(w)
        (0.5 * (code - 0.3) ** 2).sum().backward()
        w.data -= 0.1 * w.grad
        codes.append(code.item())
    assert abs(w.item() - 0.5) < 0.1
    assert abs(np.mean(codes[500:]) - 0.3) < 0.01
    w = tensor(2.2)
    (0.5 * (w.round() - 0.3) ** 2).sum().backward()
    assert w.grad.item() == 0  # the true gradient moves nothing


# Bad input: each message is what a reader sees

BAD = {
    "x holds nan": lambda: round_ste(torch.tensor([1.0, np.nan])),
    "x holds torch.int64": lambda: round_ste(torch.tensor([1])),
    "x holds ndarray|x holds float64": lambda: sign_ste(np.zeros(2)),
    "qmin 7 is not below qmax -8": lambda: clip_then_round(torch.zeros(2), 7, -8),
    "alpha is 1": lambda: round_soft(torch.zeros(2), alpha=1),
    "beta is 0": lambda: swish_sign(torch.zeros(2), beta=0),
    "progress is 2": lambda: ede(torch.zeros(2), progress=2),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
