"""The digits: the right ones, split once, and out of the reader's reach."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from qlearn.networks import digits
from qlearn.networks.data import PARTS, distort, hard_images, read

SIZES = {"train": 1077, "calibration": 180, "test": 540}
STILL = dict(turn=0, move=0, noise=0)


def constant(value):
    """A random generator that always draws the same number."""
    return SimpleNamespace(normal=lambda size: np.full(size, value))


def original_indices(part):
    """Where each image of a part stands in scikit-learn's list."""
    order = {image.tobytes(): i for i, image in enumerate(load_digits().images)}
    assert len(order) == 1797  # no two images are equal, so that an image tells its index
    return [order[image.tobytes()] for image in 16 * digits(part)[0][:, 0].astype(np.float64)]


def test_worked_example():
    x, y = digits("train")
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((1077, 1, 8, 8), "float32", (1077,), "int64")
    assert (x.min(), x.max()) == (0, 1)
    assert y[:5].tolist() == [6, 6, 6, 2, 5]
    assert (x[0, 0, 4] * 16).tolist() == [0, 3, 16, 10, 12, 12, 3, 0]


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("part", SIZES)
def test_every_part_has_its_size_and_all_ten_digits(part, hard):
    x, y = digits(part, hard)
    assert x.shape == (SIZES[part], 1, 8, 8) and x.dtype == np.float32
    assert set(y) == set(range(10))


def test_no_image_is_in_two_parts():
    indices = [i for part in SIZES for i in original_indices(part)]
    assert sorted(indices) == list(range(1797))


def test_oracle_scikit_learn_has_the_same_images_and_labels():
    source, order = load_digits(), np.random.default_rng(0).permutation(1797)
    for part, where in PARTS.items():
        x, y = digits(part)
        np.testing.assert_array_equal(x[:, 0] * 16, source.images[order[where]])
        np.testing.assert_array_equal(y, source.target[order[where]])


def test_the_test_digits_are_the_default():
    np.testing.assert_array_equal(digits()[0], digits("test", hard=False)[0])


@pytest.mark.parametrize("part", SIZES)
def test_hard_digits_are_other_images_of_the_same_digits(part):
    (plain, y), (hard, y_hard) = digits(part), digits(part, hard=True)
    np.testing.assert_array_equal(y, y_hard)
    assert (plain != hard).any(axis=(1, 2, 3)).all()  # every single one
    np.testing.assert_array_equal(hard * 16, np.round(hard * 16))  # as coarse as the plain ones
    assert hard.min() == 0 and hard.max() == 1


def test_hard_digits_are_the_same_every_time():
    first = digits("test", hard=True)[0]
    hard_images.cache_clear()
    np.testing.assert_array_equal(digits("test", hard=True)[0], first)


@pytest.mark.parametrize("hard", [False, True])
def test_writing_into_the_digits_leaves_those_of_the_next_caller_alone(hard):
    x, y = digits("test", hard)
    kept = x.copy(), y.copy()
    x[:], y[:] = 7, 7
    again = digits("test", hard)
    np.testing.assert_array_equal(again[0], kept[0])
    np.testing.assert_array_equal(again[1], kept[1])


@given(st.integers(0, 2**32 - 1))
def test_a_distorted_image_stays_on_the_sixteenths_in_0_to_1(seed):
    x = distort(read()[0][:3], np.random.default_rng(seed))
    assert x.dtype == np.float32 and x.min() >= 0 and x.max() <= 1
    np.testing.assert_array_equal(x * 16, np.round(x * 16))


def test_nothing_turned_moved_or_noisy_changes_nothing():
    x = read()[0][:20]
    np.testing.assert_array_equal(distort(x, np.random.default_rng(0), **STILL), x)


def test_oracle_numpy_a_quarter_turn_and_a_whole_pixel():
    x = np.pad(read()[0][:20, :, 2:6, 2:6], ((0, 0), (0, 0), (2, 2), (2, 2)))
    turned = distort(x, constant(1), **{**STILL, "turn": np.pi / 2})
    np.testing.assert_array_equal(turned, np.rot90(x, axes=(3, 2)))
    moved = distort(x, constant(1), **{**STILL, "move": 1})
    np.testing.assert_array_equal(moved, np.roll(x, (-1, -1), axis=(2, 3)))
    brighter = distort(x, constant(1), **{**STILL, "noise": 0.25})
    np.testing.assert_array_equal(brighter, np.minimum(x + 0.25, 1))


def test_an_unknown_part_is_refused():
    message = "part is 'validation': there are train, calibration, test"
    with pytest.raises(ValueError, match=message):
        digits("validation")
