"""A figure of 21-codebook: where Lloyd's steps end, from a hundred random starts."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.grids import lloyd_max
from qlearn.networks import fold, load

from .controls import NO_GUESS
from .error import numbers as named
from .style import BLUE, GREEN, GREY, PALE, PURPLE, VERMILION

SETS = ["first layer", "third layer", "Gaussian", "Laplace"]
GUESSES = [NO_GUESS, 0, 1, 3, 10, 30, 100]
STARTS, STEPS = 100, 2000
FOUND = 0.01  # dB above the best error that still count as the best


@cache
def numbers(data):
    """Sorted, in sigma: the 144 weights of the first layer, every ninth of the third, a bell."""
    if data in SETS[:2]:
        x = fold(load("digits_cnn")).weights[2 * SETS.index(data)].ravel()
        x = x[:: 1 + 8 * SETS.index(data)]
    else:
        x = named(data, 2000)
    x = np.sort(x.astype(np.float64))
    return x / x.std()


def errors(x, levels):
    """The error D of many lists of levels at once, and the means of their cells (starts, count)."""
    starts = len(levels)
    edges = (levels[:, 1:] + levels[:, :-1]) / 2
    cuts = np.searchsorted(x, edges)
    cuts = np.column_stack([np.zeros(starts, int), cuts, np.full(starts, len(x))])
    N, S = np.diff(cuts), np.diff(np.append(0, np.cumsum(x))[cuts])
    means = np.where(N > 0, S / np.maximum(N, 1), levels)
    return (np.sum(x**2) + np.sum(N * levels**2 - 2 * S * levels, axis=1)) / len(x), means


@cache
def ends(data, num_bits):
    """The levels where 100 random starts end, from the best to the worst, dB above the optimum."""
    x, rng = numbers(data), np.random.default_rng(0)
    draws = [rng.choice(np.unique(x), 2**num_bits, replace=False) for _ in range(STARTS)]
    levels = np.sort(draws, axis=1)
    for _ in range(STEPS):
        new = errors(x, levels)[1]
        if np.abs(new - levels).max() < 1e-9:
            break
        levels = new
    best = lloyd_max(x, num_bits)
    D, (least,) = errors(x, levels)[0], errors(x, best[None])[0]
    order = np.argsort(D)
    return levels[order], 10 * np.log10(np.maximum(D[order] / least, 1)), best


def stuck(fig):
    """A hundred starts of Lloyd's steps, sorted by where they end, and the best levels."""
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
    left.set(xlim=(-4.3, 4.3), ylim=(-0.22, 0.8), yticks=[], xlabel="number (sigma)")
    left.set_title("up: this start's end; down: the best levels")
    left.axhline(0, color=GREY, lw=1)
    bars = left.stairs(np.ones(43), np.linspace(-4.3, 4.3, 44), fill=True, fc=PALE, ec=GREY)
    stems = left.add_collection(LineCollection([], colors=VERMILION, lw=3))
    roots = left.add_collection(LineCollection([], colors=GREEN, lw=3))
    right.set(xlim=(-6, 107), ylim=(-0.5, 3.2), xlabel="start, from best to worst")
    right.set_title("dB above the least error")
    right.grid(True)
    right.axhline(0, color=GREEN, ls="-.", lw=1.5)
    (curve,) = right.plot([], [], color=BLUE)
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    (here,) = right.plot([], [], "o", color=VERMILION, ms=11)

    def update(guess=NO_GUESS, data=SETS[0], start=50, reveal=False, num_bits=3):
        levels, dB, best = ends(data, num_bits)
        bars.set_data(np.histogram(numbers(data), 43, (-4.3, 4.3), density=True)[0])
        stems.set_segments([[(v, 0), (v, 0.6)] for v in levels[start - 1]])
        roots.set_segments([[(v, 0), (v, -0.2)] for v in best] if reveal else [])
        curve.set_data(*((np.arange(1, 101), dB) if reveal else ([], [])))
        here.set_data([start], [dB[start - 1]])
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([guess], [0])))
        return stuck_caption(guess, dB, start, reveal)

    return update


def stuck_caption(guess, dB, start, reveal):
    """Where this start ends; with the guess, how many find the best levels."""
    if not reveal:
        return f"Start {start} of 100, sorted: Lloyd ends {dB[start - 1]:.2f} dB above the best."
    said = "" if guess == NO_GUESS else f"You said {guess}: "
    found = np.sum(dB < FOUND)
    return (
        f"{said}{found} of 100 starts find the best levels; the worst ends {dB[-1]:.2f} dB above."
    )
