"""A figure of 15-activations: ranges along a stream of images, and the images that come after."""

from functools import cache

import numpy as np

from qlearn.networks import digits
from qlearn.numbers import in_batches, moving_average

from .controls import NO_GUESS
from .shift import network
from .style import BLACK, BLUE, VERMILION

GUESSES = [NO_GUESS, 0, 2, 7, 20, 60, 200]
MOMENTA = [0.0, 0.5, 0.9, 0.99]
BATCH = 4  # images of the stream that are looked at together
SEEN = np.arange(BATCH, 181, BATCH)


@cache
def maxima(part):
    """The largest value of each image in what the third convolution of digits_cnn receives."""
    h = network("digits_cnn").outputs(digits(part)[0])[4]
    return h.reshape(len(h), -1).max(axis=1)


@cache
def averages(momentum):
    """The upper end of the moving average after each batch of the stream."""
    m = maxima("calibration")
    return np.array([moving_average(in_batches(m[:n], BATCH), momentum)[1] for n in SEEN])


def stream(fig):
    """Two running ranges while calibration images come in, and the images that come after."""
    left, right = fig.subplots(1, 2, width_ratios=[1.1, 1], sharey=True)
    left.set(xlim=(-4, 184), ylim=(0.9, 3.99), xlabel="calibration image")
    left.set_title("largest activation of each image")
    right.set(xlim=(-10, 550), xlabel="test image, never calibrated on")
    right.set_title("reveal: the test images")
    (seen_dots,) = left.plot([], [], "o", color=BLUE, ms=4, mew=0)
    (top,) = left.plot([], [], color=VERMILION, drawstyle="steps-post", label="running max")
    (average,) = left.plot([], [], "--", color=BLACK, label="moving average")
    left.legend(loc="upper left", ncols=2)
    lines = [
        right.plot([], [], s, color=c)[0]
        for s, c in zip(["-", "--"], [VERMILION, BLACK], strict=True)
    ]
    inside, beyond = (right.plot([], [], s, color=c, ms=m, mew=w)[0] for s, c, m, w in
                      [("o", BLUE, 4, 0), ("x", VERMILION, 8, 2)])  # fmt: skip
    m, new = maxima("calibration"), maxima("test")
    for momentum in MOMENTA:  # so that no move has to wait
        averages(momentum)
    running = np.maximum.accumulate(m)

    def update(seen=16, momentum=0.99, guess=NO_GUESS, reveal=False):
        n, ema = int(seen), averages(momentum)[: int(seen) // BATCH]
        seen_dots.set_data(np.arange(n), m[:n])
        top.set_data(np.arange(n), running[:n])
        average.set_data(SEEN[: len(ema)] - 1, ema)
        ends = running[n - 1], ema[-1]
        for line, end in zip(lines, ends, strict=True):
            line.set_data([0, 540], [end, end])
        out = new > ends[0]
        for dots, which in (inside, ~out), (beyond, out):
            dots.set_data(np.flatnonzero(which & reveal), new[which & reveal])
        beyond_counts = [int(np.sum(new > end)) for end in ends]
        return stream_caption(n, ends, guess, beyond_counts if reveal else None)

    return update


def stream_caption(seen, ends, guess, counts):
    """Where the two ranges end; after reveal, how many new images go beyond them."""
    if counts is None:
        return f"{seen} images: running maximum {ends[0]:.2f}, moving average {ends[1]:.2f}."
    told, when = "", f"At {seen} images"
    if seen == SEEN[-1]:  # the guess is about the end of the stream, and judged only there
        when, told = f"After all {seen} images", "" if guess == NO_GUESS else f"You said {guess}. "
    return (
        f"{told}{when}, {counts[0]} of 540 new ones go beyond the running maximum, {counts[1]} "
        "beyond the moving average."
    )
