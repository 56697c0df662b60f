"""The first guesses for a learned scale."""

import numpy as np
import pytest
import torch

from qlearn.numbers import mse
from qlearn.qat import lsq_plus_start, lsq_start

NORMAL = np.random.default_rng(0).normal(size=200_000)
ONE = torch.tensor([1.0])


def test_a_start_for_each_channel():
    W = np.float32([[1, -3], [0, 0], [0.5, 0.5]])
    Q = lsq_start(W, 4, axis=0)
    assert Q.scale.dtype == np.float32 and Q.scale.shape == (3, 1)
    assert Q.scale.ravel() == pytest.approx([4 / 7**0.5, 1, 1 / 7**0.5])  # all zeros: 1
    assert lsq_start(np.abs(W), 1, signed=False).qmax == 1


@pytest.mark.parametrize("num_bits, D", [(2, 0.200295), (3, 0.049201), (4, 0.012643)])
def test_the_start_of_lsq_plus_covers_three_sigma(num_bits, D):
    """N(0, 1): scale 3 / 2^(b - 1), and the error that goes with it, integrated elsewhere."""
    Q = lsq_plus_start(NORMAL, num_bits)
    assert Q.scale == pytest.approx(3 / 2 ** (num_bits - 1), rel=0.01)
    assert mse(NORMAL, Q(NORMAL)) == pytest.approx(D, rel=0.02)


def test_lsq_plus_starts_from_the_farther_end():
    x = np.float32([[9, 11], [-9, -11], [5, 5], [0, 0]])
    Q = lsq_plus_start(x, 4, axis=0)
    assert Q.scale.ravel().tolist() == pytest.approx([13 / 8, 13 / 8, 5 / 8, 1])
    assert (Q.qmin, Q.qmax, Q.scale.dtype) == (-8, 7, np.float32)


BAD = {
    "num_bits is 17": lambda: lsq_start(NORMAL, 17),
    "num_bits is 1 on a signed": lambda: lsq_start(NORMAL, 1),
    "x is a tensor": lambda: lsq_start(ONE, 4),
    "axis is 5": lambda: lsq_start(NORMAL, 4, axis=5),
    "num_bits is 0": lambda: lsq_plus_start(NORMAL, 0),
    "x holds nan": lambda: lsq_plus_start(np.array([1, np.nan]), 4),
    "axis is 1": lambda: lsq_plus_start(NORMAL, 4, axis=1),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
