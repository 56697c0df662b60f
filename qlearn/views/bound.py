"""Two figures of 16-error: how near codes come to the limit, and errors of input and output."""

from functools import cache

import numpy as np

from qlearn.numbers import code_entropy, minmax_range, mse_range, sqnr, sqnr_limit

from .error import BITS, NO_GUESS, ladder, numbers
from .style import BLACK, BLUE, GREEN, GREY, PURPLE, SKY, VERMILION

SHOWN = slice(0, 6)  # 2 to 7 bits of BITS: for more, 18,432 weights are too few to count codes
BEST_LEVELS = {
    "Gaussian": np.sqrt(3) * np.pi / 2,
    "Laplace": 9 / 2,
}  # Panter-Dite / (variance 4^-b)


def beyond(x, dB, bits):
    """Decibels by which an SQNR lies beyond the limit of Gaussian numbers with x's variance."""
    return dB - sqnr_limit(x, bits)


@cache
def grids(data, find):
    """Decibels beyond the limit at 2 to 7 bits: a grid with these ranges, its codes as they are."""
    return beyond(numbers(data), ladder(data, find)[SHOWN], BITS[SHOWN])


@cache
def coded(data):
    """The same for equal steps without clipping, a code taking as many bits as it is rare."""
    x, points = numbers(data).astype(np.float64), []
    for scale in x.std() * 2 ** np.linspace(2, -7, 37):
        q = np.round(x / scale)
        points.append((H := code_entropy(q), beyond(x, sqnr(x, scale * q), H)))
    bits, dB = np.transpose(points)
    return np.interp(BITS[SHOWN], bits, dB)


def gap(fig):
    """Decibels short of the Gaussian limit: two ranges, the best levels, coded steps."""
    ax = fig.subplots()
    ax.set(xlim=(1.8, 9.9), ylim=(-14, 2), xticks=BITS[SHOWN], xlabel="bits a number")
    ax.set_title("SQNR less the Gaussian limit (dB)")
    ax.grid(True)
    ax.axhline(0, color=BLACK, ls="--", lw=1.5)
    looks = (VERMILION, "^", 10), (BLUE, "o", 13), (GREEN, "s", 8)
    curves = [ax.plot([], [], color=c, marker=m, ms=4)[0] for c, m, _ in looks]
    points = [ax.plot([], [], m, color=c, ms=size)[0] for c, m, size in looks]
    (levels,) = ax.plot([], [], color=GREY, lw=4)
    (guessed,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    names = ["steps, coded", "min/max", "best range", "best levels,\nwith many bits"]
    ax.legend([*points, levels], names, loc="center right")

    def update(guess=NO_GUESS, data="Gaussian", num_bits=4, reveal=False):
        ways = [coded(data), grids(data, minmax_range), grids(data, mse_range)]
        now = [dB[num_bits - 2] for dB in ways]
        for i, (curve, point, dB) in enumerate(zip(curves, points, ways, strict=True)):
            point.set_data(*(([num_bits], [now[i]]) if reveal or i > 0 else ([], [])))
            curve.set_data(*((BITS[SHOWN], dB) if reveal else ([], [])))
        line = -10 * np.log10(BEST_LEVELS.get(data, np.nan))
        levels.set_data([7.1, 7.6], [line if reveal else np.nan] * 2)
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([num_bits], [now[2] + guess])))
        return gap_caption(guess, num_bits, now, reveal)

    return update


def gap_caption(guess, num_bits, now, reveal):
    """How far the ranges are from the limit; with the guess, what lossless coding brings."""
    best_steps, minmax, best_range = now
    if not reveal:
        short = f"{-best_range:.1f} dB short of the limit, min/max {-minmax:.1f}"
        return f"{num_bits} bits: the best range is {short}."
    said = "" if guess == NO_GUESS else f"You said {guess:g} dB. "
    gain = f"Steps coded without loss gain {best_steps - best_range:.1f} dB on the best range"
    return f"{said}{gain} and are {-best_steps:.1f} short of the limit."


STRONG, WEAK = np.array([[0.28, 0.96], [-0.96, 0.28]])  # A keeps one direction, shrinks one
EXACT = 0.75 * STRONG  # the input b; in the direction that A keeps, so it is its own solution
CIRCLE = np.exp(1j * np.linspace(0, 2 * np.pi, 65)).view(float).reshape(-1, 2)
GRID = np.mgrid[-9:10, -4:5].reshape(2, -1).T


def through(condition, x):
    """The inverse of A, whose singular values are 1 and 1 / condition, applied to rows x."""
    return np.outer(x @ STRONG, STRONG) + condition * np.outer(x @ WEAK, WEAK)


def solve(fig):
    """Round the input of a 2 by 2 system, and see its error through the inverse."""
    left, right = fig.subplots(1, 2, width_ratios=[1, 2.7])
    left.set(title="input b, on its grid", xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
    right.set(title="solution u of A u = b", xlim=(-8.1, 8.1), ylim=(-3, 3))
    marks = []
    for ax in left, right:
        ax.set(xticks=[], yticks=[], aspect="equal")
        (circle,) = ax.fill([], [], fc=SKY, ec=BLUE)
        (ellipse,) = ax.fill([], [], fc="none", ec=VERMILION, hatch="//")
        (dots,) = ax.plot([], [], "+", color=GREY, ms=9)
        ax.plot([0], [0], "o", color=BLUE, ms=6, label="exact")
        (rounded,) = ax.plot([], [], "s", color=VERMILION, ms=7, label="rounded")
        marks.append((circle, ellipse, dots, rounded))
    right.legend(loc="upper right", handletextpad=0.2, borderaxespad=0)

    def update(guess=NO_GUESS, condition=8, num_bits=5, reveal=False):
        scale = 2 / 2**num_bits
        backward = np.round(EXACT / scale) - EXACT / scale  # in steps
        round_ = np.linalg.norm(backward) * CIRCLE
        for k, shown, (circle, ellipse, dots, rounded) in zip(
            (1, condition), (True, reveal), marks, strict=True
        ):
            circle.set_xy(round_)
            ellipse.set_xy(through(k, round_) if reveal and k > 1 else np.zeros((1, 2)))
            dots.set_data(through(k, GRID + backward).T if shown else ([], []))
            rounded.set_data(through(k, backward).T if shown else ([], []))
        sizes = [np.linalg.norm(through(k, backward)) * scale / 0.75 for k in (1, condition)]
        return solve_caption(guess, condition, *sizes, reveal)

    return update


def solve_caption(guess, condition, backward, forward, reveal):
    """How far off the input is; with the guess, how far the solution, and how many bits that is."""
    if not reveal:
        return f"Condition number {condition}: the input is off by {100 * backward:.2g} %."
    lost, most = np.log2(forward / backward), np.log2(condition)
    said = "" if guess == NO_GUESS else f"You said {guess} bits: "
    off = f"The solution is off by {100 * forward:.2g} %"
    return f"{said}{lost:.1f} are lost here, {most:.0f} at worst. {off}."
