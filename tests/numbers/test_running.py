import weakref

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from torch.ao.quantization.observer import MinMaxObserver, MovingAverageMinMaxObserver

from qlearn.hardware import cost
from qlearn.networks import (
    Conv2d,
    Dense,
    digits,
    evaluate,
    fit_minmax,
    fold,
    load,
    quantize,
    verdict,
)
from qlearn.numbers import (
    Affine,
    Dynamic,
    by_group,
    floor,
    in_batches,
    minmax_range,
    moving_average,
    mse_range,
    percentile_range,
    running_minmax,
    sqnr,
)

BATCHES = [[0.0, 4.0], [-1.0, 2.0], [0.0, 8.0]]
STREAMS = st.lists(
    arrays(np.float32, 6, elements=st.floats(-1e3, 1e3, width=32)), min_size=1, max_size=8
)
MOMENTA = st.sampled_from([0, 0.25, 0.9, 0.99])
IMAGES = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=4, max_side=5),
    elements=st.floats(-100, 100, width=32),
)


def stream(seed=0, count=7, scale=1.0):
    rng = np.random.default_rng(seed)
    return [(scale * rng.normal(size=(4, 3))).astype(np.float32) for _ in range(count)]


# Worked examples


def test_three_batches_by_hand():
    assert running_minmax(BATCHES) == (-1, 8)
    assert moving_average(BATCHES, 0.75) == (-0.1875, 4.625)  # 4 -> 3.5 -> 4.625
    assert moving_average(BATCHES, 0) == (0, 8)  # the last batch alone
    assert moving_average(BATCHES[:1], 0.9) == (0, 4)


@pytest.mark.parametrize("m", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("n", [2, 3, 8])
def test_what_the_docstring_says_of_the_first_and_the_newest_batch(m, n):
    shares = [moving_average(np.eye(n)[i][:, None], m)[1] for i in range(n)]
    np.testing.assert_allclose([shares[0], shares[-1]], [m ** (n - 1), 1 - m], atol=1e-12)
    np.testing.assert_allclose(sum(shares), 1)


def test_a_range_holds_zero_even_if_no_batch_does():
    assert running_minmax([[1.0, 3.0], [2.0, 5.0]]) == (0, 5)
    np.testing.assert_allclose(moving_average([[1.0, 3.0], [2.0, 5.0]], 0.9), (0, 3.2))
    np.testing.assert_allclose(moving_average([[-3.0, -1.0], [-5.0, -2.0]], 0.9), (-3.2, 0))


def test_batches_of_a_list_an_array_or_a_generator_are_the_same():
    x = np.arange(-6.0, 6.0).reshape(6, 2)
    assert running_minmax(x) == running_minmax(list(x)) == running_minmax(in_batches(x, 4))


def test_in_batches_are_views_and_the_last_one_is_smaller():
    x = np.arange(10, dtype=np.float32)
    batches = list(in_batches(x, 4))
    assert [b.tolist() for b in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert all(b.base is x for b in batches)
    assert [b.tolist() for b in in_batches(x, 99)] == [x.tolist()]


@pytest.mark.parametrize("find", [running_minmax, moving_average])
def test_batches_are_looked_at_one_at_a_time(find):
    refs, most = [], 0

    def batches():
        nonlocal most
        for i in range(20):
            x = np.full(5, i, np.float32)
            refs.append(weakref.ref(x))
            most = max(most, sum(ref() is not None for ref in refs))
            yield x

    assert find(batches())[0] == 0
    assert len(refs) == 20 and most <= 2  # this one, and the one that it takes the place of


def test_a_dynamic_quantizer_is_fitted_to_what_it_meets():
    D = Dynamic(fit_minmax(2, signed=False))
    np.testing.assert_allclose(D(np.array([0, 1, 2, 3])), [0, 1, 2, 3])
    np.testing.assert_allclose(D(np.array([0, 10, 20, 30.0])), [0, 10, 20, 30])
    np.testing.assert_allclose(D(np.array([0, 1.6, 3]), floor), [0, 1, 3])
    image = Dynamic(fit_minmax(1, axis=0, signed=False))
    np.testing.assert_allclose(image(np.array([[0.0, 4], [0, 9]])), [[0, 4], [0, 9]])


def test_dynamic_stores_a_scale_and_a_zero_point_for_each_image():
    D = Dynamic(fit_minmax(8, axis=0))
    assert D.num_bits == 8
    assert D.storage(256) == {"codes": 2048, "scales": 32, "zero_points": 8}
    assert D.bits_per_value(256) == 8 + 40 / 256
    assert Dynamic(fit_minmax(4, symmetric=True)).storage(10)["zero_points"] == 0
    groups = Dynamic(by_group(lambda x: Affine.from_range(*minmax_range(x, axis=0), 4), 32))
    assert groups.storage(64) == {"codes": 256, "scales": 64, "zero_points": 8}


@pytest.mark.parametrize("axis", [1, -1, (0, 1)])
def test_dynamic_does_not_guess_how_many_channels_there_are(axis):
    with pytest.raises(ValueError, match="fit keeps an inner axis: 12 values"):
        Dynamic(fit_minmax(8, axis=axis)).storage(12)


# Laws


@given(STREAMS)
def test_the_running_range_is_that_of_all_batches_in_any_order(batches):
    everything = minmax_range(np.concatenate(batches))
    assert running_minmax(batches) == running_minmax(batches[::-1]) == everything


@given(STREAMS, MOMENTA)
def test_the_average_lies_between_zero_and_the_running_range(batches, momentum):
    low, high = moving_average(batches, momentum)
    running = running_minmax(batches)
    assert running[0] * (1 + 1e-5) <= low <= 0 <= high <= running[1] * (1 + 1e-5)


@given(STREAMS, MOMENTA)
def test_the_weights_of_the_batches_are_powers_of_momentum(batches, momentum):
    n = len(batches)
    weights = [(1 - momentum) * momentum ** (n - 1 - i) for i in range(n)]
    weights[0] = momentum ** (n - 1)  # the first starts it
    np.testing.assert_allclose(sum(weights), 1)
    ends = np.array([minmax_range(b) for b in batches], np.float64)
    found = moving_average(batches, momentum)
    np.testing.assert_allclose(found, weights @ ends, rtol=1e-4, atol=1e-3)


@given(IMAGES)
def test_dynamic_is_fit_of_x_to_the_bit(x):
    for axis in (None, 0):
        fit = fit_minmax(4, axis=axis)
        np.testing.assert_array_equal(Dynamic(fit)(x), fit(x)(x))


@given(IMAGES)
def test_a_range_for_each_image_does_not_know_the_neighbours(x):
    D = Dynamic(fit_minmax(4, axis=0))
    np.testing.assert_array_equal(D(x), np.concatenate([D(x[i : i + 1]) for i in range(len(x))]))


@given(IMAGES)
def test_a_dynamic_min_max_range_clips_nothing(x):
    Q = fit_minmax(4, axis=0)(x)
    assert (np.abs(Dynamic(fit_minmax(4, axis=0))(x) - x) <= Q.scale * 0.5001 + 1e-6).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_types_and_kept_axes(dtype):
    batches = [np.array([[1, -2, 3], [4, 0, -6]], dtype), np.array([[0, 9, 1]], dtype)]
    low, high = running_minmax(batches, axis=1)
    np.testing.assert_array_equal(low, [[0, -2, -6]])
    np.testing.assert_array_equal(high, [[4, 9, 3]])
    assert high.dtype == (np.float64 if dtype is np.float64 else np.float32)
    low, high = moving_average(batches, 0.5, lambda x: minmax_range(x, axis=1))
    np.testing.assert_array_equal(high, [[2, 4.5, 2]])
    assert high.dtype == (np.float64 if dtype is np.float64 else np.float32)


def test_any_estimator_can_be_averaged():
    batches = stream()
    high = moving_average(batches, 0.5, percentile_range)[1]
    expected = percentile_range(batches[0])[1]
    for batch in batches[1:]:
        expected = (expected + percentile_range(batch)[1]) / 2
    np.testing.assert_allclose(high, expected, rtol=1e-6)
    assert moving_average(batches, 0.5)[1] > high


# Oracle: torch's observers


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("momentum", [0.99, 0.9, 0.5])
def test_oracle_torch_moving_average(seed, momentum):
    """Equal to the bit; torch holds 0 last, so every batch here has both signs."""
    observer = MovingAverageMinMaxObserver(averaging_constant=1 - momentum)
    batches = stream(seed)
    assert all(b.min() < 0 < b.max() for b in batches)
    for batch in batches:
        observer(torch.tensor(batch))
    low, high = moving_average(batches, momentum)
    assert (low, high) == (observer.min_val.item(), observer.max_val.item())
    scale, zero_point = observer.calculate_qparams()
    Q = Affine.from_range(low, high, 8, signed=False)
    np.testing.assert_allclose(Q.scale, scale.item(), rtol=1e-6)
    assert Q.zero_point == zero_point.item()


@pytest.mark.parametrize("seed", range(5))
def test_oracle_torch_running_minmax(seed):
    observer, batches = MinMaxObserver(), stream(seed)
    for batch in batches:
        observer(torch.tensor(batch))
    assert running_minmax(batches) == (observer.min_val.item(), observer.max_val.item())


def test_where_torch_differs_it_averages_first_and_holds_zero_last():
    batches = np.array([[-2.0, 1.0], [2.0, 4.0]], np.float32)
    observer = MovingAverageMinMaxObserver(averaging_constant=0.5)
    for batch in batches:
        observer(torch.tensor(batch))
    assert observer.min_val.item() == 0 and moving_average(batches, 0.5)[0] == -1


# In a network


def test_dynamic_works_wherever_a_quantizer_does():
    net, (x, _) = fold(load("digits_cnn")), digits("calibration")
    fit = fit_minmax(8, axis=0)
    dynamic = quantize(net, fit_minmax(8, symmetric=True), lambda h: Dynamic(fit), x)
    eight = quantize(net, fit_minmax(8, symmetric=True), fit_minmax(8), x)
    assert cost(dynamic).bytes == cost(eight).bytes  # nothing more is stored in flash
    assert cost(dynamic).peak_activation_bytes == cost(eight).peak_activation_bytes
    layer = dynamic.layers[2]
    h = net.outputs(x[:3])[1]
    np.testing.assert_array_equal(layer.inputs(h), fit(h)(h))
    dense = next(q for q in dynamic.layers if isinstance(getattr(q, "layer", None), Dense))
    assert dense.inputs(x.reshape(180, -1)).shape == (180, 64)
    assert isinstance(layer.layer, Conv2d)


@pytest.mark.parametrize("name", ["digits_cnn", "digits_mobilenet"])
def test_claim_a_range_for_each_image_is_nearer_to_the_float_logits(name):
    def scores(fit_inputs):
        return evaluate(name, lambda net, x: quantize(net, None, fit_inputs, x)).logit_sqnr

    gains = scores(lambda h: Dynamic(fit_minmax(4, axis=0))) - scores(fit_minmax(4))
    assert (gains > 1).all() and verdict(gains).startswith("holds")


def test_claim_a_well_clipped_static_range_does_as_well_at_three_bits():
    def scores(fit_inputs):
        make = lambda net, x: quantize(net, None, fit_inputs, x)  # noqa: E731
        return evaluate("digits_mobilenet", make).logit_sqnr

    clipped = scores(lambda h: Affine.from_range(*mse_range(h, 3), 3))
    assert (clipped > scores(lambda h: Dynamic(fit_minmax(3, axis=0)))).all()


def test_claim_four_times_darker_loses_two_bits_on_a_static_grid():
    x = np.random.default_rng(0).uniform(0, 1, 100_000)
    Q = Affine.from_range(0.0, 1.0, 8, signed=False)
    assert len(np.unique(Q.quantize(x / 4))) == 65  # 0 to 64, of 256
    np.testing.assert_allclose(sqnr(x, Q(x)) - sqnr(x / 4, Q(x / 4)), 20 * np.log10(4), atol=0.1)


# Bad input


@pytest.mark.parametrize("find", [running_minmax, moving_average])
@pytest.mark.parametrize(
    ("batches", "words"),
    [
        ([], r"batches is empty, \[\]"),
        (iter([]), "batches is empty"),
        (None, "batches is None"),
        (3.0, "batches is 3.0"),
        ([[1.0, np.nan]], "a batch holds nan"),
        ([[1.0], [np.inf]], "a batch holds inf"),
        ([np.zeros((2, 0))], "a batch is empty"),
        ([[1.0], [[1.0, 2.0]]], r"a batch of 2 axes follows one of 1: \(1, 2\)"),
        ([np.array([True])], "bool values"),
        ([torch.ones(2)], "a batch is a tensor"),
    ],
)
def test_bad_batches_are_refused(find, batches, words):
    with pytest.raises(ValueError, match=words):
        find(batches)


@pytest.mark.parametrize("momentum", [1, 1.0, -0.1, 2, np.nan, True])
def test_bad_momentum_is_refused(momentum):
    with pytest.raises(ValueError, match=f"momentum is {momentum}"):
        moving_average(BATCHES, momentum)


def test_ranges_of_other_shapes_are_refused():
    images = [np.ones((2, 3)), np.ones((1, 3))]
    with pytest.raises(ValueError, match=r"a range of shape \(1, 1\) follows one of \(2, 1\)"):
        running_minmax(images, axis=0)
    with pytest.raises(ValueError, match="axis is 5, but x has 1 axes"):
        running_minmax(BATCHES, axis=5)


def test_what_is_no_function_is_refused():
    with pytest.raises(ValueError, match="estimate is 99: give a function"):
        moving_average(BATCHES, 0.9, 99)
    with pytest.raises(ValueError, match="fit is Affine"):
        Dynamic(Affine(0.1))
    with pytest.raises(ValueError, match="size is 0: it must be a whole number"):
        Dynamic(fit_minmax(8)).storage(0)


@pytest.mark.parametrize("verb", ["quantize", "dequantize"])
def test_codes_without_their_scales_are_refused(verb):
    with pytest.raises(ValueError, match=r"need its own scales: keep Q = fit\(x\)"):
        getattr(Dynamic(fit_minmax(8)), verb)(np.ones(3))


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "4"])
def test_a_bad_batch_size_is_refused(size):
    with pytest.raises(ValueError, match=f"size is {size!r}"):
        in_batches(np.ones(4), size)


def test_a_lone_number_has_no_batches():
    with pytest.raises(ValueError, match="x is the number 3"):
        in_batches(3.0, 2)
    with pytest.raises(ValueError, match="x holds nan"):
        in_batches([1.0, np.nan], 2)


@pytest.mark.parametrize("momentum", ["a", None, 0.5j, [0.5], np.False_, np.nan, -0.1, 1])
def test_a_bad_momentum_is_refused(momentum):
    with pytest.raises(ValueError, match="momentum is"):
        moving_average([np.ones(2)], momentum)


@pytest.mark.parametrize("ends", [(1.0, 2.0), (-2.0, -1.0), (np.nan, 1.0)])
def test_a_range_that_does_not_hold_0_is_refused(ends):
    with pytest.raises(ValueError, match="it must hold 0"):
        moving_average([np.ones(2)], 0.5, lambda x: ends)


@pytest.mark.parametrize("size", [np.inf, np.nan, "a", None, True, 2.5, 0])
def test_storage_takes_whole_sizes(size):
    with pytest.raises(ValueError, match="it must be a whole number"):
        Dynamic(fit_minmax(4)).storage(size)
