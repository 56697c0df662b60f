"""A figure of 02-costs: how much faster fewer bits are, on three devices, each with its work."""

from qlearn.hardware import bound_s, device, mcu_time_s, peak, runs_as
from qlearn.hardware.paths import WIDTH as WIDTHS

from .race import NO_GUESS
from .style import GREY, VERMILION

DEVICES = {"cortex-m4": "Cortex-M4", "jetson-orin-nano": "Orin Nano", "a100": "A100"}
DTYPES = {32: "float32", 16: "float16", 8: "int8", 4: "int4", 2: "int4"}
TICKS = [1, 2, 4, 8, 16, 32, 64]
WORK = ["digits_cnn (estimate)", "dense 4096 x 4096 (bound)", "dense 4096 x 4096 (bound)"]
SPEED_GUESSES = [NO_GUESS, 1, 2, 3, 4, 8, 16]
CONV_MACS, OTHER_MACS = 599_040, 2_560  # digits_cnn
SIDE = 4096  # a dense layer of a language model of 7 billion weights: 4096 x 4096


def run_s(name, num_bits, batch):
    """(seconds, data type that runs, what sets the bound) of this device's own workload."""
    path = runs_as(name, DTYPES[num_bits])
    if device(name).kind == "microcontroller":
        return batch * mcu_time_s(CONV_MACS, OTHER_MACS, name, path), path, ""
    macs, size, chip = batch * SIDE**2, SIDE**2 * num_bits / 8, device(name)
    seconds = bound_s(macs, size, peak(name, path), chip.bandwidth_bytes_s)
    waits = "; memory" if seconds == size / chip.bandwidth_bytes_s else "; multipliers"
    return seconds, path, waits


def speedup(name, num_bits, batch):
    """How many times faster than float32 on the same device with the same batch."""
    return run_s(name, 32, batch)[0] / run_s(name, num_bits, batch)[0]


def three_devices(fig):
    """Times the speed of float32: a microcontroller, an edge chip, a GPU of a data centre."""
    ax, words = fig.subplots(1, 2, width_ratios=[1, 1])
    ax.set(xscale="log", xlim=(0.8, 100), ylim=(-0.5, 2.5), yticks=[2, 1, 0])
    ax.set_yticklabels(DEVICES.values())
    ax.set_title("times the speed of float32")
    ax.set_xticks(TICKS, TICKS)
    ax.minorticks_off()
    ax.grid(True, axis="x")
    bars = ax.barh([2, 1, 0], 0.01, height=0.5, left=0.8, color=VERMILION, zorder=4)
    unknown = ax.text(1, 2, "", va="center", zorder=4)
    words.set(xlim=(0, 1), ylim=(-0.5, 2.5))
    words.axis("off")
    words.set_title("what runs; on a GPU, what it waits for")
    for y, work in zip((2, 1, 0), WORK, strict=True):
        words.text(0, y + 0.17, work, va="center", color=GREY)
    runs = [words.text(0, y - 0.2, "", va="center", zorder=4) for y in (2, 1, 0)]

    def update(guess=NO_GUESS, num_bits=8, batch=1):
        hidden = guess == NO_GUESS and num_bits < 8  # it would answer the question
        times = [speedup(name, num_bits, batch) for name in DEVICES]
        for bar, run, name, times_faster in zip(bars, runs, DEVICES, times, strict=True):
            ask = hidden and name == "cortex-m4"
            bar.set_width(0 if ask else times_faster - 0.8)
            run.set_text("guess first" if ask else run_text(name, num_bits, batch))
        unknown.set_text("?" if hidden else "")
        return caption(guess, num_bits, batch, times, hidden)

    return update


def run_text(name, num_bits, batch):
    """The time, the data type that runs, and on a GPU what the bound comes from."""
    seconds, path, waits = run_s(name, num_bits, batch)
    time = f"{1e3 * seconds:.3g} ms" if seconds > 1e-3 else f"{1e6 * seconds:.3g} us"
    time = f"{seconds:.1f} s" if seconds >= 1 else time
    unpacked = ", unpacked" if num_bits < WIDTHS[path] else ""
    return f"{time} in {path}{unpacked}{waits}"


def caption(guess, num_bits, batch, times, hidden):
    """How much faster each device gets, or whether the reader guessed it for the first."""
    one, *others = [f"{speed:.2g}" for speed in times]
    rest = f"{others[0]} on the Orin Nano, {others[1]} on the A100"
    said = f"{num_bits} bits, batch {batch}, times the speed of float32"
    if hidden:
        return f"{said}: {rest}. And on the M4?"
    if guess == NO_GUESS:
        return f"{said}: {one} on the M4, {rest}."
    at_four = speedup("cortex-m4", 4, 1)
    return f"You said {guess} for 4 bits on the M4: it is {at_four:.2g}, as for 8. Here: {rest}."
