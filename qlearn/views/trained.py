"""A figure of 53-lsq, a network that learns at 2 bits; and the runs that its tables share."""

from copy import deepcopy
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from qlearn.networks import digits, fold, load
from qlearn.networks.measure import Scores, compare_logits, float_twin
from qlearn.numbers import Affine, minmax_range, mse_range

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILION

STARTS = {"least error": mse_range, "min/max": minmax_range}
RATES = {2: 5e-3, 3: 1e-3, 4: 1e-3}
ACCURACIES = [NO_GUESS, 60, 70, 80, 90, 95, 97, 98, 99, 100]


class Run(NamedTuple):
    """A trained torch model, its logits on the test digits, and what was seen on the way."""

    model: object
    logits: np.ndarray
    seen: list


def grids(start, num_bits):
    """(fit_weights, fit_inputs): symmetric, a scale a channel; inputs asymmetric, one scale."""

    def fit(x, **how):
        ends = STARTS[start](x, num_bits, **how)
        return Affine.from_range(*ends, num_bits, symmetric="symmetric" in how)

    return partial(fit, axis=0, symmetric=True), fit


@cache
def begin(seed, num_bits, start, how):
    """digits_cnn of a seed with quantizers on it, not yet trained: PTQ.

    how: the scales are "learned", "kept", or the ranges "tracked" (they follow min and max).
    """
    from qlearn.qat import FakeQuantize, Tracked, quantize_model, to_torch

    if how == "kept":  # as it was, so that the scales are not searched again
        model = deepcopy(begin(seed, num_bits, start, "learned"))
        for module in model.modules():
            module.requires_grad_(not isinstance(module, FakeQuantize))
        return model
    net, images = to_torch(fold(load("digits_cnn", seed))), digits("calibration")[0][::3]
    return quantize_model(
        net, *grids(start, num_bits), images, wrap=Tracked if how == "tracked" else FakeQuantize
    )


@cache
def run(seed, num_bits, steps, start="least error", how="learned"):
    """The same after steps of 64 digits each, a multiple of 4; seed 0 is watched."""
    from qlearn.qat import train

    model, (x, y) = begin(seed, num_bits, start, how), digits("train")
    seen = [look(model)] if seed == 0 else []

    def four(i):
        """The digits of four steps."""
        at = np.arange(256 * i, 256 * (i + 1)) % len(x)
        return x[at], y[at]

    if steps:
        options = dict(seed=seed, rate=RATES[num_bits], watch=None if seed else look)
        model, history = train(model, four, steps // 4, **options)
        seen += history.watched
    return Run(model, logits(model, digits("test")[0]), seen)


def logits(model, x):
    """What a torch model says of images, as an array."""
    import torch

    with torch.no_grad():
        return model.eval()(torch.from_numpy(x)).numpy()


def look(model):
    """Accuracy on the calibration digits (%), and each layer's input and mean weight scale."""
    x, y = digits("calibration")
    pairs = [(m.inputs, m.weights) for m in model.modules() if hasattr(m, "inputs")]
    scales = [[Q.scale.mean().item() for Q in pair] for pair in pairs]
    return 100 * np.mean(logits(model, x).argmax(axis=1) == y), np.array(scales)


def scores(num_bits, steps, start="least error", how="learned"):
    """Scores on the test digits over five seeds, beside the float network; 32 bits: its own."""
    rows = []
    for seed in range(5):
        _, twin = float_twin("digits_cnn", seed, "test", False)
        ours = twin if num_bits == 32 else run(seed, num_bits, steps, start, how).logits
        rows.append(compare_logits(ours, twin, digits("test")[1]))
    return Scores(*np.array(rows).T)


def learning(fig):
    """Seed 0 at 2 bits: accuracy while it trains, and where its scales go."""
    left, right = fig.subplots(1, 2)
    titles = "calibration digits right (%)", "scale: now / at the start (- - weights)"
    for ax, title in zip((left, right), titles, strict=True):
        ax.set(xlim=(-1.5, 50), xticks=range(0, 49, 8), xlabel="steps of 64 digits", title=title)
    x, y = digits("calibration")
    floats = 100 * np.mean(fold(load("digits_cnn"))(x).argmax(axis=1) == y)
    left.set_ylim(28, 114)
    left.axhline(floats, color=GREY, ls="--", lw=1.5)
    left.text(0, floats + 2, "float", color=GREY)
    right.set(ylim=(0.6, 1.7), yscale="log")
    right.set_yticks([0.7, 1, 1.4], ["0.7", "1", "1.4"])
    right.minorticks_off()
    right.axhline(1, color=GREY, lw=1)
    (curve,) = left.plot([], [], ".-", color=VERMILION)
    (point,) = left.plot([], [], "o", color=VERMILION, ms=11)
    (guessed,) = left.plot([], [], "D", mfc="none", mec=PURPLE, mew=2, ms=12)
    colours = BLUE, VERMILION, GREEN, BLACK
    lines = [right.plot([], [], ls, color=c)[0] for c in colours for ls in ("-", "--")]
    right.legend(lines[::2], ["conv 1", "conv 2", "conv 3", "dense"], ncols=2, loc="upper right")

    def update(guess=NO_GUESS, start="least error", steps=0):
        seen = run(0, 2, 48, start).seen[: 1 + steps // 4]
        at, right_ones = 4 * np.arange(len(seen)), [one for one, _ in seen]
        curve.set_data(at, right_ones)
        point.set_data(at[-1:], right_ones[-1:])
        guessed.set_data(*(([], []) if guess == NO_GUESS else ([48], [guess])))
        ratios = np.array([scales for _, scales in seen]) / seen[0][1]
        for line, ratio in zip(lines, ratios.reshape(len(seen), -1).T, strict=True):
            line.set_data(at, ratio)
        return learned(guess, steps, right_ones[-1], ratios[-1], floats)

    return update


def learned(guess, steps, now, ratios, floats):
    """How many digits are right by now, beside the float network and the guess."""
    if not steps:
        return f"Rounded to 2 bits, not yet trained: {now:.0f} % right. Float: {floats:.0f} %."
    said = f"After {steps} steps {now:.0f} % are right"
    if guess != NO_GUESS:
        said += f"; you said {guess}{' for the end' * (steps < 48)}"
    return f"{said}. The scale that moved most: by {100 * np.abs(ratios - 1).max():.0f} %."
