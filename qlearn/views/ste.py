"""A figure of 51-ste: one weight, trained through its rounding, that cannot settle."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREY, PALE, PURPLE, VERMILION

START, QMAX, STEPS = 2.2, 2, 1000  # codes 0, 1, 2: the weight begins above the last one
SHOWN, LATE = 60, 500  # the steps in the picture, and the one from which codes are counted
SLOPES = {
    "true gradient": lambda w: 0,
    "identity": lambda w: 1,
    "round, then clip": lambda w: 0 <= round(w) <= QMAX,
    "clip, then round": lambda w: 0 <= w <= QMAX,
}
PATH_GUESSES = [NO_GUESS, 0, 0.3, 0.5, 0.7, 1, 1.5]


def code(w):
    """clip(round(w), 0, 2): ties go to even, in Python as in torch."""
    return min(max(round(w), 0), QMAX)


@cache
def walk(target, rate, estimator, steps=STEPS):
    """The weight before each step of descent on (code(w) - target)^2 / 2, and its codes."""
    w, path = START, []
    for _ in range(steps):
        path.append(w)
        w -= rate * (code(w) - target) * SLOPES[estimator](w)
    return np.array(path), np.array([code(w) for w in path])


def flips(codes):
    """How often the code is another one than the step before."""
    return int(np.count_nonzero(np.diff(codes)))


def settle(fig):
    """The loss of one weight, a flight of steps; where the weight goes; how long at each code."""
    grid = fig.add_gridspec(2, 2, width_ratios=[1, 1.35], height_ratios=[2, 1])
    left, right, low = (fig.add_subplot(grid[at]) for at in (np.s_[:, 0], np.s_[0, 1], np.s_[1, 1]))
    left.set(xlim=(-0.45, 2.6), ylim=(-0.1, 2.2), xlabel="weight w", title="loss of the code")
    right.set(
        xlim=(-1, SHOWN + 1), ylim=(-0.4, 2.6), yticks=[0, 1, 2], title="weight over 60 steps"
    )
    low.set(xlim=(0, 100), ylim=(-0.6, 2.6), yticks=[0, 1, 2], ylabel="code")
    low.set_xlabel("share of steps 500 to 1,000 (%)")
    right.hlines([0.5, 1.5], -1, SHOWN + 1, color=GREY, ls=":", lw=1.5)
    left.vlines([0.5, 1.5], -0.1, 2.2, color=GREY, ls=":", lw=1.5)
    treads = left.add_collection(LineCollection([], colors=BLUE, lw=3))
    (slope,) = left.plot([], [], color=VERMILION, ls="--")
    (ball,) = left.plot([], [], "o", color=VERMILION, ms=13)
    aims = [
        left.axvline(0, color=BLACK, ls="--", lw=1),
        right.axhline(0, color=BLACK, ls="--", lw=1),
    ]
    (path,) = right.plot([], [], color=BLUE)
    (squares,) = right.plot([], [], "s", color=VERMILION, ms=3.5)
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=11, clip_on=False)
    guessed.set_in_layout(False)  # empty at first, and not clipped: it would upset the layout
    bars = low.barh([0, 1, 2], [0, 0, 0], color=PALE, ec=VERMILION, height=0.7)

    def update(guess=NO_GUESS, target=0.3, rate=0.1, estimator="true gradient"):
        w, codes = walk(target, rate, estimator)
        heights = 0.5 * (np.arange(3) - target) ** 2
        edges = [-0.45, 0.5, 1.5, 2.6]
        treads.set_segments([[(edges[k], h), (edges[k + 1], h)] for k, h in enumerate(heights)])
        now, pull = w[SHOWN], SLOPES[estimator](w[SHOWN]) * (codes[SHOWN] - target)
        ball.set_data([now], [heights[codes[SHOWN]]])
        slope.set_data([now - 0.4, now + 0.4], heights[codes[SHOWN]] + pull * np.array([-0.4, 0.4]))
        aims[0].set_xdata([target, target])
        aims[1].set_ydata([target, target])
        path.set_data(np.arange(SHOWN + 1), w[: SHOWN + 1])
        squares.set_data(np.arange(SHOWN + 1), codes[: SHOWN + 1])
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([SHOWN], [guess])))
        for bar, k in zip(bars, range(3), strict=True):
            bar.set_width(100 * np.mean(codes[LATE:] == k))
        return path_caption(guess, target, rate, estimator, w, codes)

    return update


def path_caption(guess, target, rate, estimator, w, codes):
    """Where the weight is after a thousand steps, and what it does there."""
    said = "" if guess == NO_GUESS or estimator == "true gradient" else f"You said {guess:g}. "
    if np.ptp(w) == 0 and codes[0] != target:
        return f"{said}The gradient is 0: w stays at {START:g} for ever, its loss as large as ever."
    late = codes[LATE:]
    if flips(late) == 0:
        return f"{said}w settles at {w[-1]:.2f}, in the cell of code {codes[-1]}, and rests."
    edge, share = late.min() + 0.5, 100 * np.mean(late == late.max())
    w_hangs = "w hangs" if abs(w[SHOWN] - edge) <= rate else "Later w hangs"
    aim = "here also the target" if edge == target else f"not the target {target:g}"
    return (
        f"{said}{w_hangs} at the edge {edge:g}, {aim}: code {late.max()} in {share:.0f} % of steps."
    )
