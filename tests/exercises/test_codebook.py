import numpy as np
import pytest

from qlearn.exercises.codebook import LEVELS, SIX, STEP, X, check
from qlearn.grids import Codebook, lloyd
from qlearn.numbers import mse


def total(levels):
    return len(SIX) * mse(SIX, Codebook(levels)(SIX))


def test_the_two_ends_are_what_lloyd_does():
    ends = [lloyd(SIX, start) for start in ([0, 5, 10], [0, 1, 5])]
    assert ends[0].tolist() == [0.5, 5.5, 10.5] and ends[1].tolist() == [0, 1, 8]
    assert [total(e) for e in ends] == pytest.approx([1.5, 26])


@pytest.mark.parametrize("answer", [(1.5, 26), [1.5, 26.0], np.array([1.5, 26])])
def test_two_ends_right(answer):
    assert check(1, lambda: answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1.5, 1.5), "It is stuck"),
        ((3, 26), "the error of the start (0, 5, 10)"),
        ((1.5, 62), "the error of the start (0, 1, 5)"),
        ((0.25, 26 / 6), "0.25 is the mean"),
        ((1.5, 26 / 6), "that is the mean of the squared errors"),
        ((26, 1.5), "other way round"),
        ((1.5, 10), "sum of distances"),
        ((7, 26), "7 from (0, 5, 10): cells by the nearest level"),
        ((1.5, 20), "20 from (0, 1, 5)"),
        (1.5, "return two numbers"),
        ("no", "can't be read"),
    ],
)
def test_two_ends_hints(answer, hint):
    verdict = check(1, lambda: answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def one_step(x, levels, middle=np.mean, empty=lambda v: v):
    cell = np.searchsorted((levels[1:] + levels[:-1]) / 2, x)
    parts = [x[cell == i] for i in range(len(levels))]
    return np.array([middle(c) if c.size else empty(v) for c, v in zip(parts, levels, strict=True)])


def loops(x, levels):
    new = []
    for i, level in enumerate(levels):
        mine = [v for v in x if np.argmin([abs(v - other) for other in levels]) == i]
        new.append(sum(mine) / len(mine) if mine else level)
    return new


def equal_counts(x, levels):
    return np.array([part.mean() for part in np.array_split(np.sort(x), len(levels))])


def test_the_probe_tells_one_step_from_many():
    np.testing.assert_allclose(one_step(X, LEVELS), STEP)
    np.testing.assert_allclose(lloyd(X, LEVELS, 1), STEP)
    assert not np.allclose(lloyd(X, LEVELS), STEP)


@pytest.mark.parametrize(
    "answer", [one_step, loops, lambda x, v: lloyd(x, v, 1), lambda x, v: list(one_step(x, v))]
)
def test_step_right(answer):
    assert check(2, answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, v: one_step(x, v, np.median), "you took the median"),
        (lambda x, v: one_step(x, v, lambda c: (c.min() + c.max()) / 2), "smallest and largest"),
        (lambda x, v: (v[1:] + v[:-1]) / 2, "those are the edges"),
        (lambda x, v: one_step(x, v, np.sum), "those are sums"),
        (lambda x, v: one_step(x, v, len), "counts"),
        (equal_counts, "cells of equal count"),
        (lambda x, v: lloyd(x, v), "until nothing moves"),
        (lambda x, v: v, "nothing moved"),
        (lambda x, v: one_step(x, v)[:2], "three go in"),
        (lambda x, v: one_step(x, v) + 0.1, "because the edges are 2.6 and 5.3"),
        (lambda x, v: one_step(x, v, empty=lambda v: np.nan), "became nan"),
        (lambda x, v: one_step(x, v, empty=lambda v: 0), "became 0"),
        (lambda x, v: np.array([x[x < 2.6].mean(), 4, 7.75]), "four levels go in"),
        (lambda x, v: 1 / 0, "ZeroDivisionError"),
        (lambda x, v: "no", "can't be read"),
    ],
)
def test_step_hints(answer, hint):
    with np.errstate(all="ignore"):
        verdict = check(2, answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def test_the_storage_of_exercise_3_is_that_of_the_codebook():
    assert Codebook(np.arange(16)).bits_per_value(576) == pytest.approx(4.89, abs=0.002)
    assert 32 / Codebook(np.arange(4)).bits_per_value(16) == pytest.approx(3.2)


@pytest.mark.parametrize(
    "answer", [(4 + 8 / 9, 3.2), (4.89, 3.2), [4.9, 3.2], np.array([4.889, 16 / 5])]
)
def test_storage_right(answer):
    assert check(3, lambda: answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((4, 3.2), "the codes alone"),
        ((36, 3.2), "once for all weights"),
        ((4 + 32 / 576, 3.2), "16 levels are stored, not one"),
        ((4 + 256 / 576, 3.2), "you took 16"),
        ((4.89, 16), "without the codebook"),
        ((4.89, 10), "10 bits is what a weight takes"),
        ((4.89, 0.3125), "the other way round"),
        ((4.89, 4), "the codes are stored, too"),
        ((4.89, 512 / 192), "has 2 bits, not 4"),
        ((5, 3.2), "count the bits of all codes"),
        ((4.89, 5), "count the bits of all codes"),
        (4.89, "return two numbers"),
    ],
)
def test_storage_hints(answer, hint):
    verdict = check(3, lambda: answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def test_stubs_are_not_yet():
    assert check(1, lambda: None).right is None and check(3, lambda: (None, None)).right is None
    assert check(2, lambda x, levels: None).right is None
