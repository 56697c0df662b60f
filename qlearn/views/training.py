"""Two figures of 50-training: walking down a slope, and a slope that rounding has taken away."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREY, PALE, PURPLE, VERMILION

X, Y = np.array([-2.0, -1, 0, 1, 2]), np.array([-3.0, -1, 0, 2, 3])  # best weight 1.5
EDGES = -1.2, 4.2  # of the picture
STEPS, RATES = 30, np.arange(1, 31) / 20
RATE_GUESSES = [NO_GUESS, 0.25, 0.5, 0.75, 1, 1.25, 1.5]


def loss(w):
    """mean((w x - y)^2) / 2, which for the five numbers is (w - 1.5)^2 + 0.05."""
    return 0.5 * np.mean((np.multiply.outer(w, X) - Y) ** 2, axis=-1)


def slope(w):
    """d loss / dw = mean((w x - y) x)."""
    return np.mean((w * X - Y) * X)


@cache
def descent(rate, start=0.0):
    """The weight after 0 to 30 steps w <- w - rate * slope."""
    path = [start]
    for _ in range(STEPS):
        path.append(path[-1] - rate * slope(path[-1]))
    return np.array(path)


def distance(w):
    """How far it is to the best weight; at least 1e-8, so that it can be drawn."""
    return max(abs(w - 1.5), 1e-8)


@cache
def distances():
    """Where 30 steps end, for all rates."""
    return np.array([distance(descent(rate)[-1]) for rate in RATES.tolist()])


def slide(fig):
    """A ball on the loss of one weight, its way over the steps, and where each rate ends."""
    left, middle, right = fig.subplots(1, 3)
    w = np.linspace(*EDGES, 200)
    left.plot(w, loss(w), color=BLUE)
    left.set(xlim=EDGES, ylim=(-0.7, 7), xlabel="weight w", title="loss")
    middle.set(xlim=(-1, 31), ylim=EDGES, xlabel="step", title="weight w")
    middle.axhline(1.5, color=BLACK, ls="--", lw=1)
    right.set(xlim=(0, 1.6), ylim=(3e-9, 1e10), yscale="log", xlabel="learning rate")
    right.set_title("distance from best w")
    right.axhline(1.5, color=GREY, ls=":", lw=1.5)
    right.text(0.04, 8, "at the start", color=GREY)
    right.text(0.75, 6e-9, "1e-8 or less", color=GREY)
    (trail,) = left.plot([], [], "o", color=PALE, mec=GREY, ms=7)
    (tangent,) = left.plot([], [], ls="--", color=VERMILION)
    (way,) = middle.plot([], [], "o-", color=BLUE, ms=4)
    (curve,) = right.plot([], [], "o-", color=BLUE, ms=4)
    ball, now, point = (ax.plot([], [], "o", color=VERMILION, ms=12)[0] for ax in fig.axes)
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)

    def update(guess=NO_GUESS, rate=0.2, steps=0, reveal=False):
        path = descent(rate)[: steps + 1]
        at, m = path[-1], slope(path[-1])
        trail.set_data(path, loss(path))
        ball.set_data([at], [loss(at)])
        tangent.set_data([at - 0.8, at + 0.8], loss(at) + m * np.array([-0.8, 0.8]))
        way.set_data(np.arange(steps + 1), path)
        now.set_data([steps], [at])
        point.set_data([rate], [distance(at)])
        curve.set_data(*((RATES, distances()) if reveal else ([], [])))
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([guess], [1.5])))
        return slide_caption(guess, rate, steps, at, m, reveal)

    return update


def slide_caption(guess, rate, steps, w, m, reveal):
    """Where the ball is and what the slope says; with the guess, where rates begin to fail."""
    if reveal:
        said = "" if guess == NO_GUESS else f"You said {guess:g}. "
        return f"{said}Below a rate of 1, 2 / curvature, 30 steps bring it nearer; above, farther."
    if not EDGES[0] <= w <= EDGES[1]:
        return f"Step {steps} at rate {rate:g}: w = {w:.3g} has left the picture. It diverges."
    m, move = (round(v, 2) + 0.0 for v in (m, -rate * m))  # never -0.00
    return f"Step {steps}: w = {w:.2f}, slope {m:+.2f}; the next step moves it by {move:+.2f}."


STEP = 0.5  # of the grid in the second figure


def rounded_loss(w):
    """The loss of the weight's neighbour on the grid 0, 0.5, 1, ..."""
    return loss(STEP * np.round(w / STEP))


def flat(fig):
    """The same loss with a rounded weight: stairs, and what a finite difference says of them."""
    left, right = fig.subplots(1, 2)
    w = np.linspace(-0.5, 3.5, 4001)
    edges = np.arange(-0.75, 3.5, 0.5)
    left.plot(w, loss(w), color=GREY, ls="--", lw=1.2)
    left.add_collection(LineCollection(
        [[(e, loss(e + 0.25)), (e + 0.5, loss(e + 0.25))] for e in edges], colors=BLUE, lw=3
    ))  # fmt: skip
    left.set(xlim=(-0.5, 3.5), ylim=(-0.4, 4.2), xlabel="weight w", title="loss, weight rounded")
    right.plot(w, 2 * (w - 1.5), color=GREY, ls="--", lw=1.2)
    right.set(xlim=(-0.5, 3.5), ylim=(-22, 22), xlabel="weight w", title="finite difference")
    (line,) = right.plot(w, 0 * w, color=BLUE)
    (secant,) = left.plot([], [], "o-", color=VERMILION, ms=9)
    (point,) = right.plot([], [], "o", color=VERMILION, ms=11)

    def update(w0=0.4, width=0.4):
        def difference(w):
            return (rounded_loss(w + width / 2) - rounded_loss(w - width / 2)) / width

        pair = np.array([w0 - width / 2, w0 + width / 2])
        here = float(difference(np.float64(w0)))
        secant.set_data(pair, rounded_loss(pair))
        line.set_ydata(difference(w))
        point.set_data([w0], [np.clip(here, -21, 21)])
        share = 100 * np.mean(difference(w) == 0)
        return f"Over {width:g}: {here:.2f} at w = {w0:g}, and exactly 0 at {share:.0f} % of all w."

    return update
