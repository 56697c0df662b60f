"""Range estimators on a million float32, beside torch's observer.

    pytest benchmarks/bench_calibrate.py --benchmark-columns=median,iqr,rounds

One thread, one run; the number in brackets is the ratio to the quickest of a group.
Bars: 60 ms each, mse_range 40 ms, entropy_range 150 ms.
"""

import numpy as np
import pytest
import torch

from qlearn.numbers import (
    Affine,
    entropy_range,
    gauss_range,
    laplace_range,
    minmax_range,
    mse,
    mse_range,
    percentile_range,
)

torch.set_num_threads(1)
X = np.random.default_rng(0).normal(size=1_000_000).astype(np.float32)
ALL = [minmax_range, percentile_range, mse_range, entropy_range, laplace_range, gauss_range]


def observed(x):
    """The range of torch's HistogramObserver."""
    observer = torch.ao.quantization.HistogramObserver()
    observer(torch.from_numpy(x))
    low, high = (float(v) for v in observer._non_linear_param_search())
    return min(low, 0), max(high, 0)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("num_bits", [8, 4])
@pytest.mark.parametrize("find", ALL, ids=lambda f: f.__name__)
def test_ours(benchmark, find, num_bits, symmetric):
    benchmark.group = f"1 million float32, {num_bits} bits"
    benchmark(find, X, num_bits, symmetric=symmetric)


@pytest.mark.parametrize("num_bits", [8, 4])
def test_torch_histogram_observer(benchmark, num_bits):
    benchmark.group = f"1 million float32, {num_bits} bits"
    benchmark(observed, X)


@pytest.mark.parametrize("num_bits", [8, 4, 3, 2])
def test_error_beside_torch_s(benchmark, num_bits):
    def ratio():
        ends = mse_range(X, num_bits), observed(X)
        errors = [mse(X, Affine.from_range(*e, num_bits)(X)) for e in ends]
        return errors[0] / errors[1]

    benchmark.group = "error"
    found = benchmark.pedantic(ratio)
    benchmark.name = f"{num_bits} bits: {found:.4f} times the error of torch's range"
    assert found <= 1


def test_a_range_a_channel(benchmark):
    benchmark.group = "64 channels of 576"
    benchmark(mse_range, X[: 64 * 576].reshape(64, 576), 4, axis=0, symmetric=True)
