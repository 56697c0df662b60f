"""A training step with learned scales beside the same step of Brevitas and of torch.ao.

    pytest benchmarks/bench_qat.py --benchmark-columns=median,iqr,rounds

One thread, one run; two 3x3 convolutions 32 and 64 wide and a dense layer, 128 images of 8x8,
weights and inputs at 4 bits. Bar: what quantizing adds to the float step is at most half of what it
adds in Brevitas.
"""

from functools import partial
from statistics import median
from time import perf_counter

import brevitas.nn as qnn
import pytest
import torch
from torch import nn
from torch.ao.quantization import FakeQuantize as TorchFakeQuantize
from torch.ao.quantization import MovingAverageMinMaxObserver

from qlearn.qat import Tracked, lsq_start, quantize_model

torch.set_num_threads(1)
X, Y = torch.rand(128, 1, 8, 8), torch.randint(0, 10, (128,))
FITS = partial(lsq_start, num_bits=4, axis=0), partial(lsq_start, num_bits=4, signed=False)


def cnn(conv=nn.Conv2d, dense=nn.Linear, relu=nn.ReLU, first=nn.Identity, last=nn.Identity):
    convs = conv(1, 32, 3, padding=1), relu(), conv(32, 64, 3, padding=1), relu()
    return nn.Sequential(first(), *convs, nn.AvgPool2d(4), nn.Flatten(), last(), dense(256, 10))


def brevitas():
    conv, dense = (partial(m, weight_bit_width=4) for m in (qnn.QuantConv2d, qnn.QuantLinear))
    inputs = partial(qnn.QuantIdentity, bit_width=4)
    relu = partial(qnn.QuantReLU, bit_width=4)
    return cnn(conv, partial(dense, bias=True), relu, inputs, inputs)


def torch_ao():
    def wrap(Q, batched):
        observer = dict(observer=MovingAverageMinMaxObserver, quant_min=Q.qmin, quant_max=Q.qmax)
        return TorchFakeQuantize(**observer, dtype=torch.quint8 if Q.qmin == 0 else torch.qint8)

    return quantize_model(cnn(), *FITS, X, wrap=wrap)


MODELS = {
    "float": cnn,
    "LSQ, ours": lambda: quantize_model(cnn(), *FITS, X),
    "min/max, ours": lambda: quantize_model(cnn(), *FITS, X, wrap=Tracked),
    "min/max, torch.ao": torch_ao,
    "learned, Brevitas": brevitas,
}


def step_of(name):
    model = MODELS[name]().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)

    def step():
        loss = nn.functional.cross_entropy(model(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


@pytest.mark.parametrize("name", MODELS)
def test_a_step(benchmark, name):
    benchmark.group = "a training step"
    benchmark.pedantic(step_of(name), rounds=30, warmup_rounds=5)


def test_the_overhead_is_at_most_half_of_brevitas(benchmark):
    """Taken in turns, so that a busy machine is busy for all."""
    steps, times = {name: step_of(name) for name in MODELS}, {name: [] for name in MODELS}

    def turn():
        for name, step in steps.items():
            start = perf_counter()
            step()
            times[name].append(perf_counter() - start)

    benchmark.group = "overhead"
    benchmark.pedantic(turn, rounds=30, warmup_rounds=3)
    over = {name: median(t) - median(times["float"]) for name, t in times.items()}
    share = over["LSQ, ours"] / over["learned, Brevitas"]
    benchmark.extra_info["share of Brevitas"] = round(share, 2)
    assert share < 0.5
