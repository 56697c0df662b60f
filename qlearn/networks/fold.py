"""Batch norm into weights: what runs on hardware has no batch norm left to run."""

from dataclasses import replace

from .layers import BatchNorm, Conv2d, Sequential


def fold(net):
    """The same function without batch norm (Jacob et al. 2018, Eq. 14).

    W' = factor W and b' = beta + factor (b - mean), with factor = gamma / sqrt(var + eps).
    """
    layers = []
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            if not layers or not isinstance(layers[-1], Conv2d):
                before = type(layers[-1]).__name__ if layers else "nothing"
                raise ValueError(f"a BatchNorm after {before} can't be folded: it needs a Conv2d")
            layers[-1] = fold_pair(layers[-1], layer)
        else:
            layers.append(layer)
    return Sequential(tuple(layers), net.input_shape)


def fold_pair(conv, norm):
    """One convolution that does what conv, then norm, do."""
    b = 0 if conv.b is None else conv.b
    W = conv.W * norm.factor[:, None, None, None]
    return replace(conv, W=W, b=norm.beta + norm.factor * (b - norm.mean))
