"""A gradient for steps: forward a staircase of slope 0 or infinity, backward a made-up slope.

The cast: u = x / scale, a number in code units; y = sign(x), which is +1 at 0: a bit has no zero.
"""

from math import log

import torch

from qlearn.numbers.arrays import NotFinite


class Surrogate(torch.autograd.Function):
    """Forward step(x); backward the gradient times slope, a number or a function of x."""

    @staticmethod
    def forward(ctx, x, step, slope):
        ctx.slope = slope
        if callable(slope):
            ctx.save_for_backward(x)
        return step(x)

    @staticmethod
    def backward(ctx, grad):
        slope = ctx.slope(*ctx.saved_tensors) if callable(ctx.slope) else ctx.slope
        return grad * slope, None, None


def with_slope(x, step, slope):
    """step(x), with dy/dx said to be `slope`; x is a tensor of floats without NaN."""
    if not torch.is_tensor(x) or not x.is_floating_point():
        raise ValueError(f"x holds {getattr(x, 'dtype', type(x).__name__)}: give a float tensor")
    if x.isnan().any():
        raise NotFinite("x holds nan")
    return Surrogate.apply(x, step, slope)


# Rounding


def round_ste(u):
    """Round half to even; dy/du := 1 (the straight-through estimator, Bengio et al. 2013)."""
    return with_slope(u, torch.round, 1)


def floor_ste(u):
    """Round down; dy/du := 1."""
    return with_slope(u, torch.floor, 1)


def round_soft(u, alpha=0.4):
    """Round half to even; dy/du := the slope of a tanh in every cell (DSQ, Gong et al. 2019).

    soft(u) = f + s tanh(k (u - f - 1/2)) / 2 + 1/2, f = floor(u), s = 1 / (1 - alpha),
    k = ln(2 / alpha - 1): alpha near 1 gives slope 1, alpha near 0 the true staircase.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}: it lies between 0 (stairs) and 1 (straight)")
    k, s = log(2 / alpha - 1), 1 / (1 - alpha)
    return with_slope(u, torch.round, lambda u: s * k / 2 * sech2(k * (u - u.floor() - 0.5)))


def sech2(x):
    """The slope of tanh."""
    return 1 - x.tanh() ** 2


# Clipping: where does the gradient pass?  All three are clip(round(u), qmin, qmax) forward.


def closed(u, low, high):
    """Pass the gradient in [low, high], as torch.clamp does and the survey writes."""
    return (low <= u) & (u <= high)


def opened(u, low, high):
    """Pass the gradient inside (low, high) alone, as LSQ does."""
    return (low < u) & (u < high)


def straight(u, qmin, qmax):
    """dy/du := 1 for clipped values too (the survey's Fig. 5)."""
    return with_slope(u, codes_between(qmin, qmax), 1)


def round_then_clip(u, qmin, qmax, inside=closed):
    """dy/du := 1 where round(u) is inside: half a step more (torch's fake_quantize)."""
    return with_slope(u, codes_between(qmin, qmax), lambda u: 1.0 * inside(u.round(), qmin, qmax))


def clip_then_round(u, qmin, qmax, inside=closed):
    """dy/du := 1 where u itself is inside: the clipped STE (LSQ, PACT; Hubara et al. 2016)."""
    return with_slope(u, codes_between(qmin, qmax), lambda u: 1.0 * inside(u, qmin, qmax))


def codes_between(qmin, qmax):
    """The function u -> clip(round(u), qmin, qmax)."""
    if not qmin < qmax:
        raise ValueError(f"qmin {qmin} is not below qmax {qmax}")
    return lambda u: u.round().clip(qmin, qmax)


# Signs: the area under a slope that pretends to be sign's is 2, the height of the step.


def sign(x):
    """+1 or -1, in x's type; torch.sign has a third value, 0."""
    return 1 - 2 * (x < 0).to(x.dtype)


def sign_ste(x, inside=closed):
    """sign(x); dy/dx := 1 for |x| <= 1, the slope of hard tanh (Hubara et al. 2016)."""
    return with_slope(x, sign, lambda x: 1.0 * inside(x, -1, 1))


def approx_sign(x):
    """sign(x); dy/dx := 2 - 2 |x| for |x| <= 1 (Bi-Real Net, Liu et al. 2018)."""
    return with_slope(x, sign, lambda x: torch.where(closed(x, -1, 1), 2 - 2 * x.abs(), 0))


def swish_sign(x, beta=5.0):
    """sign(x); dy/dx := beta (2 - y tanh(y / 2)) / (1 + cosh y), y = beta x (BNN+, Darabi 2018).

    That is the slope of 2 sigmoid(y) (1 + y (1 - sigmoid(y))) - 1: negative beyond |y| = 2.4.
    """
    if not beta > 0:
        raise ValueError(f"beta is {beta}: it must be positive")

    def slope(x):
        y = (beta * x).clip(-80, 80)  # beyond, the slope is 0 and cosh overflows
        return beta * (2 - y * (y / 2).tanh()) / (1 + y.cosh())

    return with_slope(x, sign, slope)


def ede(x, progress=1.0):
    """sign(x); dy/dx := k t (1 - tanh(t x)^2), sharper with progress (IR-Net, Qin et al. 2020).

    t = 0.1 * 100^progress, k = max(1 / t, 1): from nearly 1 everywhere to area 2 around 0.
    """
    if not 0 <= progress <= 1:
        raise ValueError(f"progress is {progress}: it goes from 0 to 1")
    t = 0.1 * 100**progress
    return with_slope(x, sign, lambda x: max(1 / t, 1) * t * sech2(t * x))
