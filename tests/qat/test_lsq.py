"""LSQ: forward the numpy grid to the bit, backward the paper's table, and a scale that settles."""

from functools import partial
from statistics import NormalDist

import numpy as np
import pytest
import torch
from brevitas.core.function_wrapper import Identity, RoundSte, TensorClamp
from brevitas.core.quant import IntQuant
from hypothesis import given
from hypothesis import strategies as st

from qlearn.numbers import Affine, Rounded, floor, minmax_range, mse_range
from qlearn.qat import (
    FakeQuantize,
    clip_then_round,
    lsq,
    lsq_plus,
    lsq_start,
    opened,
)
from qlearn.qat.lsq import learned_step

NORMAL = np.array([NormalDist().inv_cdf((i + 0.5) / 20_000) for i in range(20_000)])


def double(*values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def pulls(f, x, *parameters):
    """The gradient of each x_hat for the one parameter, and for x, without g."""
    rows = []
    for value in x:
        x = double(value)
        f(x, *parameters).sum().backward()
        rows.append((parameters[-1].grad.item(), x.grad.item()))
        parameters[-1].grad = None
    return tuple(list(column) for column in zip(*rows, strict=True))


def lsq_by_one(x, scale, zero_point=0, qmin=0, qmax=3):
    return lsq(x, Affine(scale, zero_point, qmin, qmax), count=1 / qmax)  # g = 1


def near(expected):
    return pytest.approx(expected, abs=1e-12)


# Gradients


def test_the_table_of_the_paper():
    """Scale 1, codes 0 .. 3: the residue inside, the code outside, the limits outside."""
    v = [-2, -0.2, 0, 0.2, 0.49, 0.51, 1.2, 2.51, 3, 3.2, 9]
    scale, x = pulls(lsq_by_one, v, double(1.0)[0].detach().requires_grad_())
    assert scale == near([0, 0, 0, -0.2, -0.49, 0.49, -0.2, 0.49, 3, 3, 3])
    assert x == [0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0]


def test_worked_example():
    """The sum of loss gradients by hand: one clipped value gives -6 of -5.7."""
    v, scale = double(-0.3, 0.2, 0.4, 0.9, 1.7, 5), torch.tensor(1.0, requires_grad=True)
    v_hat = lsq_by_one(v.detach(), scale)
    (0.5 * (v_hat - v.detach()) ** 2).sum().backward()
    assert v_hat.tolist() == [0, 0, 0, 1, 2, 3]
    assert scale.grad.item() == pytest.approx(-5.7, abs=1e-6)


def test_the_gradient_scale():
    x, scale = torch.full((576,), 100.0), torch.tensor(1.0, requires_grad=True)
    lsq(x, Affine(scale, 0, -8, 7)).sum().backward()
    assert scale.grad.item() == pytest.approx(576 * 7 / (576 * 7) ** 0.5)
    channels = torch.ones(3, 1, requires_grad=True)
    lsq(torch.full((3, 50), 100.0), Affine(channels, 0, -8, 7)).sum().backward()
    assert channels.grad.ravel().tolist() == pytest.approx([50 * 7 / (50 * 7) ** 0.5] * 3)
    acts = FakeQuantize(Affine(np.float32(1), 0, 0, 7), batched=True)
    acts(torch.full((10, 5), 100.0)).sum().backward()
    assert acts.scale.grad.item() == pytest.approx(10 * 5 * 7 / (5 * 7) ** 0.5)


scales = st.floats(0.01, 10)


@given(scales, st.integers(-8, 7), st.integers(0, 2**32 - 1))
def test_autograd_through_the_wall_gives_the_same(scale, zero_point, seed):
    """Affine's formula with clip_then_round, differentiated by torch, is LSQ without g."""
    x = 8 * torch.tensor(np.random.default_rng(seed).normal(size=200))
    grads = []
    rule = partial(clip_then_round, qmin=-8 - zero_point, qmax=7 - zero_point, inside=opened)
    walls = [partial(lsq, count=1 / 7), lambda x, Q: written_out(x, Q, rule)]
    for wall in walls:
        x, s = x.detach().requires_grad_(), double(scale)[0].detach().requires_grad_()
        (wall(x, Affine(s, zero_point, -8, 7)) ** 2).sum().backward()
        grads.append((s.grad.item(), x.grad.clone()))
    assert grads[0][0] == pytest.approx(grads[1][0], rel=1e-9, abs=1e-9)
    torch.testing.assert_close(grads[0][1], grads[1][1], rtol=1e-12, atol=1e-12)


def written_out(x, Q, rule):
    return Q.scale * rule(x / Q.scale)


def test_torch_learns_alike_but_masks_after_rounding():
    """torch's inside reaches half a step beyond the limits; the rest of the table is the same."""
    v = [-9, -1.2, 0.2, 0.49, 1.2, 1.9, 2.6, 3.4, 5]
    theirs = partial(torch._fake_quantize_learnable_per_tensor_affine, quant_min=0, quant_max=3)

    def torch_step(x, z, scale):
        return theirs(x.float(), scale, z, grad_factor=1.0).double()

    z, s = torch.tensor([1.0]), torch.tensor([1.0], requires_grad=True)
    t_scale, t_x = pulls(torch_step, v, z, s)
    scale, x = pulls(lambda x, s: lsq_by_one(x, s, 1), v, double(1.0)[0].detach().requires_grad_())
    differ = [value for value, a, b in zip(v, t_x, x, strict=True) if a != b]
    assert differ == [-1.2]  # u + z = -0.2: outside codes 0 .. 3, but rounds to 0
    same = [value not in differ for value in v]
    assert np.array(t_scale)[same] == pytest.approx(np.array(scale)[same], abs=1e-6)
    assert (t_scale[1], scale[1]) == (pytest.approx(0.2), -1)


def test_brevitas_learns_alike_but_masks_after_rounding():
    """Its integer quantizer, differentiated by torch: the same codes, the same mask as torch's."""
    steps = IntQuant(
        narrow_range=False,
        signed=False,
        float_to_int_impl=RoundSte(),
        tensor_clamp_impl=TensorClamp(),
        input_view_impl=Identity(),
    )

    def theirs(x, scale):
        return steps(scale, torch.tensor(0.0), torch.tensor(2.0), x)

    v = [-9, -0.8, -0.2, 0.2, 0.49, 1.2, 2.6, 3.4, 5]
    for value in v:
        x = double(value).detach()
        assert theirs(x, double(0.9)) == lsq_by_one(x, double(0.9)[0])
    b_scale, b_x = pulls(theirs, v, double(1.0)[0].detach().requires_grad_())
    scale, x = pulls(lsq_by_one, v, double(1.0)[0].detach().requires_grad_())
    differ = [value for value, a, b in zip(v, b_x, x, strict=True) if a != b]
    assert differ == [-0.2, 3.4]  # outside codes 0 .. 3, but they round to one
    same = [value not in differ for value in v]
    assert np.array(b_scale)[same] == near(np.array(scale)[same])


def test_the_zero_point_has_torchs_gradient():
    """-scale outside, which makes beta's, with z = -beta / scale, 1."""
    x = torch.tensor([-9, 0.2, 1.9, 5.0])
    scale, ours, theirs = torch.tensor([0.5]), torch.tensor([1.0]), torch.tensor([1.0])
    learned_step(x, scale, ours.requires_grad_(), 0, 3).sum().backward()
    step = torch._fake_quantize_learnable_per_tensor_affine
    step(x, scale, theirs.requires_grad_(), 0, 3, 1.0).sum().backward()
    assert ours.grad.item() == theirs.grad.item() == -0.5 * 3


def test_torch_lets_a_scale_below_zero_pass():
    step = torch._fake_quantize_learnable_per_tensor_affine
    assert step(torch.tensor([1.7]), torch.tensor([-1.0]), torch.zeros(1), 0, 3, 1.0).item() == 0
    with pytest.raises(ValueError, match="scale is -1"):
        learned_step(torch.tensor([1.7]), torch.tensor([-1.0]), 0, 0, 3)


def test_finite_differences_agree_where_nothing_is_rounded():
    """Clipped values: x_hat = scale * (q - z) is smooth, so torch.autograd.gradcheck may look."""
    x = double(-30, 25, 99)
    assert torch.autograd.gradcheck(lambda x, s: lsq_by_one(x, s, 1), (x, double(1.3)))


def test_lsq_plus_moves_only_clipped_values():
    def f(x, scale, beta):
        return lsq_plus(x, Affine(scale, 0, 0, 3), beta, count=1 / 3)

    v = [-5, -0.9, 0.4, 1.9, 2.6, 7]
    beta, x = pulls(f, v, double(1.0).detach(), double(-1.0))
    assert beta == [1, 0, 0, 0, 1, 1] and x == [0, 1, 1, 1, 0, 0]
    scale, _ = pulls(lambda x, s: f(x, s, double(-1.0).detach()), v, double(1.0))
    assert scale == near([0, -0.1, -0.4, 0.1, 3, 3])
    assert torch.autograd.gradcheck(f, (double(-30, 99), double(1.3), double(-0.7)))


def test_a_learned_offset_has_the_gradients_of_lsq_plus():
    v = [-5, -0.9, 0.4, 1.9, 2.6, 7]
    Q = Affine(np.float64(0.5), 2, 0, 7)
    for value in v:
        module, x = FakeQuantize(Q, offset=True), double(value)
        module(x).sum().backward()
        scale, beta = double(0.5), double(-1.0)
        lsq_plus(x.detach(), Affine(scale, 0, 0, 7), beta).sum().backward()
        assert module.scale.grad.item() == near(scale.grad.item())
        assert module.beta.grad.item() == near(beta.grad.item())


# Forward


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("offset", [True, False])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_module_is_its_affine_to_the_bit(axis, symmetric, offset, dtype):
    x = np.random.default_rng(0).normal(0.3, 1, size=(30, 40)).astype(dtype)
    Q = Affine.from_range(*minmax_range(x, axis=axis), num_bits=4, symmetric=symmetric)
    module = FakeQuantize(Q, offset)
    module.scale.data *= 0.7  # as if learned
    now = module.Q
    assert isinstance(now.scale, np.ndarray | np.generic)
    np.testing.assert_array_equal(module(torch.tensor(x)).detach().numpy(), now(x))
    assert module(torch.tensor(x)).detach().numpy().dtype == dtype
    if not offset:
        np.testing.assert_array_equal(now.zero_point, Q.zero_point)
    np.testing.assert_array_equal(FakeQuantize(Q, offset).Q.zero_point, Q.zero_point)
    np.testing.assert_array_equal(FakeQuantize(Q, offset)(torch.tensor(x)).detach().numpy(), Q(x))


@given(scales, st.integers(-8, 7), st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1))
def test_lsq_is_its_affine_to_the_bit(scale, zero_point, values):
    x, scale = np.array(values, np.float32), np.float32(scale)
    y = lsq(torch.tensor(x), Affine(torch.tensor(scale), zero_point, -8, 7))
    np.testing.assert_array_equal(y.numpy(), Affine(scale, zero_point, -8, 7)(x))


@pytest.mark.parametrize("axis", [None, 0])
def test_torch_fake_quantize_is_the_same_but_for_ties(axis):
    """It multiplies by 1 / scale: one code may differ, within 2 ulp of a tie."""
    x = np.random.default_rng(0).normal(size=(64, 500)).astype(np.float32)
    module = FakeQuantize(Q := Affine.from_range(*minmax_range(x, axis=axis), num_bits=5))
    scale, z = (torch.as_tensor(part).ravel() for part in (Q.scale, Q.zero_point))
    if axis is None:
        theirs = torch.fake_quantize_per_tensor_affine(torch.tensor(x), scale, z.int(), -16, 15)
    else:
        theirs = torch.fake_quantize_per_channel_affine(torch.tensor(x), scale, z, axis, -16, 15)
    off = (module(torch.tensor(x)) != theirs).numpy()
    u = (x / Q.scale)[off]
    assert off.mean() < 1e-3
    assert (np.abs(np.abs(u - np.floor(u)) - 0.5) <= 2 * np.spacing(np.abs(u))).all()


def test_quotients_beyond_all_floats_are_clipped_and_have_gradients():
    x, scale = torch.tensor([3e38, -3e38], requires_grad=True), torch.tensor(1e-3)
    scale.requires_grad_()
    lsq(x, Affine(scale, 0, -8, 7), count=1 / 7).sum().backward()
    assert scale.grad.item() == -1 and x.grad.tolist() == [0, 0]


def test_modules_travel_by_state_dict():
    a = FakeQuantize(Affine(np.float32([[1], [2]]), np.array([[0], [1]])), offset=True)
    b = FakeQuantize(Affine(np.float32([[3], [4]]), np.array([[5], [6]])), offset=True)
    b.load_state_dict(a.state_dict())
    np.testing.assert_array_equal(b.Q.scale, a.Q.scale)
    np.testing.assert_array_equal(b.Q.zero_point, a.Q.zero_point)


# What a scale learns


def descend(module, x, steps=300, rate=0.3):
    """Plain gradient descent on half the mean squared error, g taken out again."""
    x = torch.tensor(x)
    g = (x.numel() * module.qmax) ** -0.5
    for _ in range(steps):
        module.zero_grad()
        (0.5 * (module(x) - x) ** 2).mean().backward()
        module.scale.data -= rate / g * module.scale.grad
    return module.scale.item()


def error(scale, num_bits=2):
    Q = Affine(scale, 0, -(2 ** (num_bits - 1)), 2 ** (num_bits - 1) - 1)
    return np.mean((Q(NORMAL) - NORMAL) ** 2)


@pytest.mark.parametrize("num_bits, rest, best", [(2, 1.097, 1.048), (3, 0.610, 0.602)])
def test_where_the_scale_comes_to_rest(num_bits, rest, best):
    """N(0, 1): a little above the scale of least error, whatever the start (survey III-G1)."""
    Q = Affine.from_range(*mse_range(NORMAL, num_bits, symmetric=True), num_bits, symmetric=True)
    assert Q.scale == pytest.approx(best, abs=2e-3)
    starts = [lsq_start(NORMAL, num_bits), Affine(np.float64(0.4), 0, Q.qmin, Q.qmax)]
    ends = [descend(FakeQuantize(start), NORMAL) for start in starts]
    assert ends == pytest.approx([rest, rest], abs=2e-3)
    decibels = 10 * np.log10(error(ends[0], num_bits) / error(Q.scale, num_bits))
    assert 0 < decibels < 0.03


def test_three_ways_to_start():
    """2 bits: LSQ's guess 2 E|x| / sqrt(qmax) lies between min/max and the best."""
    guess = lsq_start(NORMAL, 2)
    assert guess.scale == pytest.approx(2 * (2 / np.pi) ** 0.5, abs=1e-3)
    widest, best = (
        Affine.from_range(*f(NORMAL, 2, symmetric=True), 2, symmetric=True)
        for f in (minmax_range, mse_range)
    )
    assert error(best.scale) < error(guess.scale) < error(widest.scale)
    assert [guess.qmin, guess.qmax] == [best.qmin, best.qmax] == [-2, 1]


@pytest.mark.parametrize("start", [0.0, -0.3])
def test_a_scale_at_zero_or_below_comes_back(start):
    module = FakeQuantize(lsq_start(NORMAL, 2))
    floor = module.scale.item() * 2.0**-20
    module.scale.data.fill_(start)
    x = torch.tensor(NORMAL)
    y = module(x)
    assert module.Q.scale == floor and y.abs().max() <= 2 * floor
    np.testing.assert_array_equal(y.detach().numpy(), module.Q(NORMAL))
    assert descend(module, NORMAL) == pytest.approx(1.097, abs=3e-3)


def test_a_zero_point_beyond_the_codes_is_clipped_and_comes_back():
    module = FakeQuantize(Affine(np.float64(1), 0, 0, 7), offset=True)
    module.beta.data.fill_(5.0)  # zero_point -5: 0 would not be a code
    assert module.Q.zero_point == 0
    module(double(9.0)).sum().backward()
    assert module.beta.grad.item() > 0


def test_it_matters_that_the_scale_learns():
    """A linear layer at 2 bits on one problem: better with a learned scale than with min/max."""
    rng = torch.Generator().manual_seed(0)
    x, target = torch.randn(256, 16, generator=rng), torch.randn(16, 1, generator=rng)
    losses = []
    for rate in (0.0, 0.02):
        W = target.clone().requires_grad_()
        module = FakeQuantize(Affine.from_range(*minmax_range(target.numpy()), 2, symmetric=True))
        groups = [{"params": [W], "lr": 0.01}, {"params": [module.scale], "lr": rate}]
        optimizer = torch.optim.Adam(groups)
        for _ in range(100):
            loss = ((x @ module(W) - x @ target) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert losses[1] < losses[0]


# Bad input: each message is what a reader sees

ONE = torch.tensor(1.0)
MODULE = FakeQuantize(Affine(np.float32(1), 0, -8, 7))
CHANNELS = FakeQuantize(Affine(np.ones((3, 1), np.float32), 0, -8, 7))


def with_nan():
    module = FakeQuantize(Affine(np.float32(1), 0, -8, 7))
    module.scale.data.fill_(np.nan)
    return module


BAD = {
    "x holds nan": lambda: MODULE(torch.tensor([np.nan])),
    "x holds inf": lambda: lsq(torch.tensor([np.inf]), Affine(ONE)),
    "x or the scale is an array": lambda: MODULE(np.zeros(2)),
    "x or the .* array": lambda: FakeQuantize(Affine(1.0), batched=True)(np.zeros(2)),
    "the scale is an array": lambda: lsq(ONE, Affine(1.0)),
    "scale is -1.0": lambda: lsq(ONE, Affine(-ONE)),
    "scale is nan": lambda: with_nan()(ONE),
    "scale is nan: it must be positive": lambda: with_nan().Q,
    r"scale has shape \(3, 1\), which does not fit x's \(2, 4\)": lambda: CHANNELS(
        torch.zeros(2, 4)
    ),
    "x is empty": lambda: MODULE(torch.zeros(0, 3)),
    "qmax is 0": lambda: lsq(ONE, Affine(ONE, 0, -8, 0)),
    "count is 0": lambda: lsq(ONE, Affine(ONE), count=0),
    r"beta has shape \(2,\)": lambda: lsq_plus(ONE, Affine(ONE), torch.zeros(2)),
    "zero_point is 3": lambda: lsq_plus(ONE, Affine(ONE, 3), ONE),
    "Q is a Rounded": lambda: FakeQuantize(Rounded(Affine(1.0), floor)),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
