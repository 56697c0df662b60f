from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from qlearn.hardware import cost
from qlearn.networks import fold, load, quantize
from qlearn.numbers import (
    Affine,
    Rounded,
    floor,
    half_away,
    half_even,
    stochastic,
    stochastic_binary,
)

TIES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])


def test_worked_example():
    np.testing.assert_array_equal(half_even(TIES), [-2, -2, 0, 0, 2, 2])
    np.testing.assert_array_equal(half_away(TIES), [-3, -2, -1, 1, 2, 3])
    np.testing.assert_array_equal(floor(TIES), [-3, -2, -1, 0, 1, 2])


def test_half_away_below_a_tie_and_beyond_2_to_23():
    below = np.nextafter(np.float32(0.5), np.float32(0))
    np.testing.assert_array_equal(half_away(np.array([below, -below])), [0, 0])
    big = np.array([2**23 + 1, -(2**23) - 3, 2**24 - 1], np.float32)
    np.testing.assert_array_equal(half_away(big), big)


@pytest.mark.parametrize(
    "rule, mode", [(half_even, ROUND_HALF_EVEN), (half_away, ROUND_HALF_UP), (floor, ROUND_FLOOR)]
)
@given(x=st.floats(-1e6, 1e6, width=32))
def test_oracle_decimal(rule, mode, x):
    expected = int(Decimal(x).quantize(Decimal(1), rounding=mode))
    for dtype in (np.float32, np.float64):
        rounded = rule(np.array([x], dtype))
        assert rounded[0] == expected and rounded.dtype == dtype


def test_half_even_takes_tensors():
    assert torch.equal(half_even(torch.tensor(TIES)), torch.tensor(TIES).round())


def test_stochastic_is_unbiased_with_variance_p_times_1_minus_p():
    rounded = stochastic(np.random.default_rng(0))(np.full(100_000, 2.3))
    assert set(rounded) == {2.0, 3.0}
    assert rounded.mean() == pytest.approx(2.3, abs=5e-3)
    assert rounded.var() == pytest.approx(0.21, abs=5e-3)


def test_stochastic_below_zero_and_at_whole_numbers():
    rule = stochastic(np.random.default_rng(0))
    assert rule(np.full(100_000, -2.3)).mean() == pytest.approx(-2.3, abs=5e-3)
    np.testing.assert_array_equal(rule(np.arange(-5.0, 6.0)), np.arange(-5, 6))


def test_stochastic_needs_a_generator():
    with pytest.raises(ValueError, match="rng is 3"):
        stochastic(3)


@given(x=st.lists(st.floats(-1e6, 1e6, width=32), min_size=1), seed=st.integers(0, 99))
def test_stochastic_gives_a_neighbour_and_keeps_whole_numbers(x, seed):
    x = np.array(x)
    rounded = stochastic(np.random.default_rng(seed))(x)
    assert np.all((rounded == np.floor(x)) | (rounded == np.ceil(x)))
    np.testing.assert_array_equal(rounded[x == np.round(x)], x[x == np.round(x)])


def test_the_survey_s_eq_8_as_printed_says_nothing_at_whole_numbers():
    x = np.array([2.0])
    assert (np.ceil(x) - x == 0).all() and (x - np.floor(x) == 0).all()


@pytest.mark.parametrize("x", [-1.0, -0.5, 0.0, 0.3, 1.0])
def test_stochastic_binary_has_mean_x_and_variance_1_minus_x_squared(x):
    drawn = stochastic_binary(np.random.default_rng(0))(np.full(100_000, x))
    assert set(drawn) <= {-1.0, 1.0}
    assert drawn.mean() == pytest.approx(x, abs=1e-2)
    assert drawn.var() == pytest.approx(1 - x**2, abs=1e-2)


def test_stochastic_binary_beyond_its_levels_is_the_sign():
    binarize = stochastic_binary(np.random.default_rng(0))
    np.testing.assert_array_equal(binarize([-7.0, -1.0, 1.0, 3.5] * 100), [-1, -1, 1, 1] * 100)
    assert binarize(np.float32([0.5])).dtype == np.float32


def test_stochastic_binary_names_bad_input():
    with pytest.raises(ValueError, match="rng is None"):
        stochastic_binary(None)
    with pytest.raises(ValueError, match="x holds nan"):
        stochastic_binary(np.random.default_rng(0))(np.array([np.nan]))


def test_the_smooth_sigmoid_that_the_survey_prints_has_mean_tanh_of_half_x():
    x = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(2 / (1 + np.exp(-x)) - 1, np.tanh(x / 2), atol=1e-12)
    assert np.tanh(0.3 / 2) < 0.15


def test_worked_example_rounded():
    Q = Affine(0.5, 1)
    floored = Rounded(Q, floor)
    assert floored.quantize(np.array([0.9, -0.1])).tolist() == [2, 0]
    assert floored.dequantize(np.array([2, 0])).tolist() == [0.5, -0.5]
    assert floored(np.array([0.9, -0.1])).tolist() == [0.5, -0.5]
    assert (floored.num_bits, floored.storage(9)) == (8, Q.storage(9))
    assert floored.bits_per_value(9) == Q.bits_per_value(9)


@pytest.mark.parametrize("rule", [half_even, half_away, floor, np.trunc])
@given(x=st.lists(st.floats(-100, 100, width=32), min_size=1))
def test_the_verbs_of_rounded_agree(rule, x):
    x, R = np.float32(x), Rounded(Affine(np.float32(0.3), 5), rule)
    np.testing.assert_array_equal(R(x), R.dequantize(R.quantize(x)))
    np.testing.assert_array_equal(R(x), R.Q(x, rule))


def test_rounded_draws_anew_at_every_use():
    R = Rounded(Affine(1.0), stochastic(np.random.default_rng(0)))
    x = np.full(100, 0.5)
    assert not np.array_equal(R(x), R(x))


def test_rounded_is_a_quantizer_for_networks_and_costs():
    net = fold(load("digits_cnn"))
    Q = Affine.from_range(-1.0, 1.0, 4, symmetric=True)
    rounded, plain = quantize(net, lambda W: Rounded(Q, floor)), quantize(net, lambda W: Q)
    assert cost(rounded).bytes == cost(plain).bytes
    images = np.random.default_rng(0).random((2, 1, 8, 8), np.float32)
    assert not np.array_equal(rounded(images), plain(images))


def test_rounded_names_a_rule_that_is_none():
    with pytest.raises(ValueError, match="round is 'floor'"):
        Rounded(Affine(1.0), "floor")


# The notebook's ties: one tensor, scale 0.5, an odd zero point.
X, SCALE, ZERO_POINT = np.float32([-0.75, -0.25, 0.25, 0.75, 1.25]), 0.5, 3


def onnx_codes():
    node = helper.make_node("QuantizeLinear", ["x", "scale", "zero_point"], ["q"])
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [5]),
        helper.make_tensor_value_info("scale", TensorProto.FLOAT, []),
        helper.make_tensor_value_info("zero_point", TensorProto.INT8, []),
    ]
    outputs = [helper.make_tensor_value_info("q", TensorProto.INT8, [5])]
    model = helper.make_model(helper.make_graph([node], "ties", inputs, outputs))
    feed = {"x": X, "scale": np.float32(SCALE), "zero_point": np.int8(ZERO_POINT)}
    return ReferenceEvaluator(model).run(None, feed)[0].tolist()


def torch_fake_codes():
    x_hat = torch.fake_quantize_per_tensor_affine(torch.tensor(X), SCALE, ZERO_POINT, -128, 127)
    return (x_hat / SCALE + ZERO_POINT).tolist()


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_oracle_who_rounds_ties_how():
    ours = (half_even(X / SCALE) + ZERO_POINT).tolist()
    assert onnx_codes() == torch_fake_codes() == ours == [1, 3, 3, 5, 5]
    added_first = half_even(X / SCALE + ZERO_POINT).tolist()
    for copies in (1, 20):  # 20: the vectorized path, too
        tensor = torch.tensor(X).repeat(copies)
        q = torch.quantize_per_tensor(tensor, SCALE, ZERO_POINT, torch.qint8).int_repr()
        assert q.tolist() == added_first * copies
    assert added_first == [2, 2, 4, 4, 6]
    tflite = (half_away(X / SCALE) + ZERO_POINT).tolist()
    as_in_c = [float(Decimal(float(x)).to_integral_value(ROUND_HALF_UP)) for x in X / SCALE]
    assert tflite == [x + ZERO_POINT for x in as_in_c] == [1, 2, 4, 5, 6]
    assert (floor(X / SCALE + 0.5) + ZERO_POINT).tolist() == [2, 3, 4, 5, 6]


def test_claim_a_thousand_updates_of_a_tenth():
    nearest, walked = np.zeros(1), np.zeros(1000)
    dice = stochastic(np.random.default_rng(0))
    for _ in range(1000):
        nearest, walked = half_even(nearest + 0.1), dice(walked + 0.1)
    assert nearest[0] == 0
    assert walked.mean() == pytest.approx(100, abs=1)
    assert walked.std() == pytest.approx(np.sqrt(90), rel=0.1)


def test_claim_stochastic_doubles_the_squared_error_and_floor_quadruples_it():
    x = np.random.default_rng(1).uniform(0, 100, 300_000)
    rules = {half_even: 1 / 12, stochastic(np.random.default_rng(0)): 1 / 6, floor: 1 / 3}
    for rule, expected in rules.items():
        assert np.mean((rule(x) - x) ** 2) == pytest.approx(expected, rel=0.02)


def test_claim_half_away_is_biased_by_an_eighth_on_means_of_four_codes():
    means = np.arange(1000) / 4
    assert np.mean(half_away(means) - means) == 1 / 8
    assert np.mean(half_even(means) - means) == 0
