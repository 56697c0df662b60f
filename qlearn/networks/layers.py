"""A network is a tuple of frozen layers, each a function of one array of images (n, c, h, w).

Cast: W weights, b bias, x input, y output; n images, c channels, h x w pixels.
"""

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Conv2d:
    """y[o] = sum over c, i, j of W[o, c, i, j] x[c, i, j] + b[o], at every place.

    W: (out, in / groups, height, width). With groups = in it is depthwise: one kernel a channel.
    """

    W: Array
    b: Array = None
    stride: int = 1
    padding: int = 0
    groups: int = 1

    def __post_init__(self):
        check_weights(self)

    def __call__(self, x):
        check_features(x, -3, self.W.shape[1] * self.groups, self)
        p, s = self.padding, self.stride
        # Images innermost: every copy below is a long run, and one product serves all of them.
        x = np.pad(x.transpose(1, 2, 3, 0), ((0, 0), (p, p), (p, p), (0, 0)))
        windows = sliding_window_view(x, self.W.shape[2:], axis=(1, 2))[:, ::s, ::s]
        _, h, w, n, *_ = windows.shape
        columns = windows.transpose(0, 4, 5, 1, 2, 3).reshape(self.groups, -1, h * w * n)
        W = self.W.reshape(self.groups, -1, columns.shape[1])
        y = (W @ columns).reshape(-1, h, w, n).transpose(3, 0, 1, 2)
        return plus(y, self.b, (-1, 1, 1))


@dataclass(frozen=True, eq=False)
class Dense:
    """y = W x + b, with W: (out, in) and x: (n, in)."""

    W: Array
    b: Array = None

    def __post_init__(self):
        check_weights(self)

    def __call__(self, x):
        check_features(x, -1, self.W.shape[1], self)
        return plus(x @ self.W.T, self.b, (-1,))


@dataclass(frozen=True, eq=False)
class BatchNorm:
    """y = gamma (x - mean) / sqrt(var + eps) + beta, a channel at a time; frozen statistics."""

    gamma: Array
    beta: Array
    mean: Array
    var: Array
    eps: float = 1e-5

    @property
    def factor(self):
        """What each channel is multiplied by: gamma / sqrt(var + eps)."""
        return self.gamma / np.sqrt(self.var + np.float32(self.eps))

    def __call__(self, x):
        check_features(x, -3, len(self.gamma), self)
        shift = self.beta - self.factor * self.mean
        return x * self.factor[:, None, None] + shift[:, None, None]


@dataclass(frozen=True, eq=False)
class ReLU:
    """y = max(x, 0)."""

    def __call__(self, x):
        return np.maximum(x, 0)


@dataclass(frozen=True, eq=False)
class AvgPool:
    """The mean of each size x size square."""

    size: int

    def __call__(self, x):
        check_floats("x", x)
        h, w = x.shape[2:]
        if self.size < 1 or h % self.size or w % self.size:
            raise ValueError(f"AvgPool({self.size}) does not divide images of {h} x {w}")
        k = self.size
        return sum(x[:, :, i::k, j::k] for i in range(k) for j in range(k)) / np.float32(k * k)


@dataclass(frozen=True, eq=False)
class Flatten:
    """(n, c, h, w) -> (n, c h w)."""

    def __call__(self, x):
        return x.reshape(len(x), -1)


@dataclass(frozen=True, eq=False)
class Sequential:
    """One layer after the other; input_shape is (c, h, w) of one image."""

    layers: tuple
    input_shape: tuple = None

    def __post_init__(self):
        inner = [getattr(layer, "layers", (layer,)) for layer in self.layers]
        object.__setattr__(self, "layers", tuple(chain.from_iterable(inner)))  # nested ones too
        object.__setattr__(self, "input_shape", self.input_shape and tuple(self.input_shape))

    def __call__(self, x):
        if self.input_shape and x.shape[1:] != self.input_shape:
            raise ValueError(f"x has images of {x.shape[1:]}, the network takes {self.input_shape}")
        for layer in self.layers:
            x = layer(x)
        return x

    def outputs(self, x):
        """What each layer gives, in order."""
        return [x := layer(x) for layer in self.layers]

    @property
    def weights(self):
        """The weights W of every layer that has any, in order."""
        return [layer.W for layer in self.layers if hasattr(layer, "W")]


def plus(y, b, shape):
    """y + b, with b along the channels; no bias adds nothing."""
    return y if b is None else y + b.reshape(shape)


def check_features(x, axis, expected, layer):
    """Refuse an input that the layer has no weights for: codes, or other axes or channels."""
    check_floats("x", x)
    ndim, form = {-3: (4, f"(n, {expected}, h, w)"), -1: (2, f"(n, {expected})")}[axis]
    if x.ndim != ndim or x.shape[axis] != expected:
        raise ValueError(f"x has shape {x.shape}: {type(layer).__name__} takes {form}")


def check_weights(layer):
    """Refuse weights that are codes, and a bias that does not go with them."""
    check_floats("W", layer.W)
    if layer.b is not None and layer.b.shape != layer.W.shape[:1]:
        raise ValueError(f"b has shape {layer.b.shape}, W {layer.W.shape}: one bias an output")


def check_floats(name, x):
    """Refuse codes: their products would not fit their own type."""
    if x.dtype.kind != "f":
        raise ValueError(f"{name} holds {x.dtype} values: layers take floats, dequantize first")
