import re
from functools import cache

import numpy as np
import pytest

from qlearn.networks import digits, fold, load
from qlearn.views.ruler import BITS, FLOOR, NAMES, NO_GUESS, three_rulers
from qlearn.views.style import figure, look

X, Y = digits("test")


@cache
def logits(name, num_bits=None):
    """Logits with symmetric min/max weights of so many bits, worked here without the quantizer."""
    net = fold(load(name))
    if num_bits:
        top = 2 ** (num_bits - 1)
        for W in net.weights:
            step = W.dtype.type(2 * np.abs(W).max() / (2 * top - 1))
            W[:] = step * np.clip(np.round(W / step), -top, top - 1)
    return net(X)


def measured(name, num_bits, number=540):
    """(accuracy, decisions changed, logit SQNR), from the formulas."""
    one, twin = (logits(name, b)[:number].astype(float) for b in (num_bits, None))
    decisions, before = one.argmax(axis=1), twin.argmax(axis=1)
    dB = 10 * np.log10(np.sum(twin**2) / np.sum((one - twin) ** 2))
    return 100 * np.mean(decisions == Y[:number]), 100 * np.mean(decisions != before), dB


@cache
def built():
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    with look():
        fig = figure()
        return fig, three_rulers(fig)


def drawn(**values):
    fig, update = built()
    return fig.axes, update(**values)


def point(ax):
    """The large mark of a panel."""
    return next(line for line in ax.lines if line.get_markersize() == 11)


def curve(ax):
    return next(line for line in ax.lines if line.get_marker() == ".")


def band(name, number):
    p = np.mean(logits(name).argmax(axis=1) == Y)
    right = 100 * np.mean(logits(name)[:number].argmax(axis=1) == Y[:number])
    return right, 200 * np.sqrt(p * (1 - p) / number)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [60, 300, 540])
def test_points_are_the_three_measures(name, number):
    for num_bits in BITS:
        axes, _ = drawn(network=name, num_bits=num_bits, digits=number)
        expected = measured(name, num_bits, number)
        assert [point(ax).get_xdata()[0] for ax in axes] == [num_bits] * 3
        shown = [point(ax).get_ydata()[0] for ax in axes]
        assert (point(axes[0]).get_marker() == "v") == (expected[0] < FLOOR)
        np.testing.assert_allclose(shown[0], max(expected[0], FLOOR))
        np.testing.assert_allclose(shown[1:], expected[1:], atol=0.02)


@pytest.mark.parametrize("number", [60, 540])
def test_the_grey_band_is_two_standard_errors_to_each_side(number):
    (ax, *_), _ = drawn(digits=number)
    right, half = band("digits_cnn", number)
    box = ax.patches[0].get_bbox()
    np.testing.assert_allclose([box.y0, box.y1], [right - half, right + half])


def test_fewer_digits_make_a_wider_band():
    widths = []
    for number in 60, 240, 540:
        (ax, *_), _ = drawn(digits=number)
        widths.append(ax.patches[0].get_height())
    np.testing.assert_allclose(widths[0], 2 * widths[1])
    assert widths[1] > widths[2]


def test_before_a_guess_nothing_gives_the_answer_away():
    axes, said = drawn(num_bits=5)
    assert all(len(curve(ax).get_xdata()) == 0 for ax in axes)
    assert not re.search("band|You said", said)
    assert all(len(line.get_xdata()) == 0 for line in axes[0].lines if line.get_marker() == "D")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [60, 540])
def test_the_guess_is_answered(name, number):
    right, half = band(name, number)
    rows = {b: measured(name, b, number) for b in BITS}
    outside = max(b for b in BITS if abs(rows[b][0] - right) > half)
    changed = max(b for b in BITS if rows[b][1] > 0)
    for guess in (outside, 8 if outside < 8 else 7):
        axes, said = drawn(guess=guess, network=name, digits=number)
        answer = f"and at {guess}" if guess == outside else f"but at {outside}"
        assert said.startswith(f"You said {guess} bits, {answer} accuracy leaves the band. ")
        assert f" The first decision changes at {changed} bits. " in said
        np.testing.assert_allclose(curve(axes[1]).get_ydata(), [rows[b][1] for b in BITS])
        diamond = next(line for line in axes[0].lines if line.get_marker() == "D")
        np.testing.assert_allclose(diamond.get_data(), [[guess], [right]])


def test_after_a_guess_the_caption_still_tells_the_state():
    assert drawn(guess=5, num_bits=3)[1].endswith(
        " bits. 17 fewer digits right than float; 22 decisions changed."
    )
    assert drawn(guess=5, num_bits=8)[1].endswith(
        " bits. As many digits right as float; 0 decisions changed."
    )


@pytest.mark.parametrize("name", NAMES)
def test_below_zero_decibels_the_error_is_larger(name):
    for num_bits in BITS:
        dB = measured(name, num_bits)[2]
        _, said = drawn(network=name, num_bits=num_bits)
        words = f"are exact to {dB:.0f} dB" if dB > 0 else "are off by more than their own size"
        assert said.endswith(f"; the logits {words}.")
    assert name == "digits_cnn" or measured(name, 2)[2] < 0


def test_one_is_one_digit_and_one_decision():
    from qlearn.views.ruler import rulers_caption

    right = 100 * 530 / 540
    one = rulers_caption([right + 100 / 540, 100 / 540, 20], right, 540, None)
    assert one.startswith("1 more digit right than float; 1 decision changed; ")


def test_captions_count_digits():
    assert drawn(num_bits=8)[1].startswith("As many digits right as float; 0 decisions changed;")
    assert drawn(num_bits=4)[1].startswith("2 more digits right than float; 2 decisions changed;")
    assert drawn(num_bits=3)[1].startswith("17 fewer digits right than float; 22 decisions")
    drawn(guess=NO_GUESS)


def test_accuracy_sees_nothing_where_logit_sqnr_sees_every_bit():
    right, half = band("digits_cnn", 540)
    rows = np.array([measured("digits_cnn", b) for b in (4, 5, 6, 7, 8)])
    assert (np.abs(rows[:, 0] - right) < half).all()
    assert (np.diff(rows[:, 2]) > 3).all()
