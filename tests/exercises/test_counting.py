import numpy as np
import pytest

from qlearn.exercises.counting import LAYERS, counted
from qlearn.exercises.networks import check
from qlearn.hardware import cost
from qlearn.networks import Conv2d, Sequential


def count(weights_of=None, macs_of=None):
    """An answer to exercise 1 whose weights or MACs are wrong: a function of the arguments."""

    def answer(out, inputs, size, groups, height, width):
        layer = out, inputs, size, groups, height, width
        weights, macs = counted(*layer)
        return (
            weights_of(*layer) if weights_of else weights,
            macs_of(*layer) if macs_of else macs,
        )

    return answer


# Exercise 1: o, i, s, g, h, w are the arguments in their order
WEIGHTS = {
    "no groups": (lambda o, i, s, g, h, w: o * i * s * s, "sees inputs / groups channels"),
    "kernel not squared": (lambda o, i, s, g, h, w: o * i // g * s, "size times size weights, not"),
    "no kernel": (lambda o, i, s, g, h, w: o * i // g, "a kernel has size times size weights."),
    "one output": (lambda o, i, s, g, h, w: i // g * s * s, "that is one output channel"),
    "no inputs": (lambda o, i, s, g, h, w: o * s * s, "for each of the channels that it sees"),
    "one kernel": (lambda o, i, s, g, h, w: s * s, "that is one kernel"),
    "both divided": (lambda o, i, s, g, h, w: o // g * (i // g) * s * s, "by groups once"),
    "biases": (lambda o, i, s, g, h, w: o * (i // g) * s * s + o, "with biases"),
    "MACs": (lambda o, i, s, g, h, w: counted(o, i, s, g, h, w)[1], "in this order"),
    "nonsense": (lambda *layer: 7, "7 weights; it should be 4,608"),
}  # fmt: skip
MACS = {
    "weights": (lambda o, i, s, g, h, w: counted(o, i, s, g, h, w)[0], "height * width pixels"),
    "height only": (lambda o, i, s, g, h, w: counted(o, i, s, g, h, h)[1] // h, "there are height"),
    "height squared": (lambda o, i, s, g, h, w: counted(o, i, s, g, h, h)[1], "the two differ"),
    "width squared": (lambda o, i, s, g, h, w: counted(o, i, s, g, w, w)[1], "the two differ"),
    "a MAC an output": (lambda o, i, s, g, h, w: o * h * w, "one MAC a number that comes out"),
    "inputs twice": (
        lambda o, i, s, g, h, w: counted(o, i, s, g, h, w)[1] * i,
        "count the input channels already",
    ),
    "outputs twice": (
        lambda o, i, s, g, h, w: counted(o, i, s, g, h, w)[1] * o,
        "count the output channels already",
    ),
    "operations": (lambda o, i, s, g, h, w: 2 * counted(o, i, s, g, h, w)[1], "count 1"),
    "no padding": (
        lambda o, i, s, g, h, w: counted(o, i, s, g, h - s + 1, w - s + 1)[1],
        "the image is padded",
    ),
    "no groups": (lambda o, i, s, g, h, w: o * i * s * s * h * w, "inputs / groups channels"),
    "pixels": (lambda o, i, s, g, h, w: h * w, "those are the pixels: each weight"),
    "divided by the pixels": (
        lambda o, i, s, g, h, w: counted(o, i, s, g, 1, 1)[0] / (h * w),
        "multiply by them",
    ),
    "nonsense": (lambda *layer: 7, "7 MACs; it should be 221,184"),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_each_wrong_number_of_weights_gets_its_hint(name):
    wrong, words = WEIGHTS[name]
    verdict = check(1, count(weights_of=wrong))
    assert verdict.right is False and words in verdict.hint, verdict


@pytest.mark.parametrize("name", MACS)
def test_each_wrong_number_of_macs_gets_its_hint(name):
    wrong, words = MACS[name]
    verdict = check(1, count(macs_of=wrong))
    assert verdict.right is False and words in verdict.hint, verdict


@pytest.mark.parametrize("layer", LAYERS)
def test_the_right_counts_are_those_of_the_hardware_room(layer):
    out, inputs, size, groups, height, width = layer
    W = np.zeros((out, inputs // groups, size, size), np.float32)
    conv = Conv2d(W, padding=size // 2, groups=groups)
    price = cost(Sequential((conv,), (inputs, height, width)))
    assert counted(*layer) == (W.size, price.macs)


def test_counts_in_other_guises_are_right():
    assert check(1, lambda *layer: list(np.array(counted(*layer)))).right
    assert check(1, lambda *layer: np.array(counted(*layer), float)).right

    def with_slash(out, inputs, size, groups, height, width):
        weights = out * inputs / groups * size**2
        return weights, weights * height * width

    assert check(1, with_slash).right


@pytest.mark.parametrize("value", ["abc", 7, (1, 2, 3), [None, 1], {}, ("a", "b")])
def test_odd_counts_get_a_hint(value):
    verdict = check(1, lambda *layer: value)
    assert verdict.right is False and verdict.hint


@pytest.mark.parametrize("value", [4608, (1, 2, 3), [5], "weights", 3.5])
def test_not_a_pair_is_told_what_to_return(value):
    assert check(1, lambda *layer: value).hint == "return two numbers: weights, MACs."
