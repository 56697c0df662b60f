"""A figure of 02-costs: a weight is fetched once and used often; what costs more, and when."""

import numpy as np

from qlearn.hardware import int_mac_pj, price_pj, published_mac_pj

from .race import NO_GUESS, STORES
from .style import BLUE, PURPLE, VERMILION

USES = 2.0 ** np.arange(13)
USE_GUESSES = [NO_GUESS, 4, 16, 64, 256, 1024]


def split_pj(num_bits, uses, store):
    """(multiply, move) of one MAC in pJ: inputs of 8 bits at hand, the weight fetched once."""
    mac_pj = published_mac_pj("float32") if num_bits == 32 else int_mac_pj(num_bits, 8)
    return mac_pj, num_bits / 8 * price_pj("read byte", STORES[store]) / uses


def crossing(num_bits, store):
    """The number of uses from which on the multiplication costs more than the fetch."""
    mac_pj, fetch_pj = split_pj(num_bits, 1, store)
    return fetch_pj / mac_pj


def weights_name(num_bits):
    return "float32" if num_bits == 32 else f"{num_bits}-bit"


def layer_budget(fig):
    """Energy of one MAC against how often a fetched weight is used, and which part is which."""
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
    move_lines, move_bars = price_lines(left), share_bars(right)

    def update(guess=NO_GUESS, num_bits=8, log2_uses=0, store="DRAM"):
        uses = 2**log2_uses
        move_lines(num_bits, uses, store, guess)
        move_bars(num_bits, uses, store)
        mac_pj, move_pj = split_pj(num_bits, uses, store)
        share = 100 * move_pj / (mac_pj + move_pj)
        said = f"{weights_name(num_bits)} weights: {share:.1f} % of the energy moves them"
        if guess == NO_GUESS:
            return f"{said}, {100 - share:.1f} % multiplies."
        return f"{said}. You said {guess:,} uses: they are even at {crossing(num_bits, store):.0f}."

    return update


def price_lines(ax):
    """Multiply and move against uses: two points, and both lines once the reader has guessed."""
    ax.set(xscale="log", yscale="log", xlim=(0.8, 5200), ylim=(4e-4, 2e3))
    ax.set(title="pJ a MAC (45 nm)", xlabel="uses of a fetched weight")
    ax.set_xticks(USES[::2], [f"{n:,.0f}" for n in USES[::2]])
    ax.set_yticks([0.001, 0.1, 10, 1000], ["0.001", "0.1", "10", "1,000"])
    ax.minorticks_off()
    ax.grid(True)
    nothing = np.full(len(USES), np.nan)
    (multiply,) = ax.plot(USES, nothing, "--", color=VERMILION, zorder=4)
    (move_line,) = ax.plot(USES, nothing, color=BLUE, zorder=4)
    (diamond,) = ax.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=13, zorder=5)
    (one,) = ax.plot([], [], "s", color=VERMILION, ms=10, zorder=5, label="multiply")
    (other,) = ax.plot([], [], "o", color=BLUE, ms=10, zorder=5, label="move")
    ax.legend(loc="lower left", handletextpad=0.2, borderpad=0.2)

    def move(num_bits, uses, store, guess):
        mac_pj, fetch_pj = split_pj(num_bits, uses, store)
        one.set_data([uses], [mac_pj])
        other.set_data([uses], [fetch_pj])
        shown = guess != NO_GUESS
        multiply.set_ydata(0 * USES + mac_pj if shown else nothing)
        move_line.set_ydata(fetch_pj * uses / USES if shown else nothing)
        diamond.set_data(*(([guess], [mac_pj]) if shown else ([], [])))

    return move


def share_bars(ax):
    """Two bars of 100 %, float32 above and the chosen width below: moved and multiplied."""
    ax.set(xlim=(0, 100), ylim=(-0.5, 1.75), yticks=[], xlabel="% of the energy")
    ax.set_title("moved (plain), multiplied (hatched)")
    ax.barh([1, 0], 100, height=0.4, color="white", ec=VERMILION, hatch="///", zorder=0.5)
    bars = [ax.barh(y, 0, height=0.4, color=BLUE, zorder=4)[0] for y in (1, 0)]
    ax.text(1, 1.3, "float32")
    name = ax.text(1, 0.3, "", zorder=4)
    values = [ax.text(99, y + 0.3, "", ha="right", zorder=4) for y in (1, 0)]

    def move(num_bits, uses, store):
        name.set_text(f"chosen: {weights_name(num_bits)}")
        for bar, value, bits in zip(bars, values, (32, num_bits), strict=True):
            mac_pj, move_pj = split_pj(bits, uses, store)
            bar.set_width(100 * move_pj / (mac_pj + move_pj))
            value.set_text(f"{mac_pj + move_pj:.3g} pJ")

    return move
