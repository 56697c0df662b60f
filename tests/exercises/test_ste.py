import numpy as np
import pytest
import torch

from qlearn.exercises.ste import check
from qlearn.qat import clip_then_round, round_ste, round_then_clip
from qlearn.views.ste import flips, walk

RIGHT = [[0.1, -0.1, -0.2, 0.0], [0.1, 0, -0.2, 0]]


@pytest.mark.parametrize("answer", [RIGHT, tuple(RIGHT), np.array(RIGHT), np.float32(RIGHT)])
def test_figure_right(answer):
    assert check(1, lambda: answer).right is True


def test_the_rows_are_those_of_the_package():
    for row, f in zip(RIGHT, (round_then_clip, clip_then_round), strict=True):
        r = torch.tensor([1.1, 2.2, -1.7, 3.6], requires_grad=True)
        f(r, -2, 2).backward(torch.tensor([0.1, -0.1, -0.2, 0.2]))
        np.testing.assert_allclose(r.grad, row, rtol=1e-6)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (RIGHT[::-1], "swapped"),
        ([[0.1, -0.1, -0.2, 0.2]] * 2, "round, then clip: 3.6 was clipped"),
        ([RIGHT[0], [0.1, -0.1, -0.2, 0.2]], "clip, then round: 3.6"),
        ([RIGHT[0], RIGHT[0]], "2.2 itself lies outside"),
        ([RIGHT[1], RIGHT[1]], "2.2 is rounded first"),
        ([[1, 2, -2, 2]] * 2, "values that go on"),
        ([[0, 0, 0, 0]] * 2, "true gradient"),
        ([[1, 1, 1, 0], [1, 0, 1, 0]], "mask"),
        ([RIGHT[0], [1, 0, 1, 0]], "mask"),
        ([RIGHT[0], [0.1, 0, 0, 0]], "-1.7 lies inside"),
        ([[0.3, 0, 0, 0]] * 2, "elsewhere 0"),
        (RIGHT[0], "shape (4,)"),
        ("text", "can't be read"),
    ],
)
def test_figure_hints(answer, hint):
    said = check(1, lambda: answer)
    assert said.right is False and hint in said.hint, said


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x + (x.round() - x).detach(),
        lambda x: x - (x - torch.round(x)).detach(),
        lambda x: x.round().detach() + x - x.detach(),
        round_ste,
    ],
)
def test_round_right(answer):
    assert check(2, answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x: x + (x.round() - x), "+1 - 1 = 0"),
        (lambda x: x.round(), "gradient is 0"),
        (lambda x: x.detach() + (x.round() - x).detach(), "detached x itself"),
        (lambda x: x.detach().round(), "detached x itself"),
        (lambda x: torch.tensor(np.round(x.detach().numpy())), "left torch"),
        (lambda x: x.detach().numpy().round(), "return a tensor"),
        (lambda x: x * 1, "still x"),
        (lambda x: x.round().detach() + x, "take x.detach() away"),
        (lambda x: x.detach() + (x.round() - x), "the one you detached"),
        (lambda x: x + (x - x.round()).detach(), "wrong sign"),
        (lambda x: x + ((x + 0.5).floor() - x).detach(), "even neighbour"),
        (lambda x: x + (x.trunc() - x).detach(), "truncating"),
        (lambda x: x + (x.sign() * (x.abs() + 0.5).floor() - x).detach(), "away from zero"),
        (lambda x: 2 * x + (x.round() - 2 * x).detach(), "unchanged"),
        (lambda x: x + (x.floor() - x).detach() + 5, "became"),
        (lambda x: x.round_(), "in-place"),
    ],
)
def test_round_hints(answer, hint):
    said = check(2, answer)
    assert said.right is False and hint in said.hint, said


def test_the_numbers_of_the_third_are_those_of_the_walk():
    """Once it hangs, from step 100 on, at any rate."""
    for rate in (0.05, 0.1, 0.3):
        _, codes = walk(0.25, rate, "identity", 1100)
        assert np.mean(codes[100:] == 1) == pytest.approx(0.25, abs=0.01)
        assert 490 <= flips(codes[100:]) <= 505


@pytest.mark.parametrize("answer", [(0.25, 500), [0.25, 499.0], np.array([0.25, 501])])
def test_dither_right(answer):
    assert check(3, lambda: answer).right is True


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0, 0), "does not stop"),
        ((0.75, 500), "share of code 0"),
        ((0.5, 999), "t = 0.5"),
        ((25, 500), "percent"),
        ((0.1, 500), "pulls cancel"),
        ((0.25, 250), "two flips"),
        ((0.25, 0), "both occur"),
        ((0.25, 999), "not each step"),
        ((0.25, 1000), "not each step"),
        ((0.25, 750), "*stay*"),
        ((0.25, 100), "how many visits"),
        (0.25, "two numbers"),
    ],
)
def test_dither_hints(answer, hint):
    said = check(3, lambda: answer)
    assert said.right is False and hint in said.hint, said


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_stub_is_not_yet(number):
    assert check(number, lambda *x: None).right is None
