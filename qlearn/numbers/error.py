"""How far is the reconstruction x_hat from x?"""

import numpy as np

from .arrays import as_floats


def mse(x, x_hat):
    """Mean squared error, D = mean((x - x_hat)^2), worked in float64."""
    x, x_hat = as_pair(x, x_hat)
    return float(np.mean((x - x_hat) ** 2))


def sqnr(x, x_hat):
    """Signal to quantization noise in decibels, 10 log10(mean(x^2) / mean((x - x_hat)^2)).

    An exact reconstruction gives infinity.
    """
    x, x_hat = as_pair(x, x_hat)
    signal, noise = np.mean(x**2), np.mean((x - x_hat) ** 2)
    if noise == 0:
        return np.inf
    return float(10 * np.log10(signal / noise)) if signal > 0 else -np.inf


def as_pair(x, x_hat):
    """Both as float64 arrays of one shape."""
    x, x_hat = as_floats(x, "x"), as_floats(x_hat, "x_hat")
    if x.shape != x_hat.shape:
        raise ValueError(f"x has shape {x.shape} but x_hat has shape {x_hat.shape}")
    return x.astype(np.float64), x_hat.astype(np.float64)
