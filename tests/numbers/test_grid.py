import numpy as np
import pytest

from qlearn.numbers import Affine
from qlearn.numbers.grid import code_type, grid_limits


def test_limits():
    assert grid_limits(8) == (-128, 127)
    assert grid_limits(8, narrow_range=True) == (-127, 127)
    assert grid_limits(8, signed=False) == (0, 255)
    assert grid_limits(1, signed=False) == (0, 1)
    assert grid_limits(16) == (-32768, 32767)


@pytest.mark.parametrize(
    "num_bits, signed, smallest",
    [(8, True, "int8"), (4, False, "uint8"), (9, True, "int16"), (16, False, "uint16")],
)
def test_codes_take_the_smallest_type(num_bits, signed, smallest):
    Q = Affine(1.0, 0, *grid_limits(num_bits, signed))
    assert code_type(Q) == smallest
    assert Q.quantize(np.array([1e9, -1e9])).tolist() == [Q.qmax, Q.qmin]


@pytest.mark.parametrize("num_bits", [0, 17, 2.5, True, -3, None])
def test_bits_out_of_range(num_bits):
    with pytest.raises(ValueError, match=f"num_bits is {num_bits}"):
        grid_limits(num_bits)


def test_signed_one_bit_and_unsigned_narrow():
    with pytest.raises(ValueError, match="num_bits is 1 on a signed grid"):
        grid_limits(1)
    with pytest.raises(ValueError, match="narrow_range"):
        grid_limits(8, signed=False, narrow_range=True)


@pytest.mark.parametrize("limits", [(3, 3), (5, 2), (0.5, 3), (0, 2**16)])
def test_bad_limits(limits):
    with pytest.raises(ValueError, match=f"qmin {limits[0]} and qmax {limits[1]}"):
        Affine(1.0, 0, *limits)
