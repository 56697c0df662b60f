"""A figure of 53-lsq: each value's pull on the scale, and where they balance; and the descent."""

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.numbers import Affine

from .controls import NO_GUESS
from .pulls import DOTS, RATE, SCALES, at, best, curves, parts, resting, starts, walk
from .style import BLACK, BLUE, GREEN, GREY, PURPLE, SKY, VERMILION

STAYS = 0.5  # the z-order below all that moves, so that it need not be drawn again
GUESSES = [NO_GUESS, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.1, 1.2, 1.4, 1.8, 2.5]


def tug_of_war(fig):
    """Numbers with their pulls and the sums; right, the error and the pull at every scale."""
    left, top, low = fig.subplot_mosaic([["v", "dB"], ["v", "pull"]]).values()
    move_crowd, move_curves = crowd(left), hills(top, low)

    def update(guess=NO_GUESS, scale=1.6, num_bits=2, steps=0):
        if guess == NO_GUESS and steps:
            raise ValueError("Guess first where the two sides balance; then the scale walks")
        path = walk(scale, num_bits)[: steps + 1]
        move_crowd(path[-1], num_bits)
        move_curves(guess, path, num_bits)
        return caption(guess, path, num_bits)

    return update


def crowd(ax):
    """Values under the bell, each with an arrow: its pull on the scale, and the two sums."""
    ax.set(xlim=(-4.4, 4.4), ylim=(0, 0.55), yticks=[], xlabel="value (shaded: the range)")
    ax.set_title("each value's pull on the scale, and the sums", zorder=STAYS)
    shade = ax.axvspan(0, 1, ymax=0.74, color=SKY, alpha=0.25)
    levels = ax.add_collection(LineCollection([], colors=GREY, lw=1))
    heights = np.exp(-(DOTS**2) / 2) * 0.39 * (np.arange(len(DOTS)) * 0.618 % 1)
    shafts = ax.add_collection(LineCollection([], colors=GREY, lw=1.5))
    teams = (BLUE, "<"), (VERMILION, ">")
    heads = [ax.plot([], [], m, color=c, ms=4)[0] for c, m in teams]
    sums = [ax.plot([], [], color=c, lw=5, marker=m, ms=11, markevery=[1])[0] for c, m in teams]
    ax.plot([0, 0], [0.43, 0.49], color=BLACK, zorder=STAYS)
    ax.text(-4.3, 0.5, "inside: smaller!", color=BLUE, zorder=STAYS)
    ax.text(4.3, 0.5, "clipped: larger!", color=VERMILION, ha="right", zorder=STAYS)

    def move(scale, num_bits):
        _, _, pull, out = parts(DOTS, scale, num_bits)
        tips = np.clip(DOTS + 0.6 * pull, -4.3, 4.3)
        shafts.set_segments(np.array([[DOTS, heights], [tips, heights]]).transpose(2, 0, 1))
        shafts.set_color(np.where(out, VERMILION, BLUE))
        for head, team in zip(heads, (~out, out), strict=True):
            head.set_data(tips[team], heights[team])
        both = np.array(at(scale, num_bits)[1:3])
        for line, end in zip(sums, 4 * both / np.abs(both).max(), strict=True):
            line.set_data([0, end], [0.46, 0.46])
        n = 2 ** (num_bits - 1)
        levels.set_segments([[(scale * k, 0), (scale * k, 0.405)] for k in range(-n, n)])
        shade.set(x=-n * scale, width=(2 * n - 1) * scale)

    return move


def hills(top, low):
    """Decibels and pull against the scale: where one may start, where it is, where it rests."""
    top.set_ylim(-1.5, 22)
    top.set_title("SQNR (dB)  ▲ LSQ's start  ■ min/max  ★ balance", zorder=STAYS)
    low.set(ylim=(-0.3, 0.3), yticks=[-0.2, 0, 0.2], xlabel="scale")
    low.set_title("LSQ's pull; dashed: the true one", zorder=STAYS)
    low.axhline(0, color=GREY, lw=1)
    for ax, ticks in (top, []), (low, [0.1, 0.2, 0.5, 1, 2, 5]):
        ax.set(xscale="log", xlim=(0.095, 5.3))
        ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
        ax.minorticks_off()
    (hill,) = top.plot([], [], color=BLUE)
    (pull,) = low.plot([], [], color=VERMILION)
    (true,) = low.plot([], [], "--", color=BLACK, lw=1.5)
    looks = ("^", GREY), ("s", GREY), ("*", GREEN)
    marks = [top.plot([], [], m, color=c, ms=11, zorder=3)[0] for m, c in looks]  # on the ball
    (trail,) = top.plot([], [], ".-", color=VERMILION, lw=1, ms=4)
    balls = [ax.plot([], [], "o", color=VERMILION, ms=13)[0] for ax in (top, low)]
    (guessed,) = low.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=11)

    def move(guess, path, num_bits):
        dB, inside, clipped, slope = curves(num_bits)
        for line, y in (hill, dB), (pull, inside + clipped), (true, slope):
            line.set_data(SCALES, y if guess != NO_GUESS else np.full(len(SCALES), np.nan))
        places = [*starts(num_bits), np.nan if guess == NO_GUESS else resting(num_bits)]
        for mark, s in zip(marks, places, strict=True):
            mark.set_data([s], [at(s, num_bits)[0]])
        trail.set_data(path, at(path, num_bits)[0])
        now = at(path[-1], num_bits)
        balls[0].set_data(path[-1:], [now[0]])
        balls[1].set_data(path[-1:], [np.clip(now[1] + now[2], -0.28, 0.28)])
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([guess], [0])))

    return move


def caption(guess, path, num_bits):
    """Who pulls harder; with the guess, where it rests, where it should, and what that costs."""
    dB, inside, clipped, _ = at(path[-1], num_bits)
    if guess == NO_GUESS:
        (less, _), (more, harder) = sorted([(-inside, "inside"), (clipped, "clipped")])
        ratio = more / max(less, 1e-9)
        times = f"{ratio:.3g} times as hard" if ratio < 1000 else "a thousand times as hard or more"
        return f"Scale {path[-1]:.3g}, {dB:.1f} dB: the {harder} values pull {times}."
    rest = resting(num_bits)
    lost = curves(num_bits)[0].max() - at(rest, num_bits)[0]
    ends = f"balance at {rest:.3f}, least error at {best(num_bits):.3f} (+{lost:.2f} dB)."
    going = ", on its way" if abs(path[-1] - rest) > 0.005 else ""
    walked = f" Step {len(path) - 1}: {path[-1]:.3f}{going}." * (len(path) > 1)
    return f"You said {guess:g}; {ends}{walked}"


def descend(x_hat, learned, x, steps, g=1):
    """Gradient descent on half the mean squared error of x_hat(x); g is taken out."""
    import torch

    x = torch.tensor(x)
    for _ in range(steps):
        loss = (0.5 * (x_hat(x) - x) ** 2).mean()
        for parameter, slope in zip(learned, torch.autograd.grad(loss, learned), strict=True):
            parameter.data -= RATE / g * slope


def settle(Q, x, steps=100, offset=False):
    """Where LSQ's descent leads from the quantizer Q on the numbers x: a quantizer."""
    from qlearn.qat import FakeQuantize

    module = FakeQuantize(Q, offset)
    descend(module, list(module.parameters()), x, steps, (x.size * module.qmax) ** -0.5)
    return module.Q


def settle_beta(Q, x, steps=100):
    """The same with LSQ+'s real beta in the place of the zero point: the function x -> x_hat."""
    import torch

    from qlearn.qat import lsq_plus

    n, start = Q.qmax - Q.qmin, (Q.scale, Q.scale * (Q.qmin - Q.zero_point))
    scale, beta = (torch.tensor(float(p), dtype=torch.float64).requires_grad_() for p in start)

    def x_hat(x):
        return lsq_plus(torch.as_tensor(x), Affine(scale, 0, 0, n), beta, count=1 / n)

    descend(x_hat, [scale, beta], x, steps)
    return lambda x: x_hat(np.float64(x)).detach().numpy()
