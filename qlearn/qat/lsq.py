"""Learned step size: the scale of the grid is a weight, too (LSQ, Esser et al. 2020; LSQ+, 2020).

x_hat = scale * (clip(round(u) + z, qmin, qmax) - z), u = x / scale, q the code. Inside means
qmin < u + z < qmax: before rounding, and the limits are outside.

             inside                outside
d x_hat / dx         1                     0
d x_hat / dscale     round(u) - u          q - z
d x_hat / dz         0                     -scale
"""

from functools import partial

import numpy as np
import torch
from torch import nn

from qlearn.numbers import Affine
from qlearn.numbers.arrays import as_numbers, finite, is_tensor, like, work_floats
from qlearn.numbers.grid import as_scale, check_pair, check_shape
from qlearn.numbers.rounding import half_even

from .ste import Surrogate, opened, straight

FAR = 2.0**26  # beyond all codes, yet finite


class LearnedStep(torch.autograd.Function):
    """Fake quantization, with the table above for x, scale and z."""

    @staticmethod
    def forward(ctx, x, scale, z, qmin, qmax):
        ctx.limits = qmin - like(z, x), qmax - like(z, x)
        u = (x / like(scale, x)).clip_(-FAR, FAR)
        steps = u.round().clip_(*ctx.limits)
        ctx.save_for_backward(u, steps, scale)
        return like(scale * like(steps, scale), x)

    @staticmethod
    def backward(ctx, grad):
        u, steps, scale = ctx.saved_tensors
        inside = opened(u, *ctx.limits).to(u.dtype)
        pull = torch.addcmul(steps, inside, u, value=-1).mul_(grad)
        shift = None
        if ctx.needs_input_grad[2]:
            shift = -scale * like(grad * (1 - inside), scale).sum_to_size(scale.shape)
        return grad * inside, like(pull, scale).sum_to_size(scale.shape), shift, None, None


def lsq(x, Q, count=None):
    """Q(x), to the bit, with LSQ's gradients for x and Q.scale, the latter times g (Section 2.2).

    g = 1 / sqrt(count * qmax); count: how many values share a scale, if not all those in x.
    """
    g = gradient_scale(x, Q.scale, Q.qmax, count)
    return learned_step(x, damped(Q.scale, g), Q.zero_point, Q.qmin, Q.qmax)


def lsq_plus(x, Q, beta, count=None):
    """scale * q + beta, q = round(clip((x - beta) / scale, qmin, qmax)), beta real and learned.

    d x_hat / dbeta = 0 inside, 1 outside, times g (LSQ+, Bhalgat et al. 2020).
    """
    check_shape("beta", beta, "x", x)
    if torch.as_tensor(Q.zero_point).any():
        raise ValueError(f"zero_point is {Q.zero_point}: beta is there in its place")
    beta = damped(torch.as_tensor(beta), gradient_scale(x, Q.scale, Q.qmax, count))
    return lsq(x - beta, Q, count) + beta


def learned_step(x, scale, z, qmin, qmax):
    """LearnedStep after a look at its input; float16 is worked in float32."""
    with torch.no_grad():
        check_pair(x, as_scale(scale), half_even)
    x_hat = LearnedStep.apply(finite_floats(x), scale, z, qmin, qmax)
    return x_hat.to(x.dtype) if x.is_floating_point() else x_hat


def finite_floats(x):
    """x in its work type, without NaN or infinity."""
    finite(work_floats(x.detach()))
    return work_floats(x)


def gradient_scale(x, scale, qmax, count=None):
    """g = 1 / sqrt(count * qmax): plain descent then moves a scale about as fast as the weights."""
    if not is_tensor(x) or not is_tensor(scale):
        raise ValueError("x or the scale is an array: gradients need tensors")
    if qmax < 1:
        raise ValueError(f"qmax is {qmax}: g = 1 / sqrt(count * qmax) needs a positive one")
    count = as_numbers(x).numel() / scale.numel() if count is None else count
    if not count > 0:
        raise ValueError(f"count is {count}: at least one value has this scale")
    return (count * qmax) ** -0.5


def damped(parameter, g, step=torch.clone):
    """The parameter itself, its gradient times g."""
    return Surrogate.apply(parameter, step, g)


class FakeQuantize(nn.Module):
    """An Affine whose scale is learned: module(x) = module.Q(x) to the bit, on the CPU.

    offset: learn the zero point, too, as beta = -scale * zero_point, kept on whole codes (LSQ+).
    batched: the first axis of x counts samples, and is left out of g (for activations).
    A scale that training takes to 0 or below works as 2^-20 of its start: x_hat is nearly 0, but
    the gradient still arrives, so that the scale may come back. NaN: ValueError.
    """

    def __init__(self, Q, offset=False, batched=False):
        super().__init__()
        if not isinstance(Q, Affine):
            raise ValueError(f"Q is a {type(Q).__name__}: give the Affine to start from")
        scale = work_floats(torch.as_tensor(Q.scale).detach().clone())
        zero_point = torch.as_tensor(Q.zero_point).to(scale)
        self.scale, self.batched = nn.Parameter(scale), batched
        self.beta = nn.Parameter(-scale * zero_point) if offset else None
        self.zero_point = nn.Buffer(zero_point) if zero_point.ndim else int(zero_point)
        self.floor = nn.Buffer(scale * 2.0**-20)
        self.qmin, self.qmax = Q.qmin, Q.qmax

    def forward(self, x):
        sample = np.prod(np.shape(x)[1:], dtype=int)
        count = sample / self.scale.numel() if self.batched else None
        scale, z = self.parts(gradient_scale(x, self.scale, self.qmax, count))
        return learned_step(x, scale, z, self.qmin, self.qmax)

    def parts(self, g=1):
        """The scale and zero point in use; a zero point beyond the codes is clipped."""
        scale = damped(self.scale, g, partial(torch.maximum, other=self.floor))
        if self.beta is None:
            return scale, self.zero_point
        return scale, straight(-damped(self.beta, g) / scale, self.qmin, self.qmax)

    @property
    def Q(self):
        """The quantizer as it is now, in numpy."""
        with torch.no_grad():
            scale, z = (torch.as_tensor(part).cpu().numpy() for part in self.parts())
        return Affine(scale, z, self.qmin, self.qmax)
