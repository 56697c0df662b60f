"""The figure of 13-calibrate: a threshold trades clipping for rounding, and where they balance."""

import numpy as np

from .style import BLACK, BLUE, GREY, PURPLE, SKY, VERMILION
from .thresholds import (
    EDGES,
    MARKS,
    SHARES,
    body_sqnr,
    level_places,
    marked,
    shares,
    valley_curves,
    values,
)


def valley(fig):
    """Left the tensor and what is cut off, right both errors against the threshold."""
    left, right = fig.subplots(1, 2)
    left.set(xlim=(-105, 105), ylim=(4e-6, 3), yscale="log", yticks=[])
    left.set_yticks([], minor=True)
    left.set_title("values (log), levels, what is cut off", pad=12)  # clear of what moves
    left.set_xlabel("% of the largest value")
    right.set(xlim=(1.8, 115), ylim=(3e-6, 100), xscale="log", yscale="log")
    right.set_xticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"], minor=False)
    right.set_xticks([], minor=True)
    right.set_yticks([1e-4, 1e-2, 1])
    right.set_yticks([], minor=True)
    right.set_title("error / signal: clipping (- -) + rounding (···)", pad=12)
    right.set_xlabel("threshold T (% of the largest value)")
    bars = left.stairs(np.ones(61), EDGES, fill=True, color=SKY, baseline=1e-9)
    # An edge below one point is not moved to whole pixels, where 256 would make a pattern.
    (levels,) = left.plot([], [], "|", color=VERMILION, ms=14, mew=0.9)
    cut = [left.axvspan(a, a + 5, fc="none", ec=GREY, hatch="//", lw=0) for a in (-105, 100)]
    walls = [left.axvline(0, color=BLACK, lw=1) for _ in range(2)]
    styles = ("--", BLUE), (":", VERMILION), ("-", BLACK)
    lines = [right.plot(SHARES, 0 * SHARES, ls, color=color)[0] for ls, color in styles]
    marks = [right.plot([], [], marker=m, color=PURPLE, ms=11)[0] for m in MARKS]
    (feet,) = right.plot([], [], "o", color=PURPLE, ms=5)
    (point,) = right.plot([], [], "o", color=VERMILION, ms=10)

    def update(threshold=100, num_bits=4, tensor="Laplace", reveal=False):
        _, clipping, rounding = valley_curves(tensor, num_bits)
        total = clipping + rounding
        bars.set_data(shares(tensor))
        at = level_places(tensor, threshold, num_bits)
        levels.set_data(at, np.full(len(at), 9e-6))
        low = -105 if tensor == "ReLU outputs" else -threshold
        for span, (a, b) in zip(cut, [(-105, low), (threshold, 105)], strict=True):
            span.set_x(a)
            span.set_width(b - a)
        for wall, x in zip(walls, (low, threshold), strict=True):
            wall.set_xdata([x, x])
        for line, y in zip(lines, (clipping, rounding, total), strict=True):
            line.set_ydata(y if reveal else np.full(99, np.nan))
        places = marked(tensor, num_bits) if reveal else np.full(len(MARKS), np.nan)
        for mark, x, row in zip(marks, places, places.argsort().argsort() % 3, strict=True):
            mark.set_data([x], [[40, 12, 3.5][row]])  # three rows: neighbours do not collide
        feet.set_data(places, np.interp(places, SHARES, total))
        point.set_data([threshold], total[[threshold - 2]])
        return valley_caption(tensor, num_bits, threshold, reveal)

    return update


def valley_caption(tensor, num_bits, threshold, reveal):
    """What the threshold cuts off, what that costs and buys; revealed, where the best one lies."""
    T, clipping, rounding = valley_curves(tensor, num_bits)
    total, i = clipping + rounding, threshold - 2
    dB = -10 * np.log10(total)
    said = f"T = {T[i]:.3g}: {dB[i]:.1f} dB"
    if tensor == "one outlier":
        body = body_sqnr(float(T[i]), num_bits)
        said += f" in all, but {body:.1f} dB for the 99,999 others"
    elif threshold == 100:
        said += ", nothing is cut off"
    else:
        cut = 100 * np.mean(np.abs(values(tensor)) > T[i])
        said += f" ({dB[i] - dB[-1]:+.1f}), {cut:.2g} % of the values cut off; clipping makes "
        said += f"{100 * clipping[i] / total[i]:.0f} % of the error"
    best = total.argmin()
    return said + (
        f". The lowest point is T = {T[best]:.3g}, {dB[best]:.1f} dB." if reveal else "."
    )
