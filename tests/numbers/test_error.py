import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qlearn.numbers import mse, sqnr


def test_worked_example():
    assert mse([1.0, 2.0], [1.0, 1.0]) == 0.5
    assert sqnr([1.0, 3.0], [1.0, 2.0]) == pytest.approx(10.0)  # signal 5, noise 1/2


def test_exact_and_empty_signals():
    assert sqnr([1.0], [1.0]) == np.inf
    assert sqnr([0.0], [1.0]) == -np.inf


@given(st.floats(0.01, 100))
def test_sqnr_ignores_the_unit(factor):
    x = np.random.default_rng(0).normal(size=50)
    assert sqnr(factor * x, factor * (x + 0.1)) == pytest.approx(sqnr(x, x + 0.1))


def test_oracle_sklearn():
    from sklearn.metrics import mean_squared_error

    x, y = np.random.default_rng(1).normal(size=(2, 1000)).astype(np.float32)
    assert mse(x, y) == pytest.approx(mean_squared_error(x.astype(float), y.astype(float)))


def test_bad_input():
    with pytest.raises(ValueError, match=r"x has shape \(2,\) but x_hat has shape \(3,\)"):
        mse([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="x_hat holds nan"):
        sqnr([1.0], [np.nan])
