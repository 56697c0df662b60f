"""A figure of 14-granularity: what a group size stores, and what it is worth."""

from functools import cache

import numpy as np

from qlearn.numbers import by_group, sqnr

from .controls import NO_GUESS
from .granularity import fit_rows
from .limit import limit
from .style import BLUE, GREY, PURPLE, VERMILION

SIZES = [8, 16, 32, 64, 128, 256, 512]
GUESSES = [NO_GUESS, *SIZES]


@cache
def gaussian():
    return np.random.default_rng(0).normal(size=2**17).astype(np.float32)


@cache
def by_size(num_bits):
    """(stored bits a weight, SQNR) of Gaussian weights for each of the group sizes."""
    x = gaussian()
    Qs = [by_group(fit_rows(num_bits), size)(x) for size in SIZES]
    return np.array([[Q.bits_per_value(x.size), sqnr(x, Q(x))] for Q in Qs]).T


def worth(num_bits):
    """Decibels that remain for each group size when a stored bit is paid with 6.02 dB."""
    bits, dB = by_size(num_bits)
    return dB - 6.02 * bits


def budget(fig):
    """What a group size stores and brings, and what remains of it after paying for the bits."""
    left, right = fig.subplots(1, 2)
    left.set(xlim=(1.5, 10.5), ylim=(0, 52), xlabel="stored bits a weight, scales included")
    left.set_title("SQNR (dB), Gaussian weights")
    right.set(xscale="log", xlim=(6.5, 630), ylim=(-22, -2), xlabel="group size")
    right.set_xticks(SIZES, [str(size) for size in SIZES])
    right.minorticks_off()
    right.set_title("SQNR less 6.02 dB a stored bit")
    for ax in left, right:
        ax.grid(True)
    limit(left, [1.6, 8.6], known=False, at=5)
    others = [left.plot([], [], color=GREY, lw=1)[0] for _ in range(2, 9)]
    curves = [ax.plot([], [], color=BLUE)[0] for ax in (left, right)]
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    points = [ax.plot([], [], "o", color=VERMILION, ms=11)[0] for ax in (left, right)]

    def update(guess=NO_GUESS, group_size=8, num_bits=4, reveal=False):
        at, (bits, dB), left_over = SIZES.index(group_size), by_size(num_bits), worth(num_bits)
        points[0].set_data([bits[at]], [dB[at]])
        points[1].set_data([group_size], [left_over[at]])
        for line, b in zip(others, range(2, 9), strict=True):
            line.set_data(*(by_size(b) if reveal else ([], [])))
        curves[0].set_data(*((bits, dB) if reveal else ([], [])))
        curves[1].set_data(*((SIZES, left_over) if reveal else ([], [])))
        guessed.set_data(*where_guessed(guess, left_over if reveal else np.full(7, -21)))
        return budget_caption(group_size, bits[at], dB[at], guess, left_over if reveal else None)

    return update


def where_guessed(guess, height):
    """Where the diamond of the guess stands, if there is one."""
    return ([guess], [height[SIZES.index(guess)]]) if guess in SIZES else ([], [])


def budget_caption(size, bits, dB, guess, left_over):
    """What this group size stores; with the guess, which one is worth most."""
    if left_over is None:
        return f"Groups of {size}: {dB:.1f} dB for {bits:.3g} stored bits a weight."
    best = SIZES[left_over.argmax()]
    said = f"You said {guess}; groups" if guess in SIZES else "Groups"
    return f"{said} of {best} leave most: {left_over.max():.1f} dB."
