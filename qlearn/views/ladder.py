"""The figure that ends every notebook on a grid: all quantizers so far, SQNR and stored bits."""

from functools import cache

import numpy as np

from qlearn.grids import ladder

from .controls import NO_GUESS
from .error import numbers as named
from .style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION

KINDS = ["weights", "Gaussian", "ReLU outputs"]
BITS = range(2, 6)
SEEN = -11.5, 1.8  # dB
FOOT = -11  # the guess before reveal: its place must not tell
LOOKS = [(GREY, "o"), (BLUE, "s"), (SKY, "^"), (GREEN, "v"), (ORANGE, "P"), (VERMILION, "*")]
LOOKS += [(BLACK, "X"), (PURPLE, "h"), (GREY, "<"), (BLUE, ">"), (GREEN, "d"), (VERMILION, "p")]


@cache
def numbers(data):
    """One array: weights as (64, 32, 3, 3); as many Gaussian numbers, in no order; activations."""
    if data == "Gaussian":
        return np.random.default_rng(0).normal(size=(64, 32, 3, 3)).astype(np.float32)
    x = named(data)
    return x.reshape(64, 32, 3, 3) if data == "weights" else x[:20480].reshape(1, -1)


@cache
def rungs(fits_of, data):
    """{grid: [(bits of a code, stored bits, dB, dB short of the Gaussian limit), ...]}."""
    found = {}
    for num_bits in BITS:
        for grid, row in ladder({data: [numbers(data)]}, fits_of(num_bits)).rungs.items():
            found.setdefault(grid, []).append((num_bits, *row[data][:, 0]))
    return {grid: np.array(rows) for grid, rows in found.items()}


def climb(fits_of):
    """The scene for fits_of, a function num_bits -> {name: fit}, `so_far` for instance."""
    names = list(dict.fromkeys(name for num_bits in BITS for name in fits_of(num_bits)))

    def scene(fig):
        left, right, ring = axes(fig, names)
        looks = [dict(color=c, marker=m) for _, (c, m) in zip(names, LOOKS, strict=False)]
        curves, dots = (
            [ax.plot([], [], ls=":", lw=1, **look)[0] for look in looks] for ax in (left, right)
        )

        def update(guess=NO_GUESS, data=KINDS[0], num_bits=4, reveal=False):
            found = rungs(fits_of, data)
            now = {
                n: -r[r[:, 0] == num_bits][0, 3] for n, r in found.items() if num_bits in r[:, 0]
            }
            for i, name in enumerate(names):
                rows = found[name]
                known = name in now and (reveal or i == 0)
                shown = rows if reveal else rows[known & (rows[:, 0] == num_bits)]
                curves[i].set_data(shown[:, 1], -shown[:, 3])
                dots[i].set_data(([now[name]], [i]) if known else ([], []))
            at = now.get(guess, FOOT) if reveal else FOOT
            ring.set_data(([at], [names.index(guess)]) if guess in names else ([], []))
            return climb_caption(guess, num_bits, now, names[0], reveal)

        return update

    return scene


def axes(fig, names):
    """Two axes, bits to the right or a row for each grid, and a ring for the guess."""
    left, right = fig.subplots(1, 2, width_ratios=[1.1, 1])
    left.set(xlim=(1.8, 5.5), ylim=SEEN, xticks=list(BITS), xlabel="stored bits a number")
    left.set_title("SQNR less the Gaussian limit there (dB)")
    right.set(ylim=(len(names) - 0.4, -0.6), yticks=range(len(names)), yticklabels=names)
    right.set(xlim=SEEN, xlabel="the same (dB)", title="with codes of the chosen bits")
    for ax, line in (left, left.axhline), (right, right.axvline):
        line(0, color=BLACK, ls="--", lw=1.5)
        ax.grid(True)
    left.set_yticks(range(-10, 2, 2))
    right.set_xticks(range(-10, 2, 2))
    (ring,) = right.plot([], [], "o", mfc="none", mec=PURPLE, mew=2, ms=15)
    return left, right, ring


def climb_caption(guess, num_bits, now, first, reveal):
    """How far the first grid is from the limit; with the guess, which comes closest."""
    if not reveal:
        return f"{num_bits}-bit codes, {first}: {-now[first]:.1f} dB short of the Gaussian limit."
    best = max(now, key=now.get)
    side = "beyond" if now[best] > 0 else "short"
    said = f"{num_bits}-bit codes: {best} comes closest, {abs(now[best]):.1f} dB {side}"
    if guess not in (*now, NO_GUESS):
        return f"{said}; {guess} has no {num_bits}-bit codes."
    if guess in now and guess != best:
        return f"{said}; you said {guess}, {now[best] - now[guess]:.1f} dB less."
    return f"{said}{'; you said so' * (guess == best)}."
