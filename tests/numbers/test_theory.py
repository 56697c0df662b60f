import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import cauchy, entropy, laplace, norm, uniform

from qlearn.numbers import (
    Affine,
    code_entropy,
    mse,
    panter_dite,
    rate_distortion,
    rounding_noise,
    sheppard,
    sqnr,
    sqnr_limit,
)

# Mean squared error of the best fixed levels for N(0, 1) at 1 to 4 bits: any (Lloyd 1957, Max
# 1960), and equally spaced ones.
LLOYD_MAX = np.array([0.36338, 0.11748, 0.03454, 0.009501])
UNIFORM = np.array([0.36338, 0.118846, 0.037440, 0.011543])


def rounded_variance(scale):
    """The variance of N(0, 1) rounded to the multiples of scale, summed over all of them."""
    k = np.arange(-int(40 / scale) - 1, int(40 / scale) + 2)
    p = norm.cdf((k + 0.5) * scale) - norm.cdf((k - 0.5) * scale)
    return p @ (k * scale) ** 2


def test_worked_examples():
    assert rounding_noise(6) == 3
    assert rounding_noise(np.float32(0.5)) == pytest.approx(1 / 48)
    assert sheppard(10, 6) == 7
    np.testing.assert_array_equal(rate_distortion([1, 4], [[1], [0.5]]), [[0.25, 1], [0.5, 2]])
    assert code_entropy([0, 0, 1, 2]) == 1.5
    assert code_entropy(np.zeros((3, 3), np.int8)) == 0


@given(st.floats(1e-3, 1e3), st.floats(0, 16))
def test_a_bit_is_6_02_decibels(variance, num_bits):
    two = rate_distortion(variance, [num_bits, num_bits + 1])
    assert 10 * np.log10(two[0] / two[1]) == pytest.approx(6.0206, abs=1e-4)


def test_numbers_around_0_may_have_six_decibels_a_bit_and_others_as_much_as_their_mean_adds():
    x = np.array([-1.0, 1.0], np.float32)
    np.testing.assert_allclose(sqnr_limit(x, 3), 60 * np.log10(2))
    np.testing.assert_allclose(sqnr_limit(x + 1, 0), 10 * np.log10(2))  # mean(x^2) 2, variance 1


def test_oracle_the_noise_is_the_integral_over_a_step():
    for scale in 0.1, 1, 7:
        D, _ = quad(lambda e, s=scale: e**2 / s, -scale / 2, scale / 2)
        assert rounding_noise(scale) == pytest.approx(D)


@pytest.mark.parametrize(
    ("scale", "left"), [(0.5, 0), (1, -1.10e-8), (1.5, -6.55e-4), (2, -3.17e-2), (3, -5.47e-1)]
)
def test_sheppard_against_exact_sums(scale, left):
    assert sheppard(rounded_variance(scale), scale) - 1 == pytest.approx(left, rel=1e-2, abs=1e-12)


def test_panter_dite_of_known_densities():
    gauss = np.sqrt(3) * np.pi / 2
    assert panter_dite(norm.pdf, 0) == pytest.approx(gauss, rel=1e-9)
    assert panter_dite(norm.pdf, 4) == pytest.approx(0.010628, abs=1e-6)
    assert panter_dite(norm(scale=3).pdf, 2.5) == pytest.approx(9 * gauss / 32)
    assert panter_dite(laplace.pdf, 0) == pytest.approx(9)  # (1/12) (6 / 2^(1/3))^3
    # Equally likely: nothing is better than equal steps.
    D = panter_dite(uniform(-1, 2).pdf, [1, 8], -1, 1)
    np.testing.assert_allclose(D, rounding_noise([1, 2 / 256]))


def test_oracle_scipy_entropy():
    q = np.random.default_rng(0).binomial(10, 0.3, size=(50, 20)).astype(np.int8)
    counts = np.bincount(q.ravel().astype(int))
    assert code_entropy(q) == pytest.approx(entropy(counts, base=2))
    assert code_entropy(np.arange(64)) == pytest.approx(6)


def test_claim_no_scalar_quantizer_reaches_the_limit():
    limit = rate_distortion(1, np.arange(1, 5))
    np.testing.assert_allclose(limit, [0.25, 0.0625, 0.0156, 0.0039], atol=1e-4)
    assert (limit < LLOYD_MAX).all() and (LLOYD_MAX <= UNIFORM).all()
    ratio = panter_dite(norm.pdf, np.arange(1, 5)) / LLOYD_MAX  # the law of many levels
    assert (np.diff(ratio) < 0).all() and 1 < ratio[-1] < 1.13


def test_claim_entropy_coded_steps_are_a_quarter_of_a_bit_from_the_limit():
    x = norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    for scale in 0.2, 0.05:
        q = np.round(x / scale)
        gap = 10 * np.log10(mse(x, scale * q) / rate_distortion(1, code_entropy(q)))
        assert gap == pytest.approx(10 * np.log10(2 * np.pi * np.e / 12), abs=0.03)  # 1.533 dB


def test_claim_6_02_decibels_a_bit_on_uniform_numbers():
    x = np.linspace(-1, 1, 200_001)
    for num_bits in 4, 8, 12:
        Q = Affine.from_range(-1.0, 1.0, num_bits)
        law = 10 * np.log10(1 / 3 / rounding_noise(Q.scale))
        assert sqnr(x, Q(x)) == pytest.approx(law, abs=0.03)
        assert law == pytest.approx(20 * np.log10(2**num_bits - 1))


def test_claim_the_entropy_bounds_codes_named_by_themselves_only():
    q = np.repeat([0, 1, 1, 0, 1, 0, 0, 1], 2)  # neighbours are twins: half a bit a code suffices
    assert code_entropy(q) == 1
    assert code_entropy(2 * q[::2] + q[1::2]) / 2 == 0.5


def test_claim_sheppard_needs_a_density_without_sharp_ends():
    for levels in 1, 8, 100:  # uniform numbers, a level in the middle of each cell
        assert sheppard((levels**2 - 1) / 12, 1) == pytest.approx(levels**2 / 12 - 2 / 12)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: rounding_noise(0), "scale is 0: it must be above 0"),
        (lambda: rounding_noise([1, -0.5]), "scale is -0.5: it can't be negative"),
        (lambda: rounding_noise(np.nan), "scale holds nan"),
        (lambda: sheppard(-1, 1), "var is -1"),
        (lambda: sheppard(1, 0), "scale is 0"),
        (lambda: rate_distortion(-2.5, 1), "variance is -2.5"),
        (lambda: rate_distortion(1, -1), "num_bits is -1"),
        (lambda: rate_distortion(1, [np.inf]), "num_bits holds inf"),
        (lambda: panter_dite(norm.pdf, -3), "num_bits is -3"),
        (lambda: panter_dite(norm.pdf, 1, -1, 1), r"pdf sums to 0\.6827 from -1 to 1"),
        (lambda: sqnr_limit([], 1), "x is empty"),
        (lambda: sqnr_limit([np.nan], 1), "x holds nan"),
        (lambda: sqnr_limit([1, 2], -1), "num_bits is -1"),
        (lambda: code_entropy([]), "q is empty"),
        (lambda: code_entropy(["a"]), "q holds str"),
    ],
)
def test_bad_input(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        ask()


def test_large_codes_that_float32_would_merge_are_two():
    assert code_entropy(np.array([2**24, 2**24 + 1], np.int32)) == 1


def test_what_is_no_density_or_has_no_limit_is_refused():
    with pytest.raises(ValueError, match="does not settle"):
        panter_dite(cauchy.pdf, 4)
    with pytest.raises(ValueError, match="the density is -"):
        panter_dite(lambda v: 3 - 4 * v, 3, 0, 1)
    with pytest.raises(ValueError, match="its peak was not found"):
        panter_dite(norm(1000).pdf, 4)
