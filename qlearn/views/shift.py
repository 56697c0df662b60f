"""A figure of 15-activations: networks in another light, with static and with dynamic ranges."""

from dataclasses import replace
from functools import cache

import numpy as np

from qlearn.networks import (
    Quantized,
    compare_logits,
    digits,
    fit_minmax,
    fold,
    load,
    quantize,
    verdict,
)
from qlearn.networks.measure import Scores
from qlearn.numbers import Affine, Dynamic, in_batches, mse_range

from .style import BLACK, BLUE, GREEN, VERMILION

NETWORKS = ["digits_cnn", "digits_mobilenet"]
BITS = [8, 4, 3]
LIGHT = np.arange(4, 11) / 10
# What a light does to the digits, as shifted takes it: brightness, noise.
LIGHTS = {"plain": (1.0, 0.0), "half as bright": (0.5, 0.0), "noisy": (1.0, 0.2)}
BATCH = 60  # images that a per-batch range is shared by


def shifted(x, brightness=1.0, noise=0.0, rng=None):
    """The same images darker, with Gaussian noise from the generator rng, clipped to [0, 1]."""
    if not 0 <= brightness <= 1 or not 0 <= noise:
        raise ValueError(f"brightness is {brightness}, noise {noise}: 0 to 1, and at least 0")
    if noise and not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {rng!r}: noise needs one such as np.random.default_rng(0)")
    drawn = rng.normal(size=x.shape) if noise else 0
    return np.clip(brightness * x + noise * drawn, 0, 1).astype(x.dtype)


def ways(num_bits):
    """Four ways to the range of a layer's inputs h: functions h -> quantizer."""
    return {
        "static": fit_minmax(num_bits),
        "static mse": lambda h: Affine.from_range(*mse_range(h, num_bits), num_bits),
        "per batch": lambda h: Dynamic(fit_minmax(num_bits)),
        "per image": lambda h: Dynamic(fit_minmax(num_bits, axis=0)),
    }


@cache
def network(name, seed=0):
    """A shipped network, folded."""
    return fold(load(name, seed))


@cache
def quantized(name, num_bits, way, seed=0):
    """A shipped network: 8-bit weights, a scale a channel; inputs in this way, num_bits wide."""
    fit_weights = fit_minmax(8, axis=0, symmetric=True)
    net, (x, _) = network(name, seed), digits("calibration")
    made = quantize(net, fit_weights, ways(num_bits)[way], x)
    return replace(made, layers=tuple(map(settled, made.layers)))


def settled(layer):
    """The same layer with its weights put on their grid now and not at each call."""
    if not isinstance(layer, Quantized):
        return layer
    return Quantized(replace(layer.layer, W=layer.W), inputs=layer.inputs)


def by_batch(net, x, size=BATCH):
    """The logits of images that come `size` at a time."""
    return np.concatenate([net(batch) for batch in in_batches(x, size)])


@cache
def logits(name, brightness, noise, num_bits=32, way=None, seed=0, every=1):
    """What a network says of the test digits in this light; 32 bits are the float network."""
    x = shifted(digits("test")[0][::every], brightness, noise, np.random.default_rng(seed))
    net = network(name, seed) if num_bits == 32 else quantized(name, num_bits, way, seed)
    return by_batch(net, x) if way == "per batch" else net(x)


def scores(name, num_bits, way, brightness=1.0, noise=0.0):
    """Scores over five seeds, each beside its own float network on the same shifted digits."""
    labels, light = digits("test")[1], (brightness, noise)
    pairs = [(logits(name, *light, num_bits, way, s), logits(name, *light, 32, None, s))
             for s in range(5)]  # fmt: skip
    return Scores(*np.array([compare_logits(*pair, labels) for pair in pairs]).T)


def brief(gains):
    """The verdict on one number a seed, its mean, and how many seeds gain; two fit in a line."""
    word = verdict(gains).split(":")[0].removesuffix(" here")
    return f"{word} {np.mean(gains):+z.1f}, {np.sum(gains > 0)} of {len(gains)}"


EVERY = 5  # the figure runs on 108 of the 540 test digits


@cache
def curves(name, num_bits, way):
    """(accuracy, SQNR of the logits) for each brightness, seed 0, on a fifth of the digits."""
    y, rows = digits("test")[1][::EVERY], []
    for b in LIGHT.tolist():
        floats = logits(name, b, 0.0, every=EVERY)
        accuracy, _, dB = compare_logits(logits(name, b, 0.0, num_bits, way, 0, EVERY), floats, y)
        rows.append((accuracy, dB, 100 * np.mean(floats.argmax(axis=1) == y)))
    return np.array(rows).T


STYLES = {"static": ("o-", VERMILION), "per batch": ("^:", BLUE), "per image": ("s--", GREEN)}
# Open, and each of its own size: where points fall together, all three can be seen.
OPEN = {"static": 17, "per batch": 12, "per image": 7}


def darkness(fig):
    """Accuracy and logit SQNR of a network while the light goes down."""
    left, right = fig.subplots(1, 2)
    left.set(ylim=(-4, 106), title="accuracy (%)")
    right.set(ylim=(-9, 50), title="SQNR of the logits (dB)")
    for ax in left, right:
        ax.set(xlim=(0.36, 1.04), xlabel="brightness")
        ax.grid(True)
    (floats,) = left.plot([], [], color=BLACK, lw=1, label="float")
    parts = {}
    for way, (style, color) in STYLES.items():
        lines = [ax.plot([], [], style, color=color, ms=6)[0] for ax in (left, right)]
        open_mark = dict(color=color, mfc="none", mew=2, ms=OPEN[way], zorder=3)
        points = [ax.plot([], [], style[0], **open_mark)[0] for ax in (left, right)]
        left.plot([], [], style, color=color, label=way)
        parts[way] = list(zip(lines, points, strict=True))
    left.legend(loc="lower right")

    def update(network="digits_mobilenet", num_bits=4, brightness=1.0, reveal=False):
        at = int(np.argmin(np.abs(LIGHT - brightness)))
        for way, pairs in parts.items():
            for y, (line, point) in zip(curves(network, num_bits, way), pairs, strict=False):
                line.set_data(*((LIGHT, y) if reveal else ([], [])))
                point.set_data([LIGHT[at]], [y[at]])
        static, own = (curves(network, num_bits, way) for way in ("static", "per image"))
        floats.set_data(*((LIGHT, own[2]) if reveal else ([], [])))
        said = f"Accuracy: static {static[0, at]:.0f} %, per image {own[0, at]:.0f} %"
        return f"{said}; the float network has {own[2, at]:.0f} %." if reveal else f"{said}."

    return update
