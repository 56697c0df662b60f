import numpy as np
import pytest

from qlearn.numbers import Affine, laplace_range, mse
from qlearn.views.valley_curves import MARKS, SHARES, TENSORS, marked, valley_curves, values


def quantizer(tensor, T, num_bits):
    symmetric = tensor != "ReLU outputs"
    return Affine.from_range(-T * symmetric, T, num_bits, symmetric=symmetric)


@pytest.mark.parametrize("tensor", TENSORS)
@pytest.mark.parametrize("num_bits", [2, 4, 8])
def test_the_sum_is_the_error_of_the_quantizer(tensor, num_bits):
    x = values(tensor).astype(np.float64)
    T, clipping, rounding = valley_curves(tensor, num_bits)
    for i in 0, 36, 99:
        D = mse(x, quantizer(tensor, T[i], num_bits)(x)) / np.mean(x**2)
        np.testing.assert_allclose(clipping[i] + rounding[i], D, rtol=5e-3)


def test_clipping_falls_and_rounding_rises():
    for tensor in TENSORS:
        _, clipping, rounding = valley_curves(tensor, 8)
        assert (np.diff(clipping) <= 1e-12).all()
        assert rounding[-1] > rounding[0]
    _, clipping, rounding = valley_curves("Laplace", 4)
    np.testing.assert_allclose(rounding[61] / rounding[31], (62 / 32) ** 2, rtol=0.35)


@pytest.mark.parametrize("tensor", TENSORS)
def test_the_tensors_are_what_they_are_called(tensor):
    x = values(tensor)
    assert x.ndim == 1 and x.dtype == np.float32
    assert (tensor == "ReLU outputs") == (x.min() == 0)
    assert (tensor == "one outlier") == (x.max() == 100)


@pytest.mark.parametrize("tensor", ["laplace", "weights", None])
def test_another_name_is_refused(tensor):
    with pytest.raises(ValueError, match="choose from Laplace, Gaussian"):
        values(tensor)


def test_no_mark_is_moved_into_the_picture():
    for tensor in TENSORS:
        x, symmetric = values(tensor), tensor != "ReLU outputs"
        for num_bits in range(2, 9):
            places = marked(tensor, num_bits)
            assert (places >= SHARES[0]).all() and (places <= 100).all()
            low, high = laplace_range(x, num_bits, symmetric=symmetric)
            L = 100 * min(max(-low, high) / np.abs(x).max(), 1)
            np.testing.assert_allclose(places[list(MARKS).index("$L$")], L, rtol=1e-6)
    assert marked("one outlier", 2).min() < 2


def test_the_mark_of_the_least_error_is_at_the_bottom_and_min_max_at_the_end():
    for tensor in TENSORS:
        T = dict(zip(MARKS, marked(tensor, 4), strict=True))
        total = sum(valley_curves(tensor, 4)[1:])
        assert np.interp(T["*"], SHARES, total) < 1.03 * total.min()
        np.testing.assert_allclose(T["$m$"], 100, rtol=1e-6)
