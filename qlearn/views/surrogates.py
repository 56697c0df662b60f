"""A figure of 51-ste: made-up slopes side by side, at the end of a range and at a sign."""

from functools import cache, partial

import numpy as np

from .style import BLACK, BLUE, GREEN, GREY, PALE, PURPLE, VERMILION

ORDERS = ["straight", "round_then_clip", "clip_then_round"]
ROWS = ["identity", "round, then clip", "clip, then round"]
SIGNS = {
    "identity": lambda ste, sharp: partial(ste.straight, qmin=-1, qmax=1),
    "clipped": lambda ste, sharp: ste.sign_ste,
    "ApproxSign": lambda ste, sharp: ste.approx_sign,
    "EDE": lambda ste, sharp: partial(ste.ede, progress=0.8 * sharp),
    "SwishSign": lambda ste, sharp: partial(ste.swish_sign, beta=1 + 4 * sharp),
    "tanh-soft rounding": lambda ste, sharp: partial(ste.round_soft, alpha=0.95 - 0.9 * sharp),
}
STYLES = [(GREY, "--"), (BLUE, "-"), (GREEN, "--"), (VERMILION, "-."), (PURPLE, ":"), (BLACK, "-")]
NEAR, FAR = np.linspace(5.5, 9, 1401), np.geomspace(8, 100, 400)
ALL = np.concatenate([-FAR[::-1], np.linspace(-8, 8, 8001)[1:-1], FAR])
DRAWN = np.sort([*np.linspace(-2, 2, 161), -1 - 1e-6, 1 + 1e-6])  # edges stand upright


def slope_of(f, x):
    """The slope that f claims at each x of an array."""
    import torch

    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(x).sum().backward()
    return x.grad.numpy()


@cache
def ends():
    """The slopes of the three orders on codes -8 .. 7, near the last code: shape (3, 1401)."""
    from qlearn.qat import ste

    return np.array([slope_of(partial(getattr(ste, f), qmin=-8, qmax=7), NEAR) for f in ORDERS])


@cache
def pretended(name, sharp):
    """The slope of one stand-in at DRAWN."""
    from qlearn.qat import ste

    return slope_of(SIGNS[name](ste, sharp), DRAWN)


@cache
def area_of(name, sharp):
    """The area under the slope of one stand-in; for rounding, in one cell."""
    from qlearn.qat import ste

    x = ALL / 200 if "tanh" in name else ALL
    return np.inf if name == "identity" else np.trapezoid(slope_of(SIGNS[name](ste, sharp), x), x)


def zoo(fig):
    """Left, three gradients at the end of a range; right, stand-ins for the slope of a step."""
    left, right, names = fig.subplots(1, 3, width_ratios=[1, 1, 0.55])
    left.set(xlim=(5.5, 9), ylim=(-0.25, 3.1), yticks=[2.3, 1.3, 0.3], xlabel="x, codes -8 to 7")
    left.set_yticklabels(ROWS)
    left.set_title("does the gradient pass?")
    left.axvline(7, color=GREY, ls=":", lw=1.5)
    for row, passed in zip((2, 1, 0), ends(), strict=True):
        left.fill_between(NEAR, row, row + 0.6 * passed, step="mid", fc=PALE, ec=BLUE, lw=1.5)
    hair = left.axvline(7.4, color=VERMILION, ls="--")
    (marks,) = left.plot([], [], "o", color=VERMILION, ms=10)
    right.set(xlim=(-2.2, 2.2), ylim=(-1.2, 5.4), xlabel="x", title="the slope that is claimed")
    right.grid(True)
    looks = zip(SIGNS, STYLES, strict=True)
    curves = {name: right.plot([], [], color=c, ls=ls)[0] for name, (c, ls) in looks}
    names.axis("off")  # beside the axes, so that it need not be drawn again
    names.legend(curves.values(), curves.keys(), loc="center", handlelength=1.8)
    shade = right.fill_between(DRAWN, 0 * DRAWN, fc=PALE, ec="none", alpha=0.8)

    def update(x=6.4, stand_in="clipped", sharpness=0.5):
        at = int(np.abs(NEAR - x).argmin())
        passed = ends()[:, at]
        hair.set_xdata([x, x])
        marks.set_data([x] * 3, np.array([2, 1, 0]) + 0.6 * passed)
        for name, curve in curves.items():
            curve.set_data(DRAWN, pretended(name, sharpness))
            curve.set_linewidth(4 if name == stand_in else 1.2)
        shade.set_data(DRAWN, 0, pretended(stand_in, sharpness))
        said = ", ".join(f"{p:.0f}" for p in passed)
        area = in_words(area_of(stand_in, sharpness))
        cell = " of one cell" if "tanh" in stand_in else ""
        return f"x = {x:g}: gradients {said}. {stand_in}: the area{cell} is {area}."

    return update


def in_words(area):
    """An area for the caption."""
    return f"{area:.2f}" if np.isfinite(area) else "without end"
