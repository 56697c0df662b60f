"""Ranges that follow the numbers while a network trains (Jacob et al. 2018, section 3.1)."""

import torch
from torch import nn

from qlearn.numbers import Affine
from qlearn.numbers.arrays import work_floats

from .ste import closed, with_slope


class Tracked(nn.Module):
    """An Affine whose range follows the min and max of x; nothing about it is learned.

    batched (for activations): while training, each end moves towards that of the batch,
    end <- momentum * end + (1 - momentum) * end of the batch; afterwards it stands still.
    Otherwise (for weights) the range is that of the x at hand. Q gives bits, axes and the start.
    symmetric: keep the zero point 0; if not said, weights do that begin so on signed codes.
    d x_hat / dx := 1 where round(x / scale) + zero_point is a code (torch's fake_quantize).
    """

    def __init__(self, Q, batched=False, momentum=0.9, symmetric=None):
        super().__init__()
        if not isinstance(Q, Affine):
            raise ValueError(f"Q is a {type(Q).__name__}: give the Affine to start from")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is {momentum}: it lies from 0 to below 1")
        scale = work_floats(torch.as_tensor(Q.scale).detach().clone())
        z = torch.as_tensor(Q.zero_point).to(scale)
        if symmetric is None:
            symmetric = not batched and Q.qmin < 0 and not z.any()
        self.batched, self.momentum, self.qmin, self.qmax = batched, momentum, Q.qmin, Q.qmax
        self.grid = dict(num_bits=Q.num_bits, signed=Q.qmin < 0, symmetric=symmetric)
        self.grid["narrow_range"] = Q.qmin == -Q.qmax
        middle = (Q.qmin + Q.qmax) / 2 if symmetric else z
        self.xmin = nn.Buffer(scale * (Q.qmin - middle))
        self.xmax = nn.Buffer(scale * (Q.qmax - middle))
        self.scale, self.zero_point = nn.Buffer(scale), nn.Buffer(z.int())

    def forward(self, x):
        if self.training or not self.batched:
            self.follow(x.detach())
        z = self.zero_point
        Q = Affine(self.scale, z if z.ndim else int(z), self.qmin, self.qmax)

        def slope(x):
            return 1.0 * closed((x / Q.scale).round() + Q.zero_point, Q.qmin, Q.qmax)

        return with_slope(x, Q, slope)

    def follow(self, x):
        """Move the range towards that of x, and the grid with it."""
        m, old = self.momentum if self.batched else 0, (self.xmin, self.xmax)
        shape = (1,) * (x.ndim - self.scale.ndim) + self.scale.shape
        axes = [a for a, n in enumerate(shape) if n == 1]
        new = (x.amin(axes, True), x.amax(axes, True)) if axes else (x, x)
        ends = [m * a + (1 - m) * b.reshape(a.shape) for a, b in zip(old, new, strict=True)]
        Q = Affine.from_range(*ends, **self.grid)  # refuses what is not finite
        self.xmin, self.xmax = ends
        self.scale, self.zero_point = Q.scale, torch.as_tensor(Q.zero_point, device=x.device)

    @property
    def Q(self):
        """The quantizer as it is now, in numpy."""
        scale, z = self.scale.cpu().numpy(), self.zero_point.cpu().numpy()
        return Affine(scale[()], z[()], self.qmin, self.qmax)
