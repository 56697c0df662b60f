import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from onnx.reference import ReferenceEvaluator

from qlearn.networks import fold, load, mean_sqnr, verdict
from qlearn.numbers import (
    Affine,
    Grouped,
    by_group,
    from_groups,
    half_scales,
    minmax_range,
    mse,
    sqnr,
    to_groups,
)

TENSORS = arrays(
    st.sampled_from([np.float32, np.float64, np.int8, np.float16]),
    array_shapes(min_dims=0, max_dims=4, max_side=5),
    elements=st.integers(-100, 100),
)
SIZES = st.integers(1, 12)


def fit(num_bits=4, **options):
    """One symmetric min/max grid a row."""

    def fit_rows(x):
        return Affine.from_range(*minmax_range(x, axis=0), num_bits, symmetric=True, **options)

    return fit_rows


# Worked examples


def test_a_group_is_a_row():
    x = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(
        to_groups(x, 2), [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]]
    )
    np.testing.assert_array_equal(to_groups(x, 4), x)
    np.testing.assert_array_equal(to_groups(x, 12), [np.arange(12)])


def test_a_ragged_last_group_is_refused_with_the_numbers_or_padded():
    x = np.arange(1, 8, dtype=np.int8)
    with pytest.raises(ValueError, match=r"group_size is 3: 7 values make 2 .* and leave 1 over"):
        to_groups(x, 3)
    padded = to_groups(x, 3, pad=True)
    np.testing.assert_array_equal(padded, [[1, 2, 3], [4, 5, 6], [7, 0, 0]])
    assert padded.dtype == np.int8
    np.testing.assert_array_equal(to_groups(x, 10, pad=True), [[*x, 0, 0, 0]])
    np.testing.assert_array_equal(to_groups(x, 7, pad=True), [x])


def test_the_two_rows_of_the_notebook():
    rows = np.array([[8, -3, 2, 6], [0.08, -0.03, 0.02, 0.06]])
    Q = fit(narrow_range=True)
    np.testing.assert_array_equal(by_group(Q, 8)(rows).quantize(rows), [[7, -3, 2, 5], [0] * 4])
    np.testing.assert_array_equal(by_group(Q, 4)(rows).quantize(rows), [[7, -3, 2, 5]] * 2)


def test_stored_bits_are_codes_plus_a_scale_and_a_zero_point_a_group():
    x = np.random.default_rng(0).normal(size=64).astype(np.float32)

    def with_zero_points(rows):
        return half_scales(Affine.from_range(*minmax_range(rows, axis=0), num_bits=4))

    assert by_group(with_zero_points, 32)(x).bits_per_value(64) == 4 + (16 + 4) / 32
    assert by_group(fit(), 32)(x).bits_per_value(64) == 5
    assert by_group(fit(), 32)(x).num_bits == 4
    half = by_group(lambda rows: half_scales(fit()(rows)), 16)(x)
    assert half.storage(64) == {"codes": 256, "scales": 64, "zero_points": 0}


def test_padding_is_stored_so_it_is_counted():
    Q = by_group(fit(), 32)(np.ones(33, np.float32))
    assert Q.storage(33) == {"codes": 4 * 64, "scales": 2 * 32, "zero_points": 0}
    assert Q.bits_per_value(33) == 320 / 33


# The survey's III-E, recomputed there: 4 bits, symmetric, largest value, normal weights.
REFERENCE = {
    16: (7.27e-3, 21.38),
    32: (9.42e-3, 20.26),
    64: (1.162e-2, 19.35),
    128: (1.381e-2, 18.60),
}


@pytest.mark.parametrize("group_size", REFERENCE)
def test_gaussian_reference_numbers(group_size):
    x = np.random.default_rng(1).normal(size=2**20).astype(np.float32)
    x_hat = by_group(fit(narrow_range=True), group_size)(x)(x)
    error, dB = REFERENCE[group_size]
    np.testing.assert_allclose(mse(x, x_hat), error, rtol=5e-3)
    np.testing.assert_allclose(sqnr(x, x_hat), dB, atol=0.03)


# Laws


@given(TENSORS, SIZES)
def test_round_trip_is_exact(x, group_size):
    groups = to_groups(x, group_size, pad=True)
    assert groups.shape == (-(-x.size // group_size), group_size)
    back = from_groups(groups, x.shape)
    assert back.dtype == groups.dtype == x.dtype and back.shape == x.shape
    np.testing.assert_array_equal(back, x)


@given(TENSORS, SIZES)
def test_a_ragged_group_is_refused_exactly_if_the_size_does_not_divide(x, group_size):
    if x.size % group_size:
        with pytest.raises(ValueError, match=f"group_size is {group_size}: {x.size} values"):
            to_groups(x, group_size)
    else:
        np.testing.assert_array_equal(to_groups(x, group_size).ravel(), x.ravel())


@given(TENSORS, SIZES, st.integers(2, 8))
def test_grouped_verbs_agree_and_the_error_is_half_a_step_of_the_own_group(x, group_size, num_bits):
    Q = by_group(fit(num_bits), group_size)(x)
    np.testing.assert_array_equal(Q(x), Q.dequantize(Q.quantize(x)).astype(Q(x).dtype))
    assert Q.quantize(x).shape == Q(x).shape == x.shape
    error = np.abs(np.float64(Q(x)) - x) - 0.1 * (x.dtype == np.float16)  # its own rounding
    step = np.float64(Q.Q.scale) * np.ones((1, group_size))
    # Symmetric and full: the largest value lies half a step outside the last code.
    assert (error <= 0.5001 * from_groups(step, x.shape)).all()


def test_one_group_is_the_tensor_and_a_row_the_channel():
    W = fold(load("digits_cnn")).layers[5].W
    tensor = Affine.from_range(*minmax_range(W), 4, symmetric=True)
    channel = Affine.from_range(*minmax_range(W, axis=0), 4, symmetric=True)
    np.testing.assert_array_equal(by_group(fit(), W.size)(W)(W), tensor(W))
    np.testing.assert_array_equal(by_group(fit(), 288)(W)(W), channel(W))


def test_rounding_goes_through_and_non_contiguous_arrays_keep_their_order():
    x = np.arange(12, dtype=np.float32).reshape(3, 4).T
    np.testing.assert_array_equal(to_groups(x, 3), x)
    Q = Grouped(Affine(np.float32([[4.0]]), 0, -8, 7), 3)
    np.testing.assert_array_equal(Q.quantize(x, np.floor), np.floor(x / 4))
    np.testing.assert_array_equal(Q(x, np.floor), 4 * np.floor(x / 4))


def test_constant_groups_and_zeros_work():
    x = np.float32([0, 0, 3, 3, -2, -2])
    np.testing.assert_allclose(by_group(fit(8), 2)(x)(x), x, rtol=5e-3)


# float16 scales


def test_a_float16_scale_is_another_grid():
    x = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
    Q = fit(8)(x)
    H = half_scales(Q)
    assert H.scale.dtype == np.float16 and (H.scale != Q.scale).any()
    np.testing.assert_array_equal(H.scale, Q.scale.astype(np.float16))
    assert (H.quantize(x) != Q.quantize(x)).any()
    assert mse(x, H(x)) < mse(x, H.dequantize(Q.quantize(x)))


@pytest.mark.parametrize("scale", [1e-9, 1e6])
def test_scales_that_float16_can_not_hold_are_refused(scale):
    with pytest.raises(ValueError, match="does not fit float16"):
        half_scales(Affine(np.float32([[1.0], [scale]])))


# Bad input


@pytest.mark.parametrize("group_size", [0, -1, 2.0, True, "8", None, np.nan])
def test_group_sizes_that_are_none(group_size):
    with pytest.raises(ValueError, match=r"group_size is"):
        to_groups(np.ones(4), group_size)
    with pytest.raises(ValueError, match=r"group_size is"):
        Grouped(Affine(1.0), group_size)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ([], "x is empty"),
        ([1.0, np.nan], "x holds nan"),
        ([np.inf, 1.0], "x holds inf"),
        ([True, False], "x holds bool"),
        ([1j, 2], "x holds complex"),
        (torch.ones(4), "x is a tensor"),
    ],
)
def test_arrays_that_are_none(x, said):
    with pytest.raises(ValueError, match=said):
        to_groups(x, 2)


@pytest.mark.parametrize("shape", [(9,), (4,), (3, 3), (0,), (-2, -4)])
def test_groups_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError):
        from_groups(np.ones((2, 4)), shape)
    with pytest.raises(ValueError, match=r"groups of shape \(8,\)"):
        from_groups(np.ones(8), (8,))


def test_an_array_with_another_number_of_groups_is_refused():
    Q = by_group(fit(), 4)(np.ones(16, np.float32))
    with pytest.raises(ValueError, match=r"scale has shape \(4, 1\)"):
        Q(np.ones(20, np.float32))


# Oracles


def test_onnx_blocked_quantization_agrees_to_the_bit():
    x = np.random.default_rng(0).normal(size=(6, 64)).astype(np.float32)
    x[0, :16] = (np.arange(16) - 7.5) * np.float32(0.1)  # ties
    Q = by_group(fit(8), 16)(x)
    T = onnx.TensorProto
    node = onnx.helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], axis=1, block_size=16)
    inputs = [
        onnx.helper.make_tensor_value_info(n, t, None)
        for n, t in zip("xsz", (T.FLOAT, T.FLOAT, T.INT8), strict=True)
    ]
    output = onnx.helper.make_tensor_value_info("q", T.INT8, None)
    graph = onnx.helper.make_graph([node], "g", inputs, [output])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 21)])
    scale = Q.Q.scale.reshape(6, 4)
    theirs = ReferenceEvaluator(model).run(None, dict(x=x, s=scale, z=np.zeros((6, 4), np.int8)))
    np.testing.assert_array_equal(Q.quantize(x), theirs[0])


def test_torch_reshapes_and_quantizes_alike_but_for_ties():
    x = np.random.default_rng(0).normal(size=(8, 96)).astype(np.float32)
    Q = by_group(fit(4), 32)(x)
    rows = torch.from_numpy(x).reshape(-1, 32)
    scale = torch.from_numpy(Q.Q.scale.ravel().copy())
    zero = torch.zeros(len(rows), dtype=torch.int32)
    theirs = torch.fake_quantize_per_channel_affine(rows, scale, zero, 0, -8, 7)
    off = np.abs(Q(x) - theirs.reshape(8, 96).numpy()) > 1e-6
    steps = to_groups(x, 32) / Q.Q.scale
    tie = np.abs(np.abs(steps - np.floor(steps)) - 0.5) < 1e-5
    assert not (off & ~tie.reshape(8, 96)).any()


# Claims of the notebook


def gains(weights, num_bits):
    """What a scale a channel brings over one a tensor, in decibels, one number a seed."""
    dB = [
        mean_sqnr(
            weights,
            lambda W, a=axis: Affine.from_range(*minmax_range(W, axis=a), num_bits, symmetric=True)(
                W
            ),
        )
        for axis in (None, 0)
    ]
    return dB[1] - dB[0]


@pytest.mark.parametrize("name", ["digits_cnn", "digits_mobilenet"])
@pytest.mark.parametrize("num_bits", [8, 4, 3])
def test_a_scale_a_channel_is_better_on_the_weights_of_every_seed(name, num_bits):
    weights = [fold(load(name, seed)).weights for seed in range(5)]
    assert (gains(weights, num_bits) > 1.5).all()


def test_folding_is_not_the_cause_though_it_adds_on_the_depthwise_network():
    added = {}
    for name in ("digits_cnn", "digits_mobilenet"):
        before = gains([load(name, seed).weights[:-1] for seed in range(5)], 4)
        after = gains([fold(load(name, seed)).weights[:-1] for seed in range(5)], 4)
        assert (before > 1.5).all() and before.mean() > 0.7 * after.mean()
        added[name] = verdict(after - before)
    assert added["digits_mobilenet"].startswith("holds")
    assert added["digits_cnn"].startswith("can't tell")


def test_which_groups_pay_for_their_bits():
    def worth(W, size):
        Q = by_group(lambda rows: half_scales(fit()(rows)), size)(W)
        return sqnr(W, Q(W)) - 6.02 * Q.bits_per_value(W.size)

    for seed in range(5):
        W = fold(load("digits_cnn", seed)).layers[5].W
        assert worth(W, 96) > worth(W, 288) > worth(W, 32) > worth(W, 16)
        x = np.random.default_rng(seed).normal(size=2**17)
        assert worth(x, 128) > worth(x, 32) > worth(x, 4096) > worth(x, 16)


def test_scales_per_token_leave_the_integer_product_and_per_input_channel_do_not():
    rng = np.random.default_rng(0)
    qx, qw = rng.integers(-8, 8, (5, 12)), rng.integers(-8, 8, (7, 12))
    sx, sw = 2.0 ** rng.integers(-4, 5, (5, 1)), 2.0 ** rng.integers(-4, 5, (7, 1))
    integers = qx @ qw.T
    np.testing.assert_array_equal((sx * qx) @ (sw * qw).T, sx * sw.T * integers)
    product = (2.0 ** np.arange(12) * qx) @ qw.T
    # If factors a[t] b[o] mended it, every 2 x 2 block of a b^T had determinant 0.
    a = product[:2, :2] / integers[:2, :2]
    assert abs(a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]) > 1
    scales = 2.0 ** rng.integers(-4, 5, 3)  # one for 4 of the 12: partial sums, then scales
    sums = to_groups(qx[0] * qw[0], 4).sum(axis=1)
    assert scales @ sums == qx[0] @ (np.repeat(scales, 4) * qw[0])
