import numpy as np
import pytest

from qlearn.networks import digits, fold, load
from qlearn.views.activations import (
    BATCH,
    GUESSES,
    MOMENTA,
    NO_GUESS,
    SEEN,
    averages,
    maxima,
    stream,
)
from qlearn.views.style import figure

net = fold(load("digits_cnn"))


def drawn(scene):
    fig = figure()
    return scene(fig), fig


def largest(part):
    return net.outputs(digits(part)[0])[4].max(axis=(1, 2, 3))


@pytest.mark.parametrize("part", ["calibration", "test"])
def test_the_dots_are_the_largest_inputs_of_the_third_convolution(part):
    np.testing.assert_array_equal(maxima(part), largest(part))


@pytest.mark.parametrize("momentum", MOMENTA)
def test_the_dashed_line_is_an_exponential_average_of_batches_of_four(momentum):
    m, expected = largest("calibration").astype(float), []
    for batch in m.reshape(-1, 4).max(axis=1):
        new = momentum * expected[-1] + (1 - momentum) * batch if expected else batch
        expected.append(new)
    assert BATCH == 4 and SEEN[0] == 4 and SEEN[-1] == 180
    np.testing.assert_allclose(averages(momentum), expected, rtol=1e-5)


@pytest.mark.parametrize("seen", [16, 60, 180])
def test_before_reveal_the_new_images_are_not_there(seen):
    update, fig = drawn(stream)
    said, m = update(seen=seen, momentum=0.9, guess=7), largest("calibration")
    average = averages(0.9)[seen // 4 - 1]
    top = m[:seen].max()
    assert said == f"{seen} images: running maximum {top:.2f}, moving average {average:.2f}."
    left, right = fig.axes
    dots, running, ema = left.lines
    np.testing.assert_array_equal(dots.get_ydata(), m[:seen])
    np.testing.assert_array_equal(running.get_ydata(), np.maximum.accumulate(m[:seen]))
    assert len(ema.get_ydata()) == seen // 4
    assert [line.get_ydata()[0] for line in right.lines[:2]] == [top, average]
    assert all(len(line.get_xdata()) == 0 for line in right.lines[2:])


@pytest.mark.parametrize("seen", [16, 176, 180])
@pytest.mark.parametrize("guess", [NO_GUESS, 0, 20])
def test_reveal_counts_the_new_images_and_judges_the_guess_only_at_the_end(seen, guess):
    update, fig = drawn(stream)
    said = update(seen=seen, momentum=0.99, guess=guess, reveal=True)
    new, m = largest("test"), largest("calibration")
    top = m[:seen].max()
    counts = np.sum(new > top), np.sum(new > averages(0.99)[seen // 4 - 1])
    told = f"You said {guess}. " if guess != NO_GUESS and seen == 180 else ""
    when = "After all 180" if seen == 180 else f"At {seen}"
    assert said == (
        f"{told}{when} images, {counts[0]} of 540 new ones go beyond the running maximum, "
        f"{counts[1]} beyond the moving average."
    )
    inside, beyond = fig.axes[1].lines[2:]
    assert len(inside.get_xdata()) + len(beyond.get_xdata()) == 540
    np.testing.assert_array_equal(beyond.get_xdata(), np.flatnonzero(new > top))
    low, high = fig.axes[1].get_ylim()
    assert low < new.min() and new.max() < high and GUESSES[0] == NO_GUESS
