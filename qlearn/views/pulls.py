"""Who pulls a learned scale, and which way: N(0, 1) on a grid, half the mean squared error."""

from functools import cache

import numpy as np

from qlearn.numbers import Affine, minmax_range

from .error import numbers

SCALES = np.geomspace(0.1, 5, 501)
DOTS = numbers("Gaussian", 120)
RATE = 0.3


def parts(x, scale, num_bits):
    """Of each value: its code q, its error e, its pull by LSQ, and whether it is clipped.

    The pull is -d(e^2 / 2)/dscale = -e (q - u) inside and -e q outside, u = x / scale.
    """
    qmax = 2 ** (num_bits - 1) - 1
    u = x / scale
    q = np.clip(np.round(u), -qmax - 1, qmax)
    out = (u <= -qmax - 1) | (u >= qmax)
    e = scale * q - x
    return q, e, -e * np.where(out, q, q - u), out


@cache
def curves(num_bits):
    """At each of SCALES: SQNR in dB, the pull of all inside, of all clipped, the true slope."""
    x, rows = numbers("Gaussian", 4000), []
    for scale in SCALES:
        q, e, pull, out = parts(x, scale, num_bits)
        dB = 10 * np.log10(np.mean(x**2) / np.mean(e**2))
        rows.append((dB, np.mean(pull * ~out), np.mean(pull * out), -np.mean(e * q)))
    return np.array(rows).T


def at(scale, num_bits):
    """The four curves at one scale, or at several."""
    return [np.interp(np.log(scale), np.log(SCALES), curve) for curve in curves(num_bits)]


@cache
def walk(scale, num_bits, steps=200):
    """The scale before and after each step of gradient descent on half the mean squared error."""
    path, (_, inside, clipped, _) = [np.log(scale)], curves(num_bits)
    for _ in range(steps):
        pull = np.interp(path[-1], np.log(SCALES), inside + clipped)
        path.append(np.log(np.clip(np.exp(path[-1]) + RATE * pull, 0.1, 5)))
    return np.exp(path)


@cache
def resting(num_bits):
    """The scale at which the two sides balance."""
    pull = curves(num_bits)[1] + curves(num_bits)[2]
    return float(np.interp(0, -pull, SCALES))


@cache
def best(num_bits):
    """The scale of the least error, where the true slope is zero."""
    dB, _, _, slope = curves(num_bits)
    near = slice(dB.argmax() - 4, dB.argmax() + 5)
    return float(np.interp(0, -slope[near], SCALES[near]))


@cache
def starts(num_bits):
    """Where LSQ would start, 2 E|x| / sqrt(qmax), and the scale of min/max."""
    x, qmax = numbers("Gaussian"), 2 ** (num_bits - 1) - 1
    widest = Affine.from_range(*minmax_range(x), num_bits, symmetric=True).scale
    return float(2 * np.abs(x).mean() / qmax**0.5), float(widest)
