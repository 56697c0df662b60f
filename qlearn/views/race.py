"""The race of 02-costs: what one microjoule multiplies, and what it fetches (45 nm, published)."""

import numpy as np

from qlearn.hardware import price_pj, published_mac_pj

from .controls import NO_GUESS
from .style import BLUE, GREY, PALE, PURPLE, VERMILION

GUESSES = [NO_GUESS, 50, 170, 500, 1600, 5000]
MACS = ["int8", "float16", "int32", "float32"]
STORES = {"SRAM 8 KB": "sram 8 KB", "SRAM 1 MB": "sram 1 MB", "DRAM": "dram"}


def reached(spent_nj, multiply, fetch):
    """How many MACs, and how many bytes, so many nJ buy."""
    prices_pj = published_mac_pj(multiply), price_pj("read byte", STORES[fetch])
    return [1000 * spent_nj / pj for pj in prices_pj]


def macs_for_a_byte(node_nm):
    """How many int8 MACs cost as much as one byte from each of the stores."""
    mac_pj = published_mac_pj("int8", node_nm)
    return np.array([price_pj("read byte", what, node_nm) / mac_pj for what in STORES.values()])


def race(fig):
    """Two runners who spend the same energy, and what one byte is worth in MACs."""
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
    move_runners, move_answer = track(left), answers(right)

    def update(guess=NO_GUESS, multiply="float32", fetch="SRAM 8 KB", spent=500):
        counts = reached(spent, multiply, fetch)
        move_runners(counts, multiply, fetch)
        move_answer(guess)
        return caption(counts, multiply, fetch, spent, guess)

    return update


def caption(counts, multiply, fetch, spent, guess):
    """What the energy bought; with a guess, what a byte from DRAM is worth in newer silicon."""
    said = f"{counts[0]:,.0f} {multiply} MACs or {counts[1]:,.0f} bytes from {fetch}: {spent:,} nJ."
    if guess == NO_GUESS:
        return said
    worth = macs_for_a_byte(7)[-1]
    return f"{said} You said {guess:,} MACs for a byte from DRAM in 7 nm: it is {worth:,.0f}."


def track(ax):
    """Two lanes on one linear track; the fastest runner of all needs its whole length."""
    ax.set(xlim=(0, 3.6), ylim=(-0.5, 1.75), yticks=[], xlabel="millions")
    ax.set_title("for the same energy")
    ax.grid(True, axis="x")
    ax.barh([1, 0], 3.6, height=0.3, color=PALE, zorder=0.5)
    colours = (VERMILION, "\\\\\\"), (BLUE, "")
    bars = [
        ax.barh(y, 0, height=0.3, color=colour, hatch=hatch, ec="white", zorder=4)[0]
        for y, (colour, hatch) in zip((1, 0), colours, strict=True)
    ]
    names = [ax.text(0.03, y + 0.25, "", zorder=4) for y in (1, 0)]
    values = [ax.text(3.57, y + 0.25, "", ha="right", zorder=4) for y in (1, 0)]

    def move(counts, multiply, fetch):
        words = f"{multiply} MACs", f"bytes from {fetch}"
        for bar, name, value, count, word in zip(bars, names, values, counts, words, strict=True):
            bar.set_width(count / 1e6)
            name.set_text(word)
            value.set_text(f"{count:,.0f}")

    return move


def answers(ax):
    """What a byte costs in int8 MACs; in 7 nm only once the reader has guessed."""
    ax.set(xscale="log", xlim=(1, 2e4), ylim=(-0.6, 2.6), yticks=range(3))
    ax.set_yticklabels(STORES)
    ax.set_title("int8 MACs for one byte")
    ax.set_xticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1,000", "10,000"])
    ax.minorticks_off()
    ax.grid(True, axis="x")
    ax.plot(macs_for_a_byte(45), range(3), "o", color=VERMILION, ms=11, label="45 nm")
    ax.plot([], [], "s", mfc="white", color=GREY, mew=2, label="7 nm")
    ax.legend(loc="lower right", handletextpad=0.2, borderpad=0.2)
    (new,) = ax.plot([], [], "s", mfc="white", color=GREY, mew=2, zorder=6)
    (diamond,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=13, zorder=6)

    def move(guess):
        shown = guess != NO_GUESS
        new.set_data(*((macs_for_a_byte(7), range(3)) if shown else ([], [])))
        diamond.set_data(*(([guess], [2]) if shown else ([], [])))

    return move
