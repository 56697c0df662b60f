import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from qlearn.grids import Codebook, nf4
from qlearn.numbers import Affine, Grouped, floor
from qlearn.numbers.ancestors import nearest

FLOATS = st.floats(-1e4, 1e4, width=32)
TENSORS = arrays(np.float32, array_shapes(max_dims=3, max_side=6), elements=FLOATS)
LEVELS = st.lists(FLOATS, min_size=1, max_size=300, unique=True).map(
    lambda v: np.sort(np.float32(v))
)

# Worked examples


def test_powers_of_two():
    Q = Codebook([-1, -0.5, -0.25, 0, 0.25, 0.5, 1])
    assert Q.quantize([-9.0, -0.3, 0.1, 0.8]).tolist() == [0, 2, 3, 6]
    assert Q([-9.0, -0.3, 0.1, 0.8]).tolist() == [-1, -0.25, 0, 1]
    assert Q.num_bits == 3


def test_half_way_takes_the_lower_level():
    assert Codebook([0, 1, 2])([0.5, 1.5, -0.5]).tolist() == [0, 1, 0]


def test_the_edge_does_not_move_in_a_small_type():
    x = np.float32(0.1)  # as a double it lies above the edge 0.1
    assert Codebook(np.array([0.0, 0.2])).quantize(x) == 1


def test_one_scale_per_channel():
    Q = Codebook([-1, 0, 1], [[1.0], [10.0]])
    x = np.array([[0.6, 6.0], [0.6, 6.0]])
    assert Q(x).tolist() == [[1, 1], [0, 10]]
    assert Q.dequantize([[2, 2], [1, 2]]).tolist() == [[1, 1], [0, 10]]


def test_storage():
    Q = Codebook(nf4())
    assert Q.storage(576) == dict(codes=2304, levels=512, scales=0)
    assert Q.bits_per_value(576) == pytest.approx(4.89, abs=0.005)
    assert 32 / Codebook([0, 1, 2, 3]).bits_per_value(16) == pytest.approx(3.2)
    per_channel = Codebook([-1, 1], np.ones((8, 1), np.float16))
    assert per_channel.storage(80) == dict(codes=80, levels=64, scales=128)
    known = Codebook(nf4(), np.ones((9, 1), np.float16), known=True)  # in the program, not stored
    assert known.storage(576) == dict(codes=2304, levels=0, scales=144)


def test_a_group_is_a_row_for_a_codebook_too():
    G = Grouped(Codebook([-1, 0, 1], [[1.0], [10.0]]), 2)
    x = np.array([[0.6, -0.9], [6.0, 2.0]])
    assert G(x).tolist() == [[1, -1], [10, 0]]
    np.testing.assert_array_equal(G.dequantize(G.quantize(x)), G(x))
    assert G.storage(4) == dict(codes=8, levels=96, scales=64)


def test_one_level_needs_no_code():
    Q = Codebook([7])
    assert (Q.num_bits, Q([1.0, 9.0]).tolist()) == (0, [7, 7])


# Laws


@given(TENSORS, LEVELS)
def test_nearest_idempotent_and_equal_to_quantize_then_dequantize(x, levels):
    Q = Codebook(levels)
    x_hat = Q(x)
    distance = np.abs(x[..., None].astype(np.float64) - levels).min(axis=-1)
    np.testing.assert_array_equal(np.abs(x.astype(np.float64) - x_hat), distance)
    np.testing.assert_array_equal(Q(x_hat), x_hat)
    np.testing.assert_array_equal(Q.dequantize(Q.quantize(x)), x_hat)
    assert x_hat.dtype == np.float32 and x_hat.shape == x.shape


@given(TENSORS, LEVELS, st.floats(1e-3, 1e3))
def test_monotone(x, levels, scale):
    assert (np.diff(Codebook(levels, scale)(np.sort(x.ravel()))) >= 0).all()


@pytest.mark.parametrize("count", [2, 16, 129, 256, 257, 65536])
def test_all_codes_come_back_in_the_smallest_type(count):
    Q, q = Codebook(np.arange(count) ** 1.5, 0.25), np.arange(count)
    codes = Q.quantize(Q.dequantize(q))
    np.testing.assert_array_equal(codes, q)
    assert codes.dtype == (np.uint8 if count <= 256 else np.uint16)


@pytest.mark.parametrize("x_type", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("level_type", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1, 0.3, np.float32(0.3), np.full((40, 1), 0.3)])
def test_every_mix_of_float_types_keeps_its_word(x_type, level_type, scale):
    x = np.random.default_rng(0).normal(size=(40, 25)).astype(x_type)
    Q = Codebook(nf4().astype(level_type), scale)
    assert Q(x).dtype == x_type
    np.testing.assert_array_equal(Q.dequantize(Q.quantize(x)).astype(x_type), Q(x))


def test_integers_numbers_and_views():
    assert Codebook([0, 2])(np.array([1, 2])).dtype == np.float32
    assert Codebook([0, 2])(1.3) == 2
    assert Codebook([0, 2])(np.zeros((4, 6))[::2, 1::2]).shape == (2, 3)


def test_a_codebook_keeps_its_own_levels():
    levels = np.array([0.0, 1.0])
    Q = Codebook(levels)
    levels[:] = 5
    assert Q.levels.tolist() == [0, 1]


# Oracles


def test_even_levels_are_an_affine_grid():
    x = np.random.default_rng(0).normal(size=100_000).astype(np.float32)
    A = Affine(np.float32(0.25), 0, -8, 7)
    Q = Codebook(A.dequantize(np.arange(-8, 8)))
    even = np.abs(x / 0.25 % 1 - 0.5) > 1e-6
    np.testing.assert_array_equal(Q(x)[even], A(x)[even])


@given(TENSORS, LEVELS)
def test_the_ancestors_nearest(x, levels):
    np.testing.assert_array_equal(Codebook(levels)(x), nearest(x, levels))


# Bad input: each message is what a reader sees

TWO = Codebook([0.0, 1.0])
BAD = {
    "round is floor: in a codebook each number takes the nearest": lambda: TWO([1.0], floor),
    "round is floor": lambda: TWO.quantize([1.0], floor),
    "levels is empty": lambda: Codebook([]),
    "levels holds nan": lambda: Codebook([0, np.nan]),
    "levels holds inf": lambda: Codebook([0, np.inf]),
    r"levels holds 1\.0 after 2\.0: levels must rise": lambda: Codebook([2, 1]),
    r"levels holds 1\.0 twice": lambda: Codebook([0, 1, 1]),
    r"levels has shape \(1, 2\)": lambda: Codebook([[0, 1]]),
    "levels holds 65537 numbers": lambda: Codebook(np.arange(65537)),
    "levels is a tensor": lambda: Codebook(torch.zeros(2)),
    "scale is a tensor": lambda: Codebook([0, 1], torch.tensor(1.0)),
    r"scale is 0\.0": lambda: Codebook([0, 1], 0),
    "scale is nan": lambda: Codebook([0, 1], np.nan),
    r"scale is -1\.0": lambda: Codebook([0, 1], [1.0, -1.0]),
    "x is a tensor but the scale is an array": lambda: TWO(torch.zeros(2)),
    "x holds nan": lambda: TWO([1.0, np.nan]),
    "x holds inf": lambda: TWO.quantize([np.inf]),
    "x is empty": lambda: TWO([]),
    "x holds bool values": lambda: TWO([True]),
    r"scale has shape \(3, 1\), which does not fit x's \(2, 4\)": lambda: Codebook(
        [0, 1], np.ones((3, 1))
    )(np.ones((2, 4))),
    "q is a tensor": lambda: TWO.dequantize(torch.zeros(2)),
    r"q holds 2\.0: the codes are 0 \.\. 1": lambda: TWO.dequantize([2]),
    "q holds -1": lambda: TWO.dequantize(np.array([-1])),
    r"q is 0\.5: a code is a whole number": lambda: TWO.dequantize([0.5]),
    "q holds nan": lambda: TWO.dequantize([np.nan]),
    "size is 0": lambda: TWO.bits_per_value(0),
    "x_hat, in float16, holds inf": lambda: Codebook([0, 1e5])(np.float16([6e4])),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()


@pytest.mark.parametrize("scale", [1, 0.5])
def test_no_verb_copies_the_whole_array_on_the_way(scale):
    Q, x = Codebook(np.float32(nf4()), scale), np.zeros(12_000_000, np.float32)
    for verb, given_ in [(Q, x), (Q.quantize, x), (Q.dequantize, x.astype(np.uint8))]:
        tracemalloc.start()
        size = verb(given_).nbytes
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1.1 * size
