import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from qlearn.numbers import Affine, mse_range, sqnr
from qlearn.qat import lsq_start
from qlearn.views.pulls import (
    SCALES,
    at,
    best,
    curves,
    numbers,
    parts,
    resting,
    starts,
    walk,
)


def test_worked_example():
    """Scale 1, codes -2 .. 1: the pulls of the notebook's five numbers."""
    q, e, pull, out = parts(np.array([-2.5, -0.6, 0.3, 0.8, 1.6]), 1.0, 2)
    assert q.tolist() == [-2, -1, 0, 1, 1] and out.tolist() == [True, False, False, False, True]
    np.testing.assert_allclose(e, [0.5, -0.4, -0.3, 0.2, -0.6], atol=1e-12)
    np.testing.assert_allclose(pull, [1.0, -0.16, -0.09, -0.04, 0.6], atol=1e-12)


@pytest.mark.parametrize("num_bits", [2, 3, 4])
def test_pulls_are_what_torch_says(num_bits):
    import torch

    from qlearn.qat import lsq

    x, scale = numbers("Gaussian", 100), torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    n = 2 ** (num_bits - 1)
    x_hat = lsq(torch.tensor(x), Affine(scale, 0, -n, n - 1), count=1 / (n - 1))
    (0.5 * (x_hat - torch.tensor(x)) ** 2).sum().backward()
    assert -parts(x, 0.8, num_bits)[2].sum() == pytest.approx(scale.grad.item())


def pull(scale, num_bits):
    """The mean pull on N(0, 1), by integrals over each code's cell."""
    n = 2 ** (num_bits - 1)
    q = np.arange(-n, n)
    a, b = scale * np.r_[-n, q[1:] - 0.5], scale * np.r_[q[1:] - 0.5, n - 1]
    m0, m1 = norm.cdf(b) - norm.cdf(a), norm.pdf(a) - norm.pdf(b)
    m2 = m0 + a * norm.pdf(a) - b * norm.pdf(b)
    inside = np.sum(scale * (q**2 * m0 - 2 * q * m1 / scale + m2 / scale**2))
    high, low = scale * (n - 1), -scale * n
    above = (n - 1) * (norm.pdf(high) - high * norm.sf(high))
    return above + n * (norm.pdf(low) + low * norm.cdf(low)) - inside


@pytest.mark.parametrize("num_bits", [2, 3, 4])
def test_the_balance_is_that_of_the_integrals(num_bits):
    exact = brentq(pull, 0.1, 5, args=(num_bits,))
    assert resting(num_bits) == pytest.approx(exact, abs=2e-3)
    for scale in 0.1, 0.5, 1.6, 5:
        _, inside, clipped, _ = at(scale, num_bits)
        assert inside + clipped == pytest.approx(pull(scale, num_bits), abs=5e-3)
        assert inside < 0 <= clipped


def test_claim_descent_rests_a_little_above_the_least_error():
    for num_bits, rest, least in (2, 1.098, 1.048), (3, 0.611, 0.602), (4, 0.340, 0.339):
        assert resting(num_bits) == pytest.approx(rest, abs=2e-3)
        assert best(num_bits) == pytest.approx(least, abs=1e-3)
        dB = curves(num_bits)[0]
        assert SCALES[dB.argmax()] == pytest.approx(least, abs=6e-3)
        assert 0 <= dB.max() - at(rest, num_bits)[0] < 0.03
        for start in 0.1, 1.6, 5.0:
            path = walk(start, num_bits)
            assert len(path) == 201 and path[0] == pytest.approx(start)
            assert path[-1] == pytest.approx(rest, abs=3e-3)


def test_the_true_slope_is_that_of_the_error():
    dB, _, _, slope = curves(3)
    D = 10 ** (-dB / 10)
    middle = (SCALES > 0.3) & (SCALES < 3)
    np.testing.assert_allclose(np.gradient(-D / 2, SCALES)[middle], slope[middle], atol=4e-3)


def test_starts_are_those_of_the_package():
    x = numbers("Gaussian")
    for num_bits in 2, 3, 4:
        guess, widest = starts(num_bits)
        assert guess == pytest.approx(lsq_start(x, num_bits).scale)
        assert widest == pytest.approx(2 * x.max() / (2**num_bits - 1))


def test_claim_lsqs_guess_is_worse_than_minmax_at_4_bits():
    better = [at(starts(b)[0], b)[0] > at(starts(b)[1], b)[0] for b in (2, 3, 4)]
    assert better == [True, True, False]
    x = numbers("Gaussian")
    assert sqnr(x, lsq_start(x, 4)(x)) == pytest.approx(at(starts(4)[0], 4)[0], abs=0.03)
    assert mse_range(x, 4, symmetric=True)[1] / 7.5 == pytest.approx(0.339, abs=2e-3)
