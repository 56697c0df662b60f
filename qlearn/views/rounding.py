"""Two figures of 12-rounding: one number between two neighbours, and a thousand small updates."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.numbers import half_away, half_even, stochastic

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREEN, GREY, PALE, PURPLE, VERMILION


def between(fig):
    """Where a number between 2 and 3 goes, and the squared error that each rule makes of it."""
    left, right = fig.subplots(1, 2)
    left.set(xlim=(1.8, 3.2), ylim=(0, 145), xticks=[2, 2.5, 3], yticks=[0, 50, 100])
    left.set(title="sent to 2 and to 3 (%)", xlabel="level")
    bars = left.bar([2, 3], [0, 0], width=0.12, color=VERMILION)
    hair = left.axvline(2.5, ymax=100 / 145, color=BLUE, ls="--", label="x")
    (mean,) = left.plot(2.5, 8, "D", color=GREEN, ms=11, label="mean of the draws")
    left.legend(loc="upper center", ncols=2)
    move_dots = error_panel(right)

    def update(x=2.3, draws=10):
        share = stochastic(np.random.default_rng(0))(np.full(draws, x)).mean() - 2
        for bar, height in zip(bars, (1 - share, share), strict=True):
            bar.set_height(100 * height)
        hair.set_xdata([x, x])
        mean.set_xdata([2 + share])
        move_dots(x)
        return draws_caption(x, draws, 2 + share)

    return update


def error_panel(ax):
    """Expected squared error of three rules against x, and a dot on each curve."""
    p, dots = np.linspace(0, 1, 101), {}
    curves = {
        "half-even": (np.minimum(p, 1 - p) ** 2, "o-", BLUE),
        "stochastic": (p * (1 - p), "s-.", VERMILION),
        "floor": (p**2, "v:", BLACK),
    }
    ax.set(xlim=(1.97, 3.03), ylim=(-0.03, 1.05), xlabel="x", title="expected squared error")
    ax.grid(color=PALE)
    for rule, (curve, look, color) in curves.items():
        ax.plot(2 + p, curve, look[1:], color=color, label=rule)
        (dots[rule],) = ax.plot(2, 0, look[0], color=color, ms=9)
    dots["half-even"].set(mfc="none", mew=2, ms=14)  # below 2.5 it is where floor is
    ax.legend(loc="upper left")

    def move(x):
        for rule, dot in dots.items():
            error = np.interp(x, 2 + p, curves[rule][0]) if x < 3 else 0  # floor(3) is 3
            dot.set_data([x], [error])

    return move


def draws_caption(x, draws, mean):
    """What the draws give on average, and what that costs."""
    if x in (2, 3):
        return f"{x:g} is whole: every rule keeps it, and there is nothing to draw."
    said = "One draw gives" if draws == 1 else f"{draws:,} draws have the mean"
    return (
        f"{said} {mean:.5g}; half-even gives {half_even(np.array(x)):g} every time. "
        f"Expected squared error of a draw: {(x - 2) * (3 - x):.2g}."
    )


WALK_GUESSES = [NO_GUESS, 0, 25, 50, 75, 90, 100, 110, 125, 150, 200]
EVERY = 10  # a path is drawn through each tenth update
WALKERS = 20


@cache
def paths(step):
    """Sums after 0, 10, ... 1,000 updates that are rounded: 20 stochastic walkers, half-even,
    half-away; in percent of the exact 1,000 steps."""
    # A walker stands on a whole number w, and a draw for w + step is w plus a draw for step.
    draws = stochastic(np.random.default_rng(0))(np.full((1000, WALKERS), step))
    rows = [*draws.cumsum(axis=0).T, *(walk(rule, step) for rule in (half_even, half_away))]
    sums = np.column_stack([np.zeros(len(rows)), np.array(rows)])
    return sums[:, ::EVERY] / (10 * step)


def walk(rule, step):
    """1,000 times w = rule(w + step) from 0, for a rule without chance and a step below 1."""
    onward, w = rule(np.arange(1000) + step).astype(int).tolist(), 0
    return [w := onward[w] for _ in range(1000)]


def walkers(fig):
    """1,000 updates smaller than half a step, each followed by rounding to a whole number."""
    ax = fig.subplots()
    ax.set(xlim=(-10, 1020), ylim=(-9, 270), yticks=[0, 50, 100, 150, 200], xlabel="updates")
    ax.set_title("where the sum stands (% of 1,000 exact steps)")
    ax.plot([0, 1000], [0, 100], color=BLACK, ls="--", label="exact")
    thin = ax.add_collection(LineCollection([], colors=VERMILION, lw=0.6, alpha=0.7))
    (mean,) = ax.plot([], [], color=VERMILION, lw=3, label="stochastic: 20 and their mean")
    (even,) = ax.plot([], [], color=BLUE, label="half-even")
    (away,) = ax.plot([], [], color=GREY, ls="-.", label="half-away")
    (diamond,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12, label="your guess")
    ax.legend(loc="upper left", ncols=3)
    at = np.arange(0, 1001, EVERY)

    def update(guess=NO_GUESS, step=0.1, updates=0, reveal=False):
        step = round(step, 2)  # 0.5 is a tie, a slider's 0.5000000000000001 is none
        sums, n = paths(step), updates // EVERY + 1
        walked = sums[:WALKERS, :n]
        thin.set_segments([np.column_stack([at[:n], row]) for row in walked])
        mean.set_data(at[:n], walked.mean(axis=0))
        for line, row in zip((even, away), sums[WALKERS:], strict=True):
            line.set_data(*((at, row) if reveal else ([], [])))
        diamond.set_data(*(([], []) if guess == NO_GUESS else ([1000], [guess])))
        if reveal:
            return answer(step, guess, sums[WALKERS, -1])
        if updates == 0:
            return f"No update yet. Where will half-even be after 1,000 updates of {step:g}?"
        now = walked[:, -1] * step * 10
        return (
            f"{updates:,} updates of {step:g} make {updates * step:g}; the stochastic walkers "
            f"stand at {now.mean():.1f} ± {now.std():.1f}."
        )

    return update


def answer(step, guess, nearest):
    """Where half-even stands in the end, and what the reader had said."""
    said = f"After 1,000 updates of {step:g} half-even stands at {nearest:.0f} %"
    if guess == NO_GUESS:
        return said + "."
    return f"{said}: {'you said so' if abs(guess - nearest) < 5 else f'you said {guess} %'}."
