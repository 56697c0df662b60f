"""A figure of 01-networks: three rulers for the same damage, and how coarse the first one is."""

from functools import cache

import numpy as np

from qlearn.networks import compare_logits, digits, fold, load, with_bits

from .controls import NO_GUESS
from .style import BLUE, GREEN, GREY, PALE, PURPLE, VERMILION

BITS = range(2, 9)
NAMES = ["digits_cnn", "digits_mobilenet"]
FLOOR = 90  # percent right where the first panel ends; a point below is an arrow on its edge


@cache
def logits(name, num_bits=32):
    """Logits of seed 0 on the test digits, weights of so many bits, one scale a layer."""
    net = with_bits(num_bits)(fold(load(name)), None)
    return net(digits("test")[0])


@cache
def measured(name, number):
    """Accuracy, decisions changed (percent) and logit SQNR at each width, on the first digits."""
    y, floats = digits("test")[1][:number], logits(name)[:number]
    return np.array([compare_logits(logits(name, b)[:number], floats, y) for b in BITS]).T


@cache
def float_band(name, number):
    """Accuracy of the float network on the first digits, and its standard error, in percent."""
    right = logits(name).argmax(axis=1) == digits("test")[1]
    p = right.mean()  # over all 540: on few digits it may be 1, and the error would seem 0
    return 100 * right[:number].mean(), 100 * np.sqrt(p * (1 - p) / number)


def first_seen(name, number):
    """Coming down from 8 bits, where accuracy first leaves the band, and a decision changes."""
    (accuracy, changed, _), (middle, error) = measured(name, number), float_band(name, number)
    outside = np.abs(accuracy - middle) > 2 * error
    return tuple(
        max(b for b, s in zip(BITS, seen, strict=True) if s) for seen in (outside, changed)
    )


def three_rulers(fig):
    """Accuracy with its band of luck, decisions changed, logit SQNR, against the weights' bits."""
    axes = fig.subplots(1, 3)
    for name in NAMES:
        measured(name, 540)  # now, so that no move has to wait for a network
    titles = "digits right (%)", "decisions changed (%)", "logit SQNR (dB)"
    limits = (FLOOR - 0.4, 101.5), (-0.1, 150), (-13, 46)
    for ax, title, ends in zip(axes, titles, limits, strict=True):
        ax.set(xlim=(1.6, 8.4), ylim=ends, xticks=BITS, title=title)
    axes[1].set_yscale("symlog", linthresh=0.2, linscale=0.5)
    axes[1].set_yticks([0, 0.2, 1, 10, 100], ["0", "0.2", "1", "10", "100"])
    axes[1].set_yticks([], minor=True)
    axes[1].set_xlabel("bits of the weights")
    axes[0].text(8.3, FLOOR + 1, f"grey: luck\n▼: below {FLOOR} %", color=GREY, ha="right")
    band = axes[0].axhspan(98, 100, color=PALE, zorder=3)
    (middle,) = axes[0].plot([1.6, 8.4], [99, 99], "--", color=GREY, lw=1, zorder=3.1)
    colours = BLUE, VERMILION, GREEN
    pairs = list(zip(axes, colours, strict=True))
    curves = [ax.plot([], [], ".-", color=c, zorder=4)[0] for ax, c in pairs]
    points = [ax.plot([], [], "o", color=c, ms=11, zorder=5)[0] for ax, c in pairs]
    (guessed,) = axes[0].plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12, zorder=5)

    def update(guess=NO_GUESS, network="digits_cnn", num_bits=8, digits=540):
        values, (right, error) = measured(network, digits), float_band(network, digits)
        seen = guess != NO_GUESS
        band.set(y=right - 2 * error, height=4 * error)
        middle.set_ydata([right, right])
        for curve, point, row in zip(curves, points, values, strict=True):
            curve.set_data(*((BITS, row) if seen else ([], [])))
            point.set_data([num_bits], [row[num_bits - 2]])
        low = values[0, num_bits - 2] < FLOOR
        points[0].set_marker("v" if low else "o")
        points[0].set_ydata([max(values[0, num_bits - 2], FLOOR)])
        guessed.set_data(*(([guess], [right]) if seen else ([], [])))
        answer = (guess, *first_seen(network, digits)) if seen else None
        return rulers_caption(values[:, num_bits - 2], right, digits, answer)

    return update


def rulers_caption(now, right, number, answer):
    """What accuracy says beside what the decisions say; with the guess, where each wakes up."""
    apart, moved = (round(number * p / 100) for p in (now[0] - right, now[1]))
    digits = f"{'more' if apart > 0 else 'fewer'} digit{'s' * (abs(apart) != 1)}"
    said = f"{abs(apart)} {digits} right than float" if apart else "As many digits right as float"
    said = f"{said}; {moved} decision{'s' * (moved != 1)} changed"
    if not answer:
        exact = round(now[2]) > 0
        logits = f"are exact to {now[2]:.0f} dB" if exact else "are off by more than their own size"
        return f"{said}; the logits {logits}."
    guess, outside, changed = answer
    verdict = f"and at {guess}" if guess == outside else f"but at {outside}"
    return (
        f"You said {guess} bits, {verdict} accuracy leaves the band. "
        f"The first decision changes at {changed} bits. {said}."
    )
