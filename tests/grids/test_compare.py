import numpy as np
import pytest

from qlearn.grids import (
    Codebook,
    absmax,
    even_levels,
    ladder,
    lloyd_max,
    nf4,
    run_time,
    so_far,
    uniform,
)
from qlearn.numbers import Affine, Grouped, by_group, minmax_range, mse_range, sqnr

RNG = np.random.default_rng(0)
W = RNG.normal(size=(32, 64)).astype(np.float32)
RELU = np.maximum(W, 0).reshape(1, -1)


def test_worked_example():
    made = ladder({"W": [W, 2 * W]}, {"min/max": uniform(4), "Lloyd": so_far(4)["Lloyd-Max"]})
    bits, dB, short = made.rungs["min/max"]["W"]
    Q = Affine.from_range(*minmax_range(W), 4, symmetric=True)
    np.testing.assert_allclose(bits, 4 + 32 / W.size)
    np.testing.assert_allclose(dB, sqnr(W, Q(W)), rtol=1e-5)
    power = 10 * np.log10(np.mean(W**2.0) / np.var(W.astype(float)))
    np.testing.assert_allclose(short, 6.0206 * (4 + 32 / W.size) + power - dB, atol=1e-4)
    assert made.needs == {"min/max": "multiply", "Lloyd": "look up"}
    bits, dB, _ = made.rungs["Lloyd"]["W"]
    np.testing.assert_allclose(bits, 4 + 16 * 32 / W.size)
    levels = Codebook(lloyd_max(W, 4))
    np.testing.assert_allclose(dB, sqnr(W, levels(W)), rtol=1e-5)


def test_it_shows_itself_in_lines_that_fit():
    made = ladder({"weights": [W], "Gaussian": [W], "ReLU outputs": [RELU]}, so_far(4))
    lines = repr(made).split("\n")
    assert len(lines) == 2 + len(so_far(4)) and max(map(len, lines)) <= 95
    assert [line[:14].strip() for line in lines[2:]] == list(so_far(4))
    assert lines[-1].endswith("look up, groups")
    bits, dB, short = made.rungs["min/max"]["weights"][:, 0]
    assert f"{bits:8.2f}{dB:6.1f}{short:6.1f}" in lines[2]


@pytest.mark.parametrize("num_bits", [2, 3, 4, 5])
def test_all_quantizers_so_far_take_weights_and_activations(num_bits):
    fits = so_far(num_bits)
    assert ("NF4 per group" in fits) == (num_bits == 4)
    for name, fit in fits.items():
        for x in W, RELU:
            Q = fit(x)
            assert Q(x).shape == x.shape and Q.num_bits == num_bits
            np.testing.assert_array_equal(Q.dequantize(Q.quantize(x)), Q(x), err_msg=name)


def test_best_beats_minmax_and_lloyd_the_best_range():
    dB = {name: sqnr(W, fit(W)(W)) for name, fit in so_far(4).items()}
    assert dB["min/max"] < dB["best range"] < dB["Lloyd-Max"]
    assert dB["even, no zero"] < dB["Lloyd-Max"]
    assert dB["best range"] < dB["per channel"]


def test_uniform_spends_no_codes_on_what_is_not_there():
    Q = uniform(4, mse_range)(RELU)
    assert (Q.qmin, Q.qmax, Q.zero_point) == (0, 15, 0)
    assert uniform(4, mse_range, axis=0)(W).scale.shape == (32, 1)


def test_absmax_stretches_the_levels_to_each_row():
    Q = absmax(nf4())(np.array([[0.5, -2.0], [0, 0], [3, 1]]))
    assert Q.scale.dtype == np.float16 and Q.scale.ravel().tolist() == [2, 1, 3]
    x = np.array([[0.5, -2.0], [0, 0], [3, 1]])
    assert np.all(Q(x)[:, 0] == Q(x)[:, 0]) and Q(x)[0, 1] == -2 and Q(x)[2, 0] == 3
    assert Q(x)[1].tolist() == [0, 0]


def test_groups_store_a_scale_of_16_bits():
    x = W[:16]
    fits = so_far(4)
    assert fits["per group"](x).bits_per_value(x.size) == 4 + 16 / 64
    assert fits["NF4 per group"](x).bits_per_value(x.size) == 4 + 16 / 64


def test_known_levels_are_not_charged_but_fitted_ones_are():
    stored = {name: fit(W).storage(W.size) for name, fit in so_far(4).items()}
    assert stored["Lloyd-Max"]["levels"] == 16 * 32
    assert stored["NF4 per group"]["levels"] == stored["even, no zero"]["levels"] == 0
    assert stored["even, no zero"]["scales"] == stored["best range"]["scales"] == 32


@pytest.mark.parametrize("x", [W, RELU, -RELU])
@pytest.mark.parametrize("num_bits", [1, 2, 4])
def test_even_levels_are_half_steps(x, num_bits):
    Q = so_far(num_bits)["even, no zero"](x)
    assert (Q.levels % 1 == 0.5).all() and len(Q.levels) == 2**num_bits
    np.testing.assert_allclose(Q.scale * Q.levels, even_levels(x, num_bits), rtol=1e-6)


def test_the_same_numbers_are_looked_at_once():
    one, other = so_far(3)["Lloyd-Max"], so_far(3)["Lloyd-Max"]
    assert one(W) is other(W.copy()) is other(np.asfortranarray(W))
    assert one(W) is not one(W.reshape(64, 32)) and one(W) is not so_far(3)["best range"](W)
    changed = W.copy()
    changed[0, 0] += 1
    assert one(W) is not one(changed) and one(W) is not so_far(2)["Lloyd-Max"](W)
    assert one(W) is not one(W.astype(np.float64))


@pytest.mark.parametrize(
    ("Q", "needs"),
    [
        (Affine(0.1), "multiply"),
        (Codebook([-1.5, -0.5, 0.5, 1.5]), "multiply"),
        (Codebook([-1, 1]), "multiply"),
        (Codebook([3]), "multiply"),
        (Codebook([-1, -0.5, 0, 0.5, 1]), "multiply"),
        (Codebook([-1, -0.5, -0.25, 0, 0.25, 0.5, 1]), "shift"),
        (Codebook([-6, -3, 0, 3, 6, 12]), "shift"),
        (Codebook(nf4(), 0.1), "look up"),
        (Grouped(Codebook(nf4(), np.ones((2, 1))), 8), "look up, groups"),
        (by_group(uniform(4, axis=0), 64)(W), "multiply, groups"),
    ],
)
def test_what_a_product_takes(Q, needs):
    assert run_time(Q) == needs
