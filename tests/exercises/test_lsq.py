import numpy as np
import pytest

from qlearn.exercises.lsq import X, check, slope


@pytest.mark.parametrize("answer", [-5.7, np.float32(-5.7), np.array(-5.7)])
def test_pull_right(answer):
    assert check(1, lambda: answer).right is True


def test_pull_is_torchs():
    import torch

    from qlearn.numbers import Affine
    from qlearn.qat import lsq

    x, scale = torch.tensor(X), torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    (0.5 * (lsq(x, Affine(scale, 0, 0, 3), count=1 / 3) - x) ** 2).sum().backward()
    assert check(1, scale.grad.item).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (5.7, "against"),
        (0.3, "no slope"),
        (-6, "four inside"),
        (-5.3, "STE"),
        (-0.95, "mean"),
        (-11.4, "half"),
        (-2, "times 3"),
        (4.3, "no longer counts"),
        (-5.61, "below the range"),
        (2.8, "sum of the slopes"),
        (-1.7, "not 1"),
        (-0.3, "turned round"),
        (6, "clipped value alone, and"),
        (-6.3, "sign inside"),
        (0.6, "half in front"),
        (1.0, "six errors"),
        ("down", "can't be read"),
    ],
)
def test_pull_hints(answer, hint):
    verdict = check(1, lambda: answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def test_the_known_slips_of_exercise_1_are_what_they_say():
    q, inside = np.clip(np.round(X), 0, 3), (X > 0) & (X < 3)
    e, right = q - X, slope(X, 1.0, 0, 3)
    assert e @ right == pytest.approx(-5.7)
    assert e @ q == pytest.approx(-5.3)
    assert e @ np.where(inside, right, 0) == pytest.approx(0.3)
    assert e @ np.where(X > 3, 1, right) == pytest.approx(-1.7)
    assert e @ np.where(X > 3, q - X, right) == pytest.approx(4.3)
    assert e @ np.where(X < 0, 0.3, right) == pytest.approx(-5.61)
    assert right.sum() == pytest.approx(2.8)
    assert e @ np.where(inside, -right, right) == pytest.approx(-6.3)
    assert 2 * e @ np.where(inside, right, 0) == pytest.approx(0.6)
    assert inside.sum() == 4


def masked(inside, outside):
    """An answer to exercise 2 by its two parts, functions of u, q and x."""

    def answer(x, scale, qmin, qmax):
        u = x / scale
        q = np.clip(np.round(u), qmin, qmax)
        return np.where((qmin < u) & (u < qmax), inside(u, q, x), outside(u, q, x))

    return answer


def residue(u, q, x):
    return np.round(u) - u


def code(u, q, x):
    return q


def after_rounding(x, scale, qmin, qmax):
    u = x / scale
    rounded = (qmin <= np.round(u)) & (np.round(u) <= qmax)
    return np.where(rounded, np.round(u) - u, np.clip(u, qmin, qmax))


def by_its_code(x, scale, qmin, qmax):
    q = np.clip(np.round(x / scale), qmin, qmax)
    return np.where((qmin < q) & (q < qmax), q - x / scale, q)


def closed(x, scale, qmin, qmax):
    u = x / scale
    return np.where((qmin <= u) & (u <= qmax), np.round(u) - u, np.clip(u, qmin, qmax))


def test_slope_right():
    assert check(2, masked(residue, code)).right is True
    assert check(2, lambda *probe: slope(*probe).tolist()).right is True


def test_slope_is_torchs():
    import torch

    from qlearn.numbers import Affine
    from qlearn.qat import lsq

    x = np.random.default_rng(0).normal(0, 3, 50)
    for value, expected in zip(x, slope(x, 0.7, -2, 1), strict=True):
        scale = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
        lsq(torch.tensor(value), Affine(scale, 0, -2, 1), count=1).backward()
        assert scale.grad.item() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (masked(code, code), "q everywhere"),
        (masked(lambda u, q, x: u - q, lambda u, q, x: u - np.round(u)), "the sign"),
        (masked(lambda u, q, x: u - q, code), "the sign"),
        (masked(residue, residue), "nothing is rounded"),
        (masked(residue, lambda u, q, x: q - u), "code alone"),
        (masked(residue, lambda u, q, x: 0), "moves with the scale"),
        (masked(residue, lambda u, q, x: 1), "not 1"),
        (after_rounding, "before* rounding"),
        (by_its_code, "not by its code"),
        (closed, "limits as outside"),
        (masked(lambda u, q, x: np.round(x) - x, code), "not x"),
        (lambda x, s, *limits: s * slope(x, s, *limits), "counted in steps"),
        (lambda x, s, *limits: slope(x, s, *limits) * np.where(x < 3 * s, s, 1), "the error"),
        (lambda x, s, *limits: slope(x, s, *limits) + 0.1, "your slopes are"),
        (masked(lambda u, q, x: 1, lambda u, q, x: 0), "clipped STE"),
        (lambda x, scale, qmin, qmax: slope(x, scale, 0, 3), "signed codes"),
        (lambda x, scale, qmin, qmax: 0.5, "shape"),
        (lambda x: x, "TypeError"),
    ],
)
def test_slope_hints(answer, hint):
    verdict = check(2, answer)
    assert verdict.right is False and hint in verdict.hint, verdict


@pytest.mark.parametrize("answer", [0.0157, 0.016, 1 / np.sqrt(4032), np.float32(0.01575)])
def test_g_right(answer):
    assert check(3, lambda: answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (1 / 24, "qmax is missing"),
        (0.01076, "not at 15"),
        (1 / np.sqrt(576 * 8), "positive"),
        (1 / np.sqrt(576 * 16), "16 codes"),
        (1 / np.sqrt(576 * 3), "three"),
        (1 / np.sqrt(576 * 4), "number of bits"),
        (1 / 4032, "square root"),
        (63.5, "one over"),
        (np.sqrt(7) / 24, "under the root"),
        (1 / 168, "under the root, too"),
        (0.5, "g = 1"),
    ],
)
def test_g_hints(answer, hint):
    verdict = check(3, lambda: answer)
    assert verdict.right is False and hint in verdict.hint, verdict


def test_stubs_are_not_yet():
    assert check(1, lambda: None).right is None and check(3, lambda: None).right is None
    assert check(2, lambda *probe: None).right is None
