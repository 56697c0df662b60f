"""A figure of 73-roofline: a batch grows, and bits of the weights stop being what one waits for."""

from functools import cache

import numpy as np

from qlearn.hardware import batch_bound, device, memory_of, peak, tokens_s, turning_batch, work
from qlearn.hardware.answer import time_text

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILION

GPUS = {"A100": "a100", "T4": "t4", "H100": "h100", "Orin Nano": "jetson-orin-nano"}
MODELS = {"LLaMA-2-7B": "LLaMA-2-7B", "4096 x 4096": "dense 4096 x 4096"}
BITS = {"W16A16": (16, 16), "W8A8": (8, 8), "W4A16": (4, 16)}
LOOKS = (BLUE, "-", "o", 13), (GREEN, "--", "s", 9), (VERMILION, "-.", "^", 9)
BATCHES = np.unique(np.round(2 ** np.arange(0, 10.01, 0.25)).astype(int))
TURN_GUESSES = [NO_GUESS, 5, 10, 20, 40, 80, 160, 320]


@cache
def curve(chip, model, name):
    """(seconds, operations a byte, operations a second) for each of the batches."""
    times = [batch_bound(MODELS[model], GPUS[chip], *BITS[name], b).seconds for b in BATCHES]
    (one,) = work(MODELS[model])
    operations, num_bytes = 2.0 * one.macs * BATCHES, one.weights * BITS[name][0] / 8
    return np.array([times, operations / num_bytes, operations / times])


@cache
def turns(chip, model, name):
    """The batch from which on these bits wait for arithmetic."""
    return turning_batch(MODELS[model], GPUS[chip], *BITS[name])


def roofline(fig):
    """The roof with three dots that wander right, and their times against the batch."""
    left, right = fig.subplots(1, 2)
    move_dots, move_times = roof(left), times(right)

    def update(guess=NO_GUESS, log2_batch=0, chip="A100", model="LLaMA-2-7B"):
        at = int(np.searchsorted(BATCHES, 2**log2_batch))
        found = {name: curve(chip, model, name) for name in BITS}
        move_dots(at, found, chip)
        move_times(at, found, guess, chip == "A100" and model == "LLaMA-2-7B")
        return turn_caption(guess, chip, model, int(BATCHES[at]))

    return update


def turn_caption(guess, chip, model, batch):
    """The times at this batch; with the guess, the batches at which four bits fade."""
    four, sixteen = (wait_text(chip, model, n, batch, guess) for n in ("W4A16", "W16A16"))
    if guess == NO_GUESS:
        return f"Batch {batch}: 4-bit weights take {four}, 16-bit {sixteen}; bounds."
    first, last = (f"{turns(chip, model, n):.0f}" for n in ("W4A16", "W16A16"))
    return (f"You said {guess}: factor 4 up to batch {first}, 1 from {last} on. "
            f"At {batch}: {four}; 16 bits {sixteen}.")  # fmt: skip


def wait_text(chip, model, name, batch, guess):
    """The time, and before the guess what one waits for; or that the weights do not fit."""
    (one,) = work(MODELS[model])
    if one.weights * BITS[name][0] / 8 > memory_of(GPUS[chip]):
        return "do not fit" if guess == NO_GUESS else "don't fit"
    bound = batch_bound(MODELS[model], GPUS[chip], *BITS[name], batch)
    return time_text(bound.seconds) + (f" ({bound.waits_for})" if guess == NO_GUESS else "")


def roof(ax):
    """Operations a second against operations a byte: memory's slope, and a roof for each type."""
    ax.set(xscale="log", yscale="log", xlim=(0.7, 6000), ylim=(0.04, 4000))
    ax.set(title="tera-operations a second", xlabel="operations for each byte read")
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    ax.set_yticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1,000"])
    ax.minorticks_off()
    ax.grid(True)
    lines = [ax.plot([], [], color=BLACK, ls="--", lw=1.5)[0] for _ in range(2)]
    aligned = ("float16", "top"), ("int8", "bottom")
    names = [ax.text(5500, 1, n, va=va, ha="right", color=GREY) for n, va in aligned]
    dots = [ax.plot([], [], m, color=c, ms=s, zorder=5)[0] for c, _, m, s in LOOKS]
    legend = ax.legend(dots, BITS, loc="lower right", handletextpad=0.2, borderpad=0.2)
    legend.set_zorder(1)  # below what moves: it need not be drawn again

    def move(at, found, chip):
        rate = device(GPUS[chip]).bandwidth_bytes_s / 1e12
        tops = [peak(GPUS[chip], dtype) / 1e12 for dtype in ("float16", "int8")]
        for line, name, top in zip(lines, names, tops, strict=True):
            if top not in line.get_ydata():  # another chip: else nothing has to be drawn again
                line.set_data([0.7, top / rate, 6000], [0.7 * rate, top, top])
                name.set_y(1.5 * top if name is names[1] else top / 1.7)
        for dot, (_, intensity, speed) in zip(dots, found.values(), strict=True):
            dot.set_data([intensity[at]], [speed[at] / 1e12])

    return move


@cache
def measured():
    """(batch, time in units of the 16-bit bound) on an A100: 16 bits twice, and about 4."""
    speeds, one = tokens_s("A100 80GB"), curve("A100", "LLaMA-2-7B", "W16A16")[0][0]
    sixteen, four = (1 / speeds[form][1] for form in ("F16", "Q4_0"))
    return np.array([[1, sixteen / one], [128, 16.1e-3 / one], [1, four / one]])


def times(ax):
    """Time against the batch, in units of the 16-bit time of one input."""
    ax.set(xscale="log", yscale="log", xlim=(0.8, 1300), ylim=(0.17, 12))
    ax.set(title="time (16 bits at batch 1: one)", xlabel="batch (short contexts: no KV cache)")
    ax.set_xticks([1, 4, 16, 64, 256, 1024], [1, 4, 16, 64, 256, 1024])
    ax.set_yticks([0.25, 0.5, 1, 2, 4, 8], [0.25, 0.5, 1, 2, 4, 8])
    ax.minorticks_off()
    ax.grid(True)
    curves = [ax.plot([], [], color=c, ls=ls, zorder=3)[0] for c, ls, *_ in LOOKS]
    dots = [ax.plot([], [], m, color=c, ms=s, zorder=5)[0] for c, _, m, s in LOOKS]
    (sixteen,) = ax.plot([], [], "x", color=BLUE, mew=2.5, ms=9, zorder=6)
    (four,) = ax.plot([], [], "+", color=VERMILION, mew=2.5, ms=11, zorder=6)
    (diamond,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=13, zorder=6)
    told = ax.text(1, 9, "crosses: measured, A100", va="center", color=GREY, zorder=1)

    def move(at, found, guess, has_crosses):
        shown, one = guess != NO_GUESS, found["W16A16"][0][0]
        for line, dot, (seconds, *_) in zip(curves, dots, found.values(), strict=True):
            line.set_data(*((BATCHES, seconds / one) if shown else ([], [])))
            dot.set_data([BATCHES[at]], [seconds[at] / one])
        crosses = measured() if has_crosses else np.empty((3, 2))[:0]
        sixteen.set_data(*crosses[:2].T)
        four.set_data(*crosses[2:].T)
        told.set_visible(has_crosses)
        diamond.set_data(*(([guess], [0.25]) if shown else ([], [])))

    return move
