import numpy as np
import pytest
import torch

from qlearn.numbers.arrays import (
    BLOCK,
    as_floats,
    corner,
    finite,
    in_blocks,
    like,
    pieces,
    work_floats,
)


@pytest.mark.parametrize(
    "shape", [(), (1,), (BLOCK + 3,), (3, BLOCK), (2, 3, BLOCK + 1), (70000, 2)]
)
def test_pieces_cover_everything_once_and_fit_the_cache(shape):
    seen = np.zeros(shape, int)
    for i in pieces(shape):
        assert seen[i].size <= BLOCK
        seen[i] += 1
    assert (seen == 1).all()


def test_in_blocks_equals_the_whole():
    x = np.arange(200_000.0).reshape(2, 100_000)
    row, column, number = np.array([[2.0], [3.0]]), np.arange(100_000.0), 5.0
    whole = x * row + column - number
    blocks = in_blocks(lambda x, r, c, n: x * r + c - n, x, row, column, number, dtype=np.float64)
    np.testing.assert_array_equal(blocks, whole)


@pytest.mark.parametrize(
    "given, worked",
    [
        (np.float16([1]), np.float32),
        (np.float32([1]), np.float32),
        (np.float64([1]), np.float64),
        (np.int64([1]), np.float32),
        (np.uint8([1]), np.float32),
        ([1, 2], np.float64),
        (1.5, np.float64),
    ],
)
def test_work_type(given, worked):
    assert work_floats(given).dtype == worked


def test_work_type_of_tensors():
    assert work_floats(torch.ones(2, dtype=torch.float16)).dtype == torch.float32
    assert work_floats(torch.ones(2, dtype=torch.float64)).dtype == torch.float64


def test_a_sum_that_overflows_is_no_infinity():
    x = np.full(10, 3e38, np.float32)
    assert finite(x) is x


def test_like_bends_to_the_second_type():
    assert like(np.arange(3, dtype=np.int32), np.float32(1)).dtype == np.float32
    assert like(3, np.float32(1)) == 3


@pytest.mark.parametrize(
    "x, message",
    [
        ([1.0, np.nan], "x holds nan"),
        (np.float32([1, -np.inf, np.nan]), "x holds -inf"),
        (np.zeros((0, 3)), r"x is empty: its shape is \(0, 3\)"),
        ([1j], "x holds complex128 values"),
        ([True], "x holds bool values"),
        (["a"], "x holds str"),
        (torch.ones(2), "x is a tensor"),
    ],
)
def test_bad_input(x, message):
    with pytest.raises(ValueError, match=message):
        as_floats(x)


def test_the_corner_tells_the_work_type():
    assert corner(np.ones((2, 3), np.int8)).shape == (1, 1)
    assert corner(np.ones((2, 3), np.int8)).dtype == np.float32
    assert corner(np.float64(3)).dtype == np.float64
