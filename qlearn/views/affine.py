"""Two figures of 11-affine: the map from numbers to codes, and the staircase it makes."""

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.numbers import Affine, floor, half_even

from .style import BLACK, BLUE, GREEN, GREY, PALE, SKY, VERMILION

BEADS = np.array([-1.0, -0.5, 0.0, 0.3, 2.0])
LOW, HIGH = -1.5, 2.5  # what the code line spans on the paper


def affine_map(fig):
    """Real numbers above, codes below, a strand from every level to its code."""
    ax = fig.subplots()
    ax.set(xlim=(-2.1, 3.1), ylim=(-0.5, 1.42), yticks=[0, 1], yticklabels=["codes", "numbers"])
    ax.set_xticks(np.arange(-2, 3.5, 0.5))
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.hlines([0, 1], -2.1, 3.1, color=GREY, lw=1)
    shade = ax.axvspan(0, 1, ymin=0.72, ymax=0.84, color=SKY, alpha=0.5)
    strands = ax.add_collection(LineCollection([], colors=GREY, lw=0.8))
    (zero,) = ax.plot([0, 0], [1, 0], "D-", color=GREEN, lw=4, ms=11)
    beads = ax.add_collection(LineCollection([], colors=VERMILION, lw=2, ls=[(0, (4, 2))]))
    (ends,) = ax.plot([], [], "o", color=VERMILION)
    texts = [ax.text(0, 0, "", ha="center", va="top") for _ in BEADS]
    ax.text(3.1, 1.3, "shaded: the range", ha="right", color=BLUE)

    def update(xmin=-0.5, xmax=1.5, num_bits=8, symmetric=False):
        if xmin > xmax:
            raise ValueError(f"The lower limit {xmin:g} lies above the upper limit {xmax:g}")
        Q = Affine.from_range(xmin, xmax, num_bits, symmetric=symmetric)

        def place(q):
            return LOW + (HIGH - LOW) * (q - Q.qmin) / (Q.qmax - Q.qmin)

        q = np.arange(Q.qmin, Q.qmax + 1, max(1, 2 ** (num_bits - 4)))
        codes = Q.quantize(BEADS).astype(int)
        strands.set_segments(
            [[(a, 1), (b, 0)] for a, b in zip(Q.dequantize(q), place(q), strict=True)]
        )
        beads.set_segments([[(a, 1), (b, 0)] for a, b in zip(BEADS, place(codes), strict=True)])
        ends.set_data([*BEADS, *place(codes)], [1] * 5 + [0] * 5)
        zero.set_xdata([0, place(Q.zero_point)])
        low, high = min(xmin, 0), max(xmax, 0)
        shade.set_x(low)
        shade.set_width(high - low)
        label_codes(texts, codes, place)
        return map_caption(Q, xmin, xmax)

    return update


def label_codes(texts, codes, place):
    """Write each code below its place, where the one before it leaves room."""
    last = -np.inf
    for text, code in zip(texts, codes, strict=True):
        free = place(code) > last + 0.2
        text.set(position=(place(code), -0.1), text=f"{code}" if free else "")
        last = place(code) if free else last


def map_caption(Q, xmin, xmax):
    """The map in words: zero is exact, the ends are not."""
    end = xmax if xmax > 0 else xmin
    z, back = Q.zero_point, Q(np.array([end]))[0]
    plus = f" {'-+'[z > 0]} {abs(z)}" if z else ""
    wider = "" if xmin <= 0 <= xmax else " The range was widened: zero must have a code."
    if xmin == xmax == 0:
        return f"A range without width: any scale would do, so it is 1; 0 is code {z} exactly."
    return (
        f"code = round(x / {Q.scale:.3g}){plus}: 0 is code {z} exactly; "
        f"{end:g} comes back as {back:.4g}.{wider}"
    )


RULES = {"half-even": half_even, "floor": floor}


def staircase(fig):
    """What comes back, and how far off it is, for every x: rounding inside, clipping outside."""
    left, right = fig.subplots(1, 2)
    x = np.linspace(-1.6, 2.6, 1681)
    for ax, title in (left, "what comes back"), (right, "error (hatched: clipping)"):
        ax.set(xlim=(-1.6, 2.6), title=title, xlabel="x")
        ax.axvspan(-0.5, 1.5, color=SKY, alpha=0.25)
    left.plot(x, x, color=GREY, lw=1)
    right.set_ylim(-1.4, 1.4)
    for low, high in (-1.6, -0.5), (1.5, 2.6):
        right.axvspan(low, high, fc="none", ec=PALE, hatch="//")
    (stairs,), (saw,) = left.plot(x, x, color=VERMILION), right.plot(x, x, color=VERMILION)
    limits = [right.axhline(0, color=BLACK, ls="--", lw=1) for _ in range(2)]
    hairs = [ax.axvline(0, color=BLUE, lw=1) for ax in (left, right)]
    dots = [ax.plot(0, 0, "o", color=BLUE)[0] for ax in (left, right)]

    def update(num_bits=3, rounding="half-even", at=0.9):
        Q = Affine.from_range(-0.5, 1.5, num_bits)
        x_hat, back = (Q(v, RULES[rounding]) for v in (x, np.array([at])))
        stairs.set_ydata(x_hat)
        saw.set_ydata(x_hat - x)
        for line, limit in zip(limits, (-Q.scale / 2, Q.scale / 2), strict=True):
            line.set_ydata([limit, limit])
        for hair, dot, y in zip(hairs, dots, (back[0], back[0] - at), strict=True):
            hair.set_xdata([at, at])
            dot.set_data([at], [y])
        return stairs_caption(Q, rounding, at, back[0])

    return update


def stairs_caption(Q, rounding, at, back):
    """How far off one number comes back, and which of the two errors that is."""
    error = f"{Q.num_bits} bits: {at:g} comes back as {back:.3f}, off by {back - at:+.3f}"
    if not Q.qmin <= RULES[rounding](np.array([at / Q.scale]))[0] + Q.zero_point <= Q.qmax:
        return error + ": clipping, which no bit cures."
    if rounding == "floor":
        return f"{error}; floor is off by up to a whole step, {Q.scale:.3f}, and always down."
    return f"{error}; half a step, the dashed limit, is {Q.scale / 2:.3f}."
