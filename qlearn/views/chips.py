"""A figure of 73-roofline: chips by power, memory and int8 speed, from a hundredth of a watt up.

Instead of the survey's Fig. 9, whose points we could not see. Dense rates alone: no sparse ones.
"""

import numpy as np

from qlearn.hardware.show import text
from qlearn.hardware.tables import number, rows

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION

CHIPS = {row["chip"]: row for row in rows("chips")}
KINDS = {
    "microcontroller": ("^", GREEN),
    "NPU": ("s", ORANGE),
    "edge GPU": ("P", BLUE),
    "GPU": ("o", VERMILION),
}
JOULE_GUESSES = [NO_GUESS, 1, 10, 100, 1000, 10_000]
# Where the name of a chip stands: times its power, times its speed.
NAMED = {"Cortex-M4": (1.3, 0.3), "GAP9": (1.4, 0.5), "Edge TPU": (1.3, 0.2), "B200": (0.13, 0.9)}


def value(chip, column):
    return number(CHIPS[chip][column])


def ops_joule(chip):
    """int8 operations for a joule: the rate over the power."""
    return 1e12 * value(chip, "int8_tera_ops_s") / value(chip, "power_w")


def ops_byte(chip):
    """int8 operations for each byte that the memory delivers: the ridge."""
    return 1e3 * value(chip, "int8_tera_ops_s") / value(chip, "bandwidth_gb_s")


def scatter(fig):
    """int8 speed against power and against bandwidth; one chip is marked in both."""
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
    power(left)
    bandwidth(right)
    rings = [ax.plot([], [], "o", mfc="none", mec=BLACK, mew=2, ms=17, zorder=6)[0]
             for ax in (left, right)]  # fmt: skip
    (diamond,) = left.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=13, zorder=6)

    def update(guess=NO_GUESS, chip="T4"):
        speed = value(chip, "int8_tera_ops_s")
        for ring, column in zip(rings, ("power_w", "bandwidth_gb_s"), strict=True):
            ring.set_data(*(([value(chip, column)], [speed]) if value(chip, column) else ([], [])))
        said = [] if guess == NO_GUESS else [guess * ops_joule("Cortex-M4") / 1e12]
        diamond.set_data([value("B200", "power_w") for _ in said], [1000 * y for y in said])
        return chip_caption(guess, chip)

    return update


def chip_caption(guess, chip):
    """What a joule and a byte buy on this chip; with the guess, the two ends of the scale."""
    if guess != NO_GUESS:
        times = float(f"{ops_joule('B200') / ops_joule('Cortex-M4'):.1g}")
        return (f"You said {guess:,}: a joule buys the B200 about {times:,.0f} times as much "
                "as the M4 (peak, measured).")  # fmt: skip
    said = []
    if value(chip, "power_w"):
        said.append(f"{text(ops_joule(chip) / 1e9)} billion operations a joule")
    if value(chip, "bandwidth_gb_s"):
        noun = "" if said else " operations"
        said.append(f"{ops_byte(chip):,.0f}{noun} for each byte of memory")
    return f"{chip}: {' and '.join(said)} ({CHIPS[chip]['rate']} rate)."


def points(ax, column):
    """Each chip that has this figure: the marker tells its class, a hollow one is measured."""
    for kind, (marker, colour) in KINDS.items():
        for rate, fill in (("peak", colour), ("measured", "white")):
            chips = [c for c, row in CHIPS.items() if (row["kind"], row["rate"]) == (kind, rate)]
            xy = [(value(c, column), value(c, "int8_tera_ops_s")) for c in chips]
            x, y = np.array([pair for pair in xy if pair[0]]).reshape(-1, 2).T
            ax.plot(x, y, marker, mfc=fill, mec=colour, mew=1.5, ms=9, zorder=4)


def power(ax):
    ax.set(xscale="log", yscale="log", xlim=(3e-3, 2.5e3), ylim=(2e-5, 2e5))
    ax.set(title="tera-operations a second, int8", xlabel="power (W)")
    ax.set_xticks([0.01, 0.1, 1, 10, 100, 1000], ["0.01", "0.1", "1", "10", "100", "1,000"])
    ax.set_yticks([1e-4, 1e-2, 1, 100, 1e4], ["0.0001", "0.01", "1", "100", "10,000"])
    ax.minorticks_off()
    ax.grid(True)
    ends = np.array([3e-3, 2.5e3])
    for tera_ops_joule in (0.001, 1):
        ax.plot(ends, tera_ops_joule * ends, "--", color=GREY, lw=1.2, zorder=2)
    ax.text(0.4, 0.05, "1 tera a joule", color=GREY)
    ax.text(6, 0.0007, "1 giga a joule", color=GREY)
    points(ax, "power_w")
    for chip, (right, up) in NAMED.items():
        ax.text(right * value(chip, "power_w"), up * value(chip, "int8_tera_ops_s"), chip)
    full = {row["kind"] for row in CHIPS.values() if row["rate"] == "peak"}
    marks = [ax.plot([], [], m, color=c, mfc=c if kind in full else "white")[0]
             for kind, (m, c) in KINDS.items()]  # fmt: skip
    ax.legend(marks, KINDS, loc="upper left", handletextpad=0.2, borderpad=0.2)


def bandwidth(ax):
    ax.set(xscale="log", yscale="log", xlim=(40, 1.5e4), ylim=(8, 1e4))
    ax.set(title="the same, by memory", xlabel="bandwidth (GB/s)")
    ax.set_xticks([100, 1000, 10_000], ["100", "1,000", "10,000"])
    ax.set_yticks([10, 100, 1000, 10_000], ["10", "100", "1,000", "10,000"])
    ax.minorticks_off()
    ax.grid(True)
    ends = np.array([40, 1.5e4])
    ax.plot(ends, 0.3 * ends, "--", color=GREY, lw=1.2, zorder=2)
    ax.text(2.2e3, 250, "300 a byte", color=GREY)
    points(ax, "bandwidth_gb_s")
