"""Codebooks beside a look-up, the best levels beside kmeans1d and scikit-learn.

    pytest benchmarks/bench_grids.py --benchmark-columns=median,iqr,rounds

One thread, one run. Bars: 10 million values to 16 levels in 100 ms, 10 % memory beyond the result;
100,000 values to 16 levels quicker than kmeans1d, within 1e-6 of its error.
"""

import tracemalloc

import kmeans1d
import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from qlearn.grids import Codebook, lloyd_max, nf4

RNG = np.random.default_rng(0)
X = RNG.normal(size=10_000_000).astype(np.float32)
FEW = RNG.normal(size=100_000)
Q = Codebook(np.float32(nf4()), np.float32(3))


def error(levels):
    edges = (levels[1:] + levels[:-1]) / 2
    return ((FEW - levels[np.searchsorted(edges, FEW)]) ** 2).sum()


@pytest.mark.parametrize("verb", [Q.quantize, Q], ids=["codes", "x_hat"])
def test_ours(benchmark, verb):
    benchmark.group = "10 million float32 to 16 levels"
    benchmark(verb, X)


def test_codes_by_searchsorted(benchmark):
    benchmark.group = "10 million float32 to 16 levels"
    edges = (Q.levels[1:] + Q.levels[:-1]) / 2 * Q.scale
    benchmark.pedantic(np.searchsorted, (edges, X), rounds=3)


@pytest.mark.parametrize("verb", [Q.quantize, Q], ids=["codes", "x_hat"])
def test_memory_beyond_the_result(benchmark, verb):
    def peak():
        tracemalloc.start()
        size = verb(X).nbytes
        beyond = tracemalloc.get_traced_memory()[1] / size - 1
        tracemalloc.stop()
        return beyond

    benchmark.group = "memory"
    share = benchmark.pedantic(peak)
    benchmark.name += f": {100 * share:.1f} %"
    assert share < 0.1


def test_best_levels_ours(benchmark):
    benchmark.group = "best 16 levels of 100,000 numbers"
    levels = benchmark(lloyd_max, FEW, 4)
    assert error(levels) < error(np.sort(kmeans1d.cluster(FEW, 16).centroids)) * (1 + 1e-6)


def test_best_levels_kmeans1d(benchmark):
    benchmark.group = "best 16 levels of 100,000 numbers"
    benchmark.pedantic(kmeans1d.cluster, (FEW, 16), rounds=3)


def test_best_levels_scikit_learn(benchmark):
    benchmark.group = "best 16 levels of 100,000 numbers"
    with threadpool_limits(1):
        benchmark.pedantic(KMeans(16, n_init=1, random_state=0).fit, (FEW[:, None],), rounds=3)


def test_256_levels(benchmark):
    benchmark.group = "best 256 levels of 100,000 numbers"
    benchmark.pedantic(lloyd_max, (FEW, 8), rounds=3)
