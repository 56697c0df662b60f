"""The figure of 13-calibrate: a threshold trades clipping for rounding, and where they balance."""

import numpy as np

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREY, PURPLE, SKY, VERMILION
from .valley_curves import (
    EDGES,
    MARKS,
    SHARES,
    body_sqnr,
    level_places,
    marked,
    shares,
    valley_curves,
    values,
)

VALLEY_GUESSES = [NO_GUESS, 3, 5, 10, 20, 30, 40, 50, 60, 70, 80, 100]


def valley(fig):
    """Left the tensor and what is cut off, right both errors against the threshold."""
    left, right = fig.subplots(1, 2)
    move_tensor = tensor_panel(left)
    move_errors = error_panel(right)

    def update(threshold=100, num_bits=4, tensor="Laplace", guess=NO_GUESS):
        move_tensor(tensor, threshold, num_bits)
        move_errors(tensor, threshold, num_bits, guess)
        return valley_caption(tensor, num_bits, threshold, guess)

    return update


def tensor_panel(ax):
    """The histogram, the levels under it, and what the threshold cuts off."""
    ax.set(xlim=(-105, 105), ylim=(4e-6, 3), yscale="log", yticks=[])
    ax.set_yticks([], minor=True)
    ax.set_title("values (log), levels, what is cut off", pad=12)  # clear of what moves
    ax.set_xlabel("% of the largest value")
    bars = ax.stairs(np.ones(61), EDGES, fill=True, color=SKY, baseline=1e-9)
    # An edge below one point is not moved to whole pixels, where 256 would make a pattern.
    (levels,) = ax.plot([], [], "|", color=VERMILION, ms=14, mew=0.9)
    cut = [ax.axvspan(a, a + 5, fc="none", ec=GREY, hatch="//", lw=0) for a in (-105, 100)]
    walls = [ax.axvline(0, color=BLACK, lw=1) for _ in range(2)]

    def move(tensor, threshold, num_bits):
        bars.set_data(shares(tensor))
        at = level_places(tensor, threshold, num_bits)
        levels.set_data(at, np.full(len(at), 9e-6))
        low = -105 if tensor == "ReLU outputs" else -threshold
        for span, (a, b) in zip(cut, [(-105, low), (threshold, 105)], strict=True):
            span.set_x(a)
            span.set_width(b - a)
        for wall, x in zip(walls, (low, threshold), strict=True):
            wall.set_xdata([x, x])

    return move


def error_panel(ax):
    """The present height; once guessed, both errors, their sum, the guess and the estimators."""
    ax.set(xlim=(0.9, 118), ylim=(3e-6, 100), xscale="log", yscale="log")
    ax.set_xticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"], minor=False)
    ax.set_xticks([], minor=True)
    ax.set_yticks([1e-4, 1e-2, 1])
    ax.set_yticks([], minor=True)
    ax.set_title("error: clipping (- -) + rounding (···) = sum (–)", pad=12)
    ax.set(xlabel="threshold T (% of the largest value)", ylabel="error / signal")
    styles = ("--", BLUE), (":", VERMILION), ("-", BLACK)
    lines = [ax.plot(SHARES, 0 * SHARES, ls, color=color)[0] for ls, color in styles]
    (drops,) = ax.plot([], [], color=PURPLE, lw=0.6)
    marks = [ax.plot([], [], marker=m, color=PURPLE, ms=10)[0] for m in MARKS]
    (feet,) = ax.plot([], [], "o", color=PURPLE, ms=5)
    (diamond,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    (point,) = ax.plot([], [], "o", color=VERMILION, ms=10)

    def move(tensor, threshold, num_bits, guess):
        _, clipping, rounding = valley_curves(tensor, num_bits)
        total, shown = clipping + rounding, guess != NO_GUESS
        for line, y in zip(lines, (clipping, rounding, total), strict=True):
            line.set_ydata(y if shown else np.full(len(SHARES), np.nan))
        places = marked(tensor, num_bits) if shown else np.full(len(MARKS), np.nan)
        depth, height = np.interp(places, SHARES, total), letter_heights(places)
        for mark, x, y in zip(marks, places, height, strict=True):
            mark.set_data([x], [y])
        drops.set_data(*(np.c_[a, b, 0 * a + np.nan].ravel() for a, b in
                         [(places, places), (height / 1.6, depth)]))  # fmt: skip
        feet.set_data(places, depth)
        diamond.set_data(*(([guess], total[[guess - 1]]) if shown else ([], [])))
        point.set_data([threshold], total[[threshold - 1]])

    return move


def letter_heights(places):
    """Three rows, from left to right in turn, so that neighbours do not collide."""
    return np.array([40, 12, 3.5])[places.argsort().argsort() % 3]


def valley_caption(tensor, num_bits, threshold, guess):
    """What the threshold cuts off, what that costs and buys; guessed, where the best one lies."""
    T, clipping, rounding = valley_curves(tensor, num_bits)
    total, i = clipping + rounding, threshold - 1
    dB = -10 * np.log10(total)
    said = f"T = {T[i]:.3g}: {dB[i]:.1f} dB"
    if tensor == "one outlier":
        body = body_sqnr(float(T[i]), num_bits)
        said += f" in all, but {body:.1f} dB for the 99,999 others"
    if guess != NO_GUESS:
        least = SHARES[total.argmin()]
        answer = "so it is" if abs(guess - least) <= 0.1 * guess else f"it is at {least} %"
        return f"You said the error is least at {guess} %: {answer}, {dB.max():.1f} dB. {said}."
    if tensor == "one outlier":
        return said + "."
    if threshold == 100:
        return said + ", nothing is cut off."
    cut = 100 * np.mean(np.abs(values(tensor)) > T[i])
    return f"{said} ({dB[i] - dB[-1]:+.1f}), {cut:.2g} % of the values are cut off."
