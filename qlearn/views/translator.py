"""The side track of 11-affine: one grid in the words of five conventions."""

import numpy as np

from qlearn.numbers import Affine

from .style import GREY, PURPLE, SKY

BITS = 4
CONVENTIONS = [
    "ours, ONNX, torch signed",
    "torch, TFLite unsigned",
    "the survey (its Z)",
    "symmetric, full range",
    "symmetric, narrow range",
]
COLUMNS = [2.8, 3.9, 4.95, 5.85, 6.75, 7.65, 8.55]


def naive(xmin, xmax):
    """What a library does that does not widen the range: its zero point is clipped to a code."""
    scale = (xmax - xmin) / 15
    return Affine(scale, np.clip(wished_zero_point(xmin, xmax), -8, 7), -8, 7)


def wished_zero_point(xmin, xmax):
    """The zero point that would put xmin on code -8, were it a code."""
    return round(-8 - 15 * xmin / (xmax - xmin))


def zero_fits(xmin, xmax):
    return -8 <= wished_zero_point(xmin, xmax) <= 7


def grids(xmin, xmax, hold_zero):
    """The quantizer of each convention; the survey's differs in the name of its zero point only."""
    Q = Affine.from_range(xmin, xmax, BITS) if hold_zero else naive(xmin, xmax)
    unsigned = Affine(Q.scale, Q.zero_point + 8, 0, 15)
    full = Affine.from_range(xmin, xmax, BITS, symmetric=True)
    narrow = Affine.from_range(xmin, xmax, BITS, symmetric=True, narrow_range=True)
    return Q, unsigned, Q, full, narrow


def translator(fig):
    """Five numbers, their codes in five conventions, and what comes back in the chosen one."""
    ax = fig.subplots()
    ax.set(xlim=(0, 9), ylim=(7.4, -0.6))
    ax.axis("off")
    lit = ax.axhspan(0.5, 1.5, color=SKY, alpha=0.35)
    rows = [[ax.text(x, y, "", ha="center", va="center") for x in COLUMNS] for y in range(7)]
    rings = ax.plot([], [], "o", mfc="none", mec=PURPLE, ms=26, mew=2)[0]
    for y, name in enumerate(["4 bits", *CONVENTIONS, "comes back as"]):
        ax.text(0.15, y, name, va="center", color=GREY if y in (0, 6) else "black")
    for cell, text in zip(rows[0], ["scale", "zero point", *[""] * 5], strict=True):
        cell.set(text=text, color=GREY)

    def update(xmin=-0.5, xmax=1.0, compare_with=CONVENTIONS[1], hold_zero=True):
        if xmin >= xmax:
            raise ValueError(f"The lower limit {xmin:g} is not below the upper limit {xmax:g}")
        numbers = np.array([xmin, -0.1, 0.0, 0.3, xmax])
        quantizers, chosen = grids(xmin, xmax, hold_zero), CONVENTIONS.index(compare_with)
        codes = np.array([Q.quantize(numbers).astype(int) for Q in quantizers])
        for y, Q in enumerate(quantizers, 1):
            z = f"Z = {-Q.zero_point}" if y == 3 else str(Q.zero_point)
            for cell, text in zip(rows[y], [f"{Q.scale:.4f}", z, *codes[y - 1]], strict=True):
                cell.set_text(str(text))
        back = quantizers[chosen](numbers)
        for cells, values in (rows[0], numbers), (rows[6], back):
            for cell, value in zip(cells[2:], values, strict=True):
                cell.set_text(f"{value:.3g}")
        differs = codes[chosen] != codes[0]
        rings.set_data(np.array(COLUMNS[2:])[differs], np.full(differs.sum(), chosen + 1))
        lit.set_y(chosen + 0.5)
        if not hold_zero and chosen < 3 and not zero_fits(xmin, xmax):
            return lost_zero_caption(xmin, xmax)
        return caption(quantizers, chosen)

    return update


def lost_zero_caption(xmin, xmax):
    """What goes wrong where the range is not widened and zero gets no code of its own."""
    Q, end = naive(xmin, xmax), max(xmin, xmax, key=abs)
    return (
        f"Zero has no code in this range: its zero point, {wished_zero_point(xmin, xmax)}, is "
        f"clipped to {Q.zero_point}, and {end:g} comes back as {Q(np.array([end]))[0]:.3g}."
    )


def caption(quantizers, chosen):
    """What changes between ours (the first row) and the chosen convention, and what does not."""
    ours, other = quantizers[0], quantizers[chosen]
    if chosen == 0:
        return f"Ours: zero is code {ours.zero_point}, and every library has a row below."
    if chosen == 1:
        return "Signed and unsigned differ by 8 in every code and in nothing else."
    if chosen == 2:
        return f"The survey subtracts {-ours.zero_point}, we add {ours.zero_point}: the same codes."
    return f"Symmetric: zero is code 0 and the step is {other.scale / ours.scale:.2f} times ours."
