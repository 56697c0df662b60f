"""A figure of 12-rounding: four rounding rules on the weights of a trained network."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.networks import compare_logits, digits, fold, load, quantize
from qlearn.numbers import Affine, Rounded, floor, half_even, minmax_range, stochastic

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILION

FIXED = {"half-even": half_even, "toward zero": np.trunc, "floor": floor}
MARKS = {"half-even": "o", "stochastic": "s", "toward zero": "^", "floor": "v"}
COLOURS = dict(zip(MARKS, (BLUE, VERMILION, GREEN, BLACK), strict=True))
DODGE = dict(zip(MARKS, (-0.15, -0.05, 0.05, 0.15), strict=True))  # so that all four are seen
LINES = {"half-even": "-", "toward zero": "--", "floor": ":"}
BITS = range(3, 9)
FLOOR_GUESSES = [NO_GUESS, *BITS]
CLIFF = 90  # percent of digits right: below it we call the network broken


@cache
def floats():
    """Seed 0 of digits_cnn, folded, and its logits on the test digits."""
    net = fold(load("digits_cnn"))
    return net, net(digits("test")[0])


def grid(W, num_bits):
    """The symmetric grid of so many bits, from the smallest to the largest weight."""
    return Affine.from_range(*minmax_range(W), num_bits, symmetric=True)


def percent_right(num_bits, round):
    """Round the weights of every layer by this rule, classify the test digits."""
    net, logits = floats()
    x, y = digits("test")
    rounded = quantize(net, lambda W: Rounded(grid(W, num_bits), round))
    return compare_logits(rounded(x), logits, y)[0]


def bias_and_spread(num_bits, round):
    """Mean and standard deviation of the second convolution's weight errors, in steps."""
    W = floats()[0].layers[2].W
    Q = grid(W, num_bits)
    error = (Q(W, round) - W) / Q.scale
    return error.mean(), error.std()


@cache
def fixed(measure):
    """A measure of the three rules that know no chance, at every width."""
    return {rule: [measure(b, f) for b in BITS] for rule, f in FIXED.items()}


def four_rules(fig):
    """Accuracy against bits by rounding rule, and the bias and the noise that each rule adds."""
    left, right = fig.subplots(1, 2, width_ratios=[3, 2])
    move_points = accuracy_panel(left)
    move_errors = bias_panel(right)

    def update(guess=NO_GUESS, num_bits=8, draw=0, reveal=False):
        now = {rule: at[num_bits - 3] for rule, at in fixed(percent_right).items()}
        errors = {rule: at[num_bits - 3] for rule, at in fixed(bias_and_spread).items()}
        dice = stochastic(np.random.default_rng(draw))
        now["stochastic"] = percent_right(num_bits, dice)
        errors["stochastic"] = bias_and_spread(num_bits, dice)
        move_points(num_bits, now, guess, reveal)
        move_errors(errors)
        return rules_caption(num_bits, now, guess, reveal)

    return update


def accuracy_panel(ax):
    """Percent right: the present width, a point a rule; revealed, the curves of the fixed rules."""
    ax.set(xlim=(2.7, 8.3), ylim=(0, 104), xticks=BITS, xlabel="bits of the weights")
    ax.set_title("digits right (%), seed 0")
    ax.axhline(CLIFF, color=BLACK, ls="--", lw=1)
    lines = {r: ax.plot(BITS, [np.nan] * 6, ls=LINES[r], color=COLOURS[r])[0] for r in FIXED}
    points = {r: ax.plot(8, 0, MARKS[r], color=COLOURS[r], ms=10, label=r)[0] for r in MARKS}
    (diamond,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    ax.legend(loc="lower right")

    def move(num_bits, now, guess, reveal):
        for rule, right_now in now.items():
            points[rule].set_data([num_bits + DODGE[rule]], [right_now])
        for rule, line in lines.items():
            line.set_ydata(fixed(percent_right)[rule] if reveal else [np.nan] * 6)
        diamond.set_data(*(([], []) if guess == NO_GUESS else ([guess], [CLIFF])))

    return move


def bias_panel(ax):
    """The error of a weight in steps: its mean as a mark, its standard deviation as a bar."""
    ax.set(xlim=(-1.05, 1.05), ylim=(3.5, -0.5), yticks=range(4), yticklabels=list(MARKS))
    ax.set(xlabel="steps", title="error of a weight: mean ± std")
    ax.axvline(0, color=GREY, lw=1)
    bars = ax.add_collection(LineCollection([], colors=list(COLOURS.values()), lw=3))
    means = [ax.plot(0, i, MARKS[r], color=COLOURS[r], ms=10)[0] for i, r in enumerate(MARKS)]

    def move(errors):
        pairs = [errors[rule] for rule in MARKS]
        bars.set_segments([[(m - s, i), (m + s, i)] for i, (m, s) in enumerate(pairs)])
        for mark, (m, _) in zip(means, pairs, strict=True):
            mark.set_xdata([m])

    return move


def rules_caption(num_bits, now, guess, reveal):
    """Two rules side by side; with the guess, where floor breaks the network."""
    said = (
        f"{num_bits} bits: {now['half-even']:.1f} % right with half-even, "
        f"{now['stochastic']:.1f} % with this draw"
    )
    if not reveal:
        return said + "."
    floors = zip(BITS, fixed(percent_right)["floor"], strict=True)
    broken = max(b for b, right in floors if right < CLIFF)
    answer = " (as you said)" if guess == broken else f" (you said {guess})"
    answer = "" if guess == NO_GUESS else answer
    return f"{said}. Floor falls below {CLIFF} % at {broken} bits{answer}."
