"""Affine quantizers beside torch's fake quantization, and what importing costs.

    pytest benchmarks/bench_numbers.py --benchmark-columns=median,iqr,rounds

One thread, one run; the number in brackets is the ratio to the quicker way of a group.
Bars: 0.45 of torch's time per tensor, 0.4 per channel, 5 % memory beyond the result, 0.1 s import.
"""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import torch

from qlearn.networks import digits, fold, load, with_bits
from qlearn.numbers import Affine, minmax_range

torch.set_num_threads(1)
RNG = np.random.default_rng(0)
X = RNG.normal(size=10_000_000).astype(np.float32)
W = RNG.normal(size=(4096, 2048)).astype(np.float32)


def test_per_tensor_ours(benchmark):
    benchmark.group = "10 million float32, one scale"
    benchmark(Affine(np.float32(8 / 255), 3), X)


def test_per_tensor_torch(benchmark):
    benchmark.group = "10 million float32, one scale"
    x = torch.from_numpy(X)
    benchmark(torch.fake_quantize_per_tensor_affine, x, 8 / 255, 3, -128, 127)


@pytest.mark.parametrize("axis", [0, 1])
def test_per_channel_ours(benchmark, axis):
    benchmark.group = f"4096 x 2048, axis {axis} kept"
    benchmark(Affine.from_range(*minmax_range(W, axis=axis), symmetric=True), W)


@pytest.mark.parametrize("axis", [0, 1])
def test_per_channel_torch(benchmark, axis):
    benchmark.group = f"4096 x 2048, axis {axis} kept"
    scale = torch.from_numpy(minmax_range(W, axis=axis)[1].ravel() / 127)
    zero_point = torch.zeros(len(scale), dtype=torch.int32)
    x = torch.from_numpy(W)
    benchmark(torch.fake_quantize_per_channel_affine, x, scale, zero_point, axis, -128, 127)


def test_memory_beyond_the_result(benchmark):
    Q = Affine(np.float32(8 / 255), 3)

    def peak():
        tracemalloc.start()
        size = Q(X).nbytes
        beyond = tracemalloc.get_traced_memory()[1] / size - 1
        tracemalloc.stop()
        return beyond

    benchmark.group = "memory"
    share = benchmark.pedantic(peak)
    benchmark.name = f"memory beyond the result: {100 * share:.1f} %"
    assert share < 0.05


@pytest.mark.parametrize("module", ["numpy", "qlearn.numbers"])
def test_import(benchmark, module):
    benchmark.group = "import in a fresh interpreter"
    benchmark.pedantic(
        subprocess.run,
        ([sys.executable, "-c", f"import {module}"],),
        dict(check=True),
        rounds=9,
        warmup_rounds=1,
    )


@pytest.mark.parametrize("bits", [32, 8])
def test_540_digits_through_the_cnn(benchmark, bits):
    benchmark.group = "540 digits through digits_cnn"
    net = with_bits(bits, bits)(fold(load("digits_cnn")), digits("calibration")[0])
    benchmark(net, digits("test")[0])
