import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from qlearn.numbers import Affine, gauss_range, laplace_range, mse
from qlearn.numbers.aciq import gauss_clip, laplace_clip

LAPLACE = [1.86282, 2.83068, 3.89723, 5.02864, 6.20477, 7.41313, 8.64562, 9.89676]
GAUSS = [1.23991, 1.71064, 2.15159, 2.55914, 2.93620, 3.28691, 3.61511, 3.92404]
RNG = np.random.default_rng(0)


def test_the_table_of_the_paper():
    for M, (b, sigma) in enumerate(zip(LAPLACE, GAUSS, strict=True), start=1):
        np.testing.assert_allclose(laplace_clip(M), b, atol=1e-4)
        np.testing.assert_allclose(gauss_clip(M), sigma, atol=1e-4)
    np.testing.assert_allclose([laplace_clip(9), gauss_clip(9)], [11.163, 4.216], atol=1e-3)


@pytest.mark.parametrize("M", [1, 4, 8, 16])
def test_oracle_the_least_of_the_integrals(M):
    def tail(a, density):
        return 2 * quad(lambda x: (x - a) ** 2 * density(x), a, a + 40)[0]

    for clip, density in (laplace_clip, lambda x: np.exp(-x) / 2), (gauss_clip, norm.pdf):
        best = minimize_scalar(
            lambda a, p=density: np.log(tail(a, p) + a**2 / (3 * 4.0**M)),
            bounds=(0.5, 30),
            method="bounded",
        )
        np.testing.assert_allclose(clip(M), best.x, rtol=1e-3)


def test_worked_example():
    x = np.array([-3.0, -1, 1, 3])  # b = 2, sigma = sqrt 5: both thresholds lie beyond 3
    assert laplace_range(x, 2, symmetric=True) == (-3, 3)
    x = np.array([-10.0, *[-1, 1] * 9, 10])  # b = 1.9, sigma = 3.302
    np.testing.assert_allclose(laplace_range(x, 2, symmetric=True)[1], 1.9 * LAPLACE[1], rtol=1e-5)
    sigma = np.sqrt((18 + 200) / 20)
    np.testing.assert_allclose(gauss_range(x, 2, symmetric=True)[1], sigma * GAUSS[1], rtol=1e-5)


@pytest.mark.parametrize("num_bits", [2, 4, 6])
def test_samples_give_the_table_back(num_bits):
    x, z = 3 * RNG.laplace(size=400_000), 3 * RNG.normal(size=400_000)
    for symmetric in False, True:
        T = np.array(laplace_range(x, num_bits, symmetric=symmetric))
        np.testing.assert_allclose(
            T / 3, [-LAPLACE[num_bits - 1], LAPLACE[num_bits - 1]], rtol=0.01
        )
        T = np.array(gauss_range(z, num_bits, symmetric=symmetric))
        np.testing.assert_allclose(T / 3, [-GAUSS[num_bits - 1], GAUSS[num_bits - 1]], rtol=0.01)


def test_the_range_is_centred_on_the_mean_where_it_may_be():
    x = 2 + RNG.laplace(size=100_000)
    low, high = laplace_range(x, 4)
    np.testing.assert_allclose([low, high], [2 - LAPLACE[3], 2 + LAPLACE[3]], atol=0.1)
    low, high = laplace_range(x, 4, symmetric=True)
    assert low == -high or low == x.min()


def test_one_side_has_a_bit_more_and_its_zeros_do_not_count():
    x = RNG.exponential(size=400_000)
    zeros = np.zeros(100_000)
    for y in x, np.append(x, zeros):
        np.testing.assert_allclose(laplace_range(y, 3), (0, LAPLACE[3]), rtol=0.01)
        np.testing.assert_allclose(laplace_range(-y, 3), (-LAPLACE[3], 0), rtol=0.01)
        np.testing.assert_allclose(laplace_range(y, 3, symmetric=True), (0, LAPLACE[2]), rtol=0.01)
    z = np.abs(RNG.normal(size=400_000))
    np.testing.assert_allclose(gauss_range(np.append(z, zeros), 3), (0, GAUSS[3]), rtol=0.01)


@pytest.mark.parametrize(
    ("find", "draw"), [(laplace_range, RNG.laplace), (gauss_range, RNG.normal)]
)
@pytest.mark.parametrize("num_bits", [3, 4, 6])
def test_claim_close_to_the_best_threshold_for_its_own_distribution(find, draw, num_bits):
    x = draw(size=50_000)

    def error(T):
        return mse(x, Affine.from_range(-T, T, num_bits, symmetric=True)(x))

    least = min(error(T) for T in np.linspace(1, 10, 200))
    assert error(find(x, num_bits, symmetric=True)[1]) < 1.06 * least
