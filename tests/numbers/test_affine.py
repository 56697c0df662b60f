import tracemalloc

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from onnx.reference import ReferenceEvaluator

from qlearn.numbers import Affine, floor, half_away, half_even, minmax_range, stochastic

FLOATS = st.floats(-1e4, 1e4, width=32)
TENSORS = arrays(np.float32, array_shapes(max_dims=3, max_side=6), elements=FLOATS)
GRIDS = st.sampled_from(
    [dict(), dict(symmetric=True), dict(signed=False), dict(symmetric=True, narrow_range=True)]
)


def round_ste(x):
    return x + (x.round() - x).detach()


# Worked examples


def test_the_survey_fig_2():
    Q = Affine.from_range(-0.5, 1.5)
    assert (Q.scale, Q.zero_point, Q.qmin, Q.qmax) == (2 / 255, -64, -128, 127)
    np.testing.assert_array_equal(Q.quantize([-0.5, 0, 1.5, 2.0]), [-128, -64, 127, 127])
    np.testing.assert_allclose(Q.dequantize([-128, -64, 127]), [-0.50196, 0, 1.49804], atol=1e-5)


def test_three_bits():
    Q = Affine.from_range(-0.5, 1.5, num_bits=3)
    assert Q.zero_point == -2
    np.testing.assert_allclose(Q.dequantize(np.arange(-4, 4))[[0, -1]], [-4 / 7, 10 / 7])


def test_the_four_scales():
    def scale(**kwargs):
        return Affine.from_range(0.0 if "signed" in kwargs else -0.5, 1.0, **kwargs).scale

    assert scale() == 1.5 / 255
    assert scale(symmetric=True) == 2 / 255
    assert scale(symmetric=True, narrow_range=True) == 1 / 127
    assert scale(symmetric=True, signed=False) == 1 / 255


def test_the_zero_point_is_added_after_rounding():
    Q = Affine(0.5, 3)  # with an odd zero point every tie would flip
    assert Q.quantize([-0.75, -0.25, 0.25, 0.75, 1.25]).tolist() == [1, 3, 3, 5, 5]
    assert Q.quantize([-0.75, -0.25, 0.25, 0.75, 1.25], half_away).tolist() == [1, 2, 4, 5, 6]
    assert Q.quantize([-0.75, 0.75], round=floor).tolist() == [1, 4]


def test_divides_and_never_multiplies_by_the_inverse():
    Q = Affine(np.float32(0.03))
    assert Q.quantize(np.float32([1.755])) == 58  # 1.755 * (1 / 0.03) is 58.500004, code 59


def test_storage():
    W = np.random.default_rng(0).normal(size=(16, 9)).astype(np.float32)
    per_channel = Affine.from_range(*minmax_range(W, axis=0), num_bits=4)
    assert per_channel.storage(144) == dict(codes=576, scales=512, zero_points=64)
    assert per_channel.bits_per_value(144) == 8
    assert Affine(np.float16(0.5)).storage(10) == dict(codes=80, scales=16, zero_points=0)
    assert Affine(0.5, 0, -127, 127).num_bits == 8


# Laws


@given(TENSORS, st.integers(2, 16), GRIDS)
def test_error_inside_the_range_is_at_most_half_a_step(x, num_bits, grid):
    if grid.get("signed") is False:
        x = np.abs(x)
    Q = Affine.from_range(*minmax_range(x), num_bits=num_bits, **grid)
    bound = np.float64(Q.scale) / 2 * (1 + 2.0 ** (num_bits - 20))
    assert (np.abs(Q(x).astype(np.float64) - x) <= bound).all()


@given(TENSORS, st.integers(2, 16), GRIDS)
def test_idempotent_and_equal_to_quantize_then_dequantize(x, num_bits, grid):
    Q = Affine.from_range(*minmax_range(x, axis=0), num_bits=num_bits, **grid)
    x_hat = Q(x)
    np.testing.assert_array_equal(Q(x_hat), x_hat)
    np.testing.assert_array_equal(Q.dequantize(Q.quantize(x)), x_hat)
    assert x_hat.dtype == np.float32


@given(st.integers(1, 16), st.floats(1e-30, 1e30), st.floats(0, 1))
def test_all_codes_come_back(num_bits, width, share):
    Q = Affine.from_range(-width * share, width * (1 - share), num_bits, signed=False)
    q = np.arange(Q.qmin, Q.qmax + 1)
    np.testing.assert_array_equal(Q.quantize(Q.dequantize(q)), q)
    assert Q.dequantize([Q.zero_point]) == 0


@given(TENSORS, st.integers(2, 8))
def test_monotone(x, num_bits):
    x = np.sort(x.ravel())
    assert (np.diff(Affine.from_range(*minmax_range(x), num_bits=num_bits)(x)) >= 0).all()


@pytest.mark.parametrize("x_type", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("scale_type", [np.float16, np.float32, np.float64])
def test_every_mix_of_float_types_keeps_its_word(x_type, scale_type):
    x = np.random.default_rng(0).normal(size=1000).astype(x_type)
    Q = Affine(scale_type(0.02), 5)
    assert Q(x).dtype == x_type
    np.testing.assert_array_equal(Q.dequantize(Q.quantize(x)).astype(x_type), Q(x))


def test_integers_and_numbers():
    assert Affine(0.5)(np.array([1, 2])).dtype == np.float32
    assert Affine(0.5)(1.3) == 1.5
    assert Affine(0.5)(np.zeros((4, 6))[::2, 1::2]).shape == (2, 3)


@pytest.mark.parametrize(
    "x", [np.zeros(3), np.full(3, 5.0), np.float32([1e-42]), np.float32([1e38])]
)
def test_constant_tiny_and_huge_arrays(x):
    Q = Affine.from_range(*minmax_range(x))
    assert np.abs(Q(x) - x).max() <= 0.51 * Q.scale
    if x.max() < 1e-38:
        assert Q.scale == 1


def test_a_stateful_rule_sees_the_whole_array():
    x = np.full(200_000, 0.3, np.float32)
    shapes = []

    def rule(v):
        shapes.append(v.shape)
        return stochastic(np.random.default_rng(0))(v)

    assert Affine(1.0)(x, round=rule).mean() == pytest.approx(0.3, abs=5e-3)
    assert shapes == [x.shape]


# Oracles


def onnx_codes(x, scale, zero_point, axis):
    T = onnx.TensorProto
    node = onnx.helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], axis=axis)
    inputs = [
        onnx.helper.make_tensor_value_info(n, t, None)
        for n, t in zip("xsz", (T.FLOAT, T.FLOAT, T.INT8), strict=True)
    ]
    output = onnx.helper.make_tensor_value_info("q", T.INT8, None)
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", inputs, [output]))
    return ReferenceEvaluator(model).run(None, dict(x=x, s=scale, z=zero_point))[0]


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_onnx_agrees_to_the_bit(axis):
    x = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
    x[0] = (np.arange(50) - 25.5) * np.float32(0.1)  # ties
    Q = Affine.from_range(*minmax_range(x, axis=axis))
    scale, zero_point = np.asarray(Q.scale), np.int8(Q.zero_point)
    if axis is not None:
        scale, zero_point = scale.ravel(), zero_point.ravel()
    np.testing.assert_array_equal(Q.quantize(x), onnx_codes(x, scale, zero_point, axis or 0))


def close_to_torch(ours, theirs, x, Q):
    """One code may differ, and only within 2 ulp of a tie: torch multiplies by 1 / scale."""
    steps = (x / Q.scale).astype(np.float32)
    from_tie = np.abs(np.abs(steps - np.floor(steps)) - 0.5)
    off = ours != theirs
    assert (from_tie[off] <= 2 * np.spacing(np.abs(steps[off]))).all()
    assert (np.abs(ours - theirs) <= 1.01 * Q.scale).all()


def test_torch_agrees_but_for_ties():
    x = np.random.default_rng(0).normal(size=100_000).astype(np.float32)
    x[:2000] = (np.arange(2000) / 2 - 500) * np.float32(0.03)
    Q = Affine(np.float32(0.03), 7)
    theirs = torch.fake_quantize_per_tensor_affine(torch.from_numpy(x), 0.03, 7, -128, 127)
    close_to_torch(Q(x), theirs.numpy(), x, Q)


@pytest.mark.parametrize("axis", [0, 1])
def test_torch_per_channel(axis):
    x = np.random.default_rng(0).normal(size=(64, 128)).astype(np.float32)
    Q = Affine.from_range(*minmax_range(x, axis=axis), num_bits=5)
    scale, zero_point = (torch.from_numpy(a.ravel()) for a in (Q.scale, Q.zero_point))
    theirs = torch.fake_quantize_per_channel_affine(
        torch.from_numpy(x), scale, zero_point, axis, -16, 15
    )
    close_to_torch(Q(x), theirs.numpy(), x, Q)


@pytest.mark.parametrize("axis", [None, 0])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_tensors_and_arrays_agree_to_the_bit(axis, dtype):
    x = np.random.default_rng(0).normal(size=(30, 40)).astype(dtype)
    low, high = minmax_range(x, axis=axis)
    Q = Affine.from_range(low, high)
    T = Affine.from_range(torch.tensor(low), torch.tensor(high))
    np.testing.assert_array_equal(T.scale.numpy(), Q.scale)
    np.testing.assert_array_equal(T(torch.tensor(x)).numpy(), Q(x))
    np.testing.assert_array_equal(T.quantize(torch.tensor(x)).numpy(), Q.quantize(x))
    np.testing.assert_array_equal(
        T.dequantize(T.quantize(torch.tensor(x))).numpy(), Q.dequantize(Q.quantize(x))
    )
    assert T(torch.tensor(x)).dtype == torch.tensor(x).dtype
    assert T.storage(10) == Q.storage(10)


def test_gradients_pass_through_round_ste():
    x = torch.tensor([-9.0, -0.3, 0.3, 9.0], requires_grad=True)
    Affine(torch.tensor(1.0), 0, -4, 3)(x, round=round_ste).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 0.0]  # clipped outside, straight through inside
    x.grad = None
    Affine(torch.tensor(1.0), 0, -4, 3)(x, round=half_even).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 0.0]


# Bad input: each message is what a reader sees

EIGHT = Affine.from_range(-0.5, 1.5)
BAD = {
    "scale is 0.0": lambda: Affine(0.0),
    "scale is -1.0": lambda: Affine([1.0, -1.0]),
    "scale is nan": lambda: Affine(np.nan),
    "scale is inf": lambda: Affine(np.inf),
    "scale holds bool values": lambda: Affine(True),
    "zero_point is 0.5": lambda: Affine(0.1, 0.5),
    "zero_point holds nan": lambda: Affine(0.1, np.nan),
    r"zero_point 300 is not one of the codes -128 \.\. 127": lambda: Affine(0.1, 300),
    r"zero_point has shape \(2,\), which does not fit scale's \(3,\)": lambda: Affine(
        np.ones(3), np.zeros(2)
    ),
    "scale and zero_point mix": lambda: Affine(torch.tensor(1.0), np.array(1)),
    "xmin 1.0 is above xmax 0.0": lambda: Affine.from_range(1, 0),
    "xmin -1.0 is above xmax -2.0": lambda: Affine.from_range([-1.0, -1.0], [1.0, -2.0]),
    "xmax holds nan": lambda: Affine.from_range(0, np.nan),
    r"xmin has shape \(2,\), xmax \(1,\)": lambda: Affine.from_range([-1, -2], [1.0]),
    "xmin is -1.0: unsigned": lambda: Affine.from_range(-1, 1, signed=False, symmetric=True),
    "the range mixes a tensor and a number": lambda: Affine.from_range(torch.tensor(1.0), 2.0),
    "num_bits is 17": lambda: Affine.from_range(0, 1, num_bits=17),
    "x holds nan": lambda: EIGHT([1.0, np.nan]),
    "x holds inf": lambda: EIGHT.quantize([np.inf]),
    "x is empty": lambda: EIGHT(np.zeros((0, 3))),
    "x holds complex128 values": lambda: EIGHT([1j]),
    "x holds bool values": lambda: EIGHT([True]),
    "x is a tensor but the scale is an array": lambda: EIGHT(torch.zeros(2)),
    "x is an array but the scale is a tensor": lambda: Affine(torch.tensor(1.0))(np.zeros(2)),
    r"scale has shape \(3, 1\), which does not fit x's \(2, 4\)": lambda: Affine(np.ones((3, 1)))(
        np.ones((2, 4))
    ),
    "scale 1e-60 is 0 in x's type, float32": lambda: Affine(1e-60)(np.float32([1])),
    "q holds 200": lambda: EIGHT.dequantize([200]),
    "q holds nan": lambda: EIGHT.dequantize([np.nan]),
    "q is empty": lambda: EIGHT.dequantize([]),
    "size is 0": lambda: EIGHT.bits_per_value(0),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()


def test_bad_tensors():
    Q = Affine(torch.tensor(1.0))
    for bad, message in [
        (torch.tensor([1.0, float("nan")]), "x holds nan"),
        (torch.zeros(0), "x is empty"),
        (torch.tensor([True]), "x holds bool"),
    ]:
        with pytest.raises(ValueError, match=message):
            Q(bad)


def test_what_leaves_the_float_type_is_refused_and_not_infinite():
    x = np.float16([-65504, 3, 100])
    with pytest.raises(ValueError, match="x_hat, in float16, holds -inf"):
        Affine.from_range(*minmax_range(x))(x)
    assert np.isfinite(Affine.from_range(*minmax_range(x / 2))(x / 2)).all()


def test_a_quantizer_keeps_its_own_scale():
    scale = np.array([0.1, 0.2])
    Q = Affine(scale)
    scale[:] = 1
    assert Q([1.0, 1.0]) == pytest.approx([1.0, 1.0]) and Q.scale[0] == 0.1


def test_limits_of_any_integer_type():
    Q = Affine(0.1, 0, np.int8(-128), np.int8(127))
    assert Q.num_bits == 8 and Q.quantize([1.0]) == 10


def test_rules_for_arrays_refuse_tensors():
    with pytest.raises(ValueError, match="round is floor, which takes arrays"):
        Affine(torch.tensor(1.0))(torch.ones(2), round=floor)


def test_large_numbers_get_the_last_code_without_a_warning():
    with np.errstate(all="raise", over="warn"):
        assert Affine(np.float32(1e-30)).quantize(np.float32([1e38])) == 127


@pytest.mark.parametrize("dtype", [np.int8, np.float16, np.float32])
def test_no_verb_copies_the_whole_array_on_the_way(dtype):
    Q, x = Affine(np.float32(0.1), 3), np.zeros(4_000_000, dtype)
    for verb in (Q, Q.quantize, Q.dequantize):
        tracemalloc.start()
        size = verb(x).nbytes
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < size + 2_000_000  # the result and a few blocks; a copy has 8 or 16 million
