"""Two figures of 16-error: decibels against bits, and rounding errors as the step grows."""

from functools import cache
from statistics import NormalDist

import numpy as np

from qlearn.networks import digits, fold, load
from qlearn.numbers import Affine, minmax_range, mse, mse_range, rounding_noise, sqnr

from .controls import NO_GUESS
from .limit import limit
from .style import BLACK, BLUE, GREEN, GREY, PALE, PURPLE, VERMILION

LADDERS = ["uniform", "Gaussian", "Gaussian, float16", "weights", "ReLU outputs"]
BITS = np.arange(2, 17)
ROUNDED = ["Gaussian", "Laplace", "uniform", "weights", "ReLU outputs"]
STEPS = np.arange(1, 41) / 10
N = 20_000


@cache
def numbers(data, n=N):
    """n numbers by their name, evenly over their distribution, or out of digits_cnn, seed 0."""
    if data == "weights":
        return fold(load("digits_cnn")).layers[5].W.ravel()
    if data == "ReLU outputs":
        return fold(load("digits_cnn")).outputs(digits("calibration")[0][::9])[3].ravel()
    x = (2 * np.arange(n) + 1) / n - 1  # no dice: the same on every machine
    if data in ("uniform", "Laplace"):
        return x if data == "uniform" else -np.sign(x) * np.log1p(-np.abs(x))
    return np.array([NormalDist().inv_cdf(p) for p in (x + 1) / 2])


@cache
def ladder(data, find):
    """SQNR at 2 to 16 bits with an estimator's ranges, symmetric where there are negatives."""
    x = numbers(data)
    stored = x.astype(np.float16) if "float16" in data else x
    both = bool(x.min() < 0)
    grids = [
        Affine.from_range(*find(x, num_bits=b, symmetric=both), b, symmetric=both)
        for b in BITS.tolist()
    ]
    return np.array([sqnr(x, Q(stored)) for Q in grids])


def law(fig):
    """SQNR against bits with two ranges, the limit, and what each bit brought."""
    left, right = fig.subplots(1, 2)
    left.set(ylim=(-4, 112), title="SQNR (dB)")
    right.set(ylim=(-0.5, 9.5), title="what the last bit brought (dB)")
    for ax in left, right:
        ax.set(xlim=(1.5, 16.5), xticks=BITS[::2], xlabel="bits")
        ax.grid(True)
    six = right.axhline(6.0206, color=BLACK, ls="--", lw=1.5), right.text(15.2, 6.2, "6.02")
    answers = [limit(left, BITS, at=7), *left.texts, *six]
    looks = dict(color=BLUE, ls="-", marker="o"), dict(color=GREEN, ls="--", marker="s")
    curves = [[ax.plot([], [], **look, ms=4)[0] for ax in (left, right)] for look in looks]
    points = [left.plot([], [], **k, ms=m)[0] for k, m in zip(looks, (13, 8), strict=True)]
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    left.legend(points, ["min/max", "best range"], loc="lower right")

    def update(guess=NO_GUESS, data="Gaussian", num_bits=8, reveal=False):
        now, brought = [], []
        for answer in answers:
            answer.set_visible(reveal)
        finds = minmax_range, mse_range
        for find, (line, steps), point in zip(finds, curves, points, strict=True):
            dB = ladder(data, find)
            now.append(dB[num_bits - 2])
            brought.append(dB[num_bits - 2] - dB[num_bits - 3])
            point.set_data([num_bits], now[-1:])
            line.set_data(*((BITS, dB) if reveal else ([], [])))
            steps.set_data(*((BITS[1:], np.diff(dB)) if reveal else ([], [])))
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([num_bits], [guess])))
        return law_caption(guess, num_bits, now, brought if reveal else None)

    return update


def law_caption(guess, num_bits, now, brought):
    """Where the two ranges stand; with the guess, what the last bit brought them."""
    if brought is None:
        return f"{num_bits} bits: {now[1]:.1f} dB with the best range, {now[0]:.1f} with min/max."
    said = "" if guess == NO_GUESS else f"You said {guess:g} dB. "
    gains = f"the best range gains {brought[1]:.1f} dB, min/max {brought[0]:.1f}"
    return f"{said}From {num_bits - 1} to {num_bits} bits {gains}."


@cache
def rounding(data, step):
    """Rounded to steps of `step` sigma: the errors, in steps, in 25 bins, and three ratios.

    They are: noise / (scale^2 / 12), variance added / the same, correlation of error and x.
    """
    x = numbers(data, 5 * N).astype(np.float64)
    scale = step * x.std()
    x_hat = scale * np.round(x / scale)
    e = (x_hat - x) / scale
    bars = np.bincount(np.clip((25 * (e + 0.5)).astype(int), 0, 24), minlength=25) / len(x) * 25
    in_laws = np.array([mse(x, x_hat), x_hat.var() - x.var()]) / rounding_noise(scale)
    return bars, (*in_laws, np.corrcoef(x, e)[0, 1])


@cache
def ratios(data):
    """The three ratios at each of the steps: shape (3, 40)."""
    return np.array([rounding(data, step)[1] for step in STEPS.tolist()]).T


def lumpy(fig):
    """How the errors lie in a step, and what they do to noise and variance as it grows."""
    left, right = fig.subplots(1, 2, width_ratios=[1, 1.25])
    left.set(xlim=(-0.5, 0.5), ylim=(0, 3), xlabel="error (steps)", title="how often each error is")
    bars = left.stairs(np.ones(25), np.linspace(-0.5, 0.5, 26), fill=True, fc=PALE, ec=GREY)
    left.axhline(1, color=BLACK, ls="--", lw=1.5)
    right.set(xlim=(0, 4.1), ylim=(-1.3, 3.05), xlabel="step (sigma)", yticks=[-1, 0, 1, 2])
    right.set_title("promised: noise 1, added variance 1, correlation 0")
    right.grid(True)
    looks = (BLUE, "-", "o", 14), (VERMILION, "--", "s", 8), (GREEN, "-.", "^", 10)
    curves = [right.plot([], [], color=c, ls=ls)[0] for c, ls, *_ in looks]
    points = [right.plot([], [], color=c, ls=ls, marker=m, ms=s)[0] for c, ls, m, s in looks]
    (guessed,) = right.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    legend = dict(loc="upper left", ncols=3, columnspacing=1, handlelength=1.5)
    right.legend(points, ["noise", "added var.", "correlation"], **legend)

    def update(guess=NO_GUESS, data="Gaussian", step=0.5, reveal=False):
        shares, now = rounding(data, step)
        bars.set_data(shares)
        for point, curve, y, all_y in zip(points, curves, now, ratios(data), strict=True):
            point.set_data([step], [y])
            curve.set_data(*((STEPS, all_y) if reveal else ([], [])))
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([guess], [0.9])))
        return lumpy_caption(guess, step, now, ratios(data) if reveal else None)

    return update


def lumpy_caption(guess, step, now, curves):
    """How well the law does at this step; with the guess, where the added variance leaves it."""
    if curves is None:
        return f"Step {step:g} sigma: noise {now[0]:.2f}, added variance {now[1]:.2f} of the law's."
    off = np.abs(curves[1] - 1) > 0.1
    last = np.flatnonzero([True, *~off])[-1]  # off at all steps from this one on
    said = "The" if guess == NO_GUESS else f"You said {guess:g} sigma: the"
    often = off[:last].sum() * 2 >= last  # off before, too: no step to name
    where = f"at {off.sum()} of 40 steps" if often else f"from a step of {STEPS[last]:g} sigma on"
    return f"{said} added variance is off by a tenth {where}."
