"""The opening figure: one network, fewer bits. Every move classifies the 540 test digits again."""

from functools import cache

import numpy as np

from qlearn.hardware import cost
from qlearn.networks import Sequential, compare_logits, digits, fold, load, with_bits

from .controls import NO_GUESS
from .style import BLACK, BLUE, GREY, PALE, PURPLE, VERMILION

BITS = range(2, 9)
CLIFF = 90  # percent of digits right: below it we call the network broken
COSTS = "bytes", "energy_uj", "time_ms"


@cache
def floats(name):
    """Seed 0 of a shipped network, folded, its logits on the test digits, and its cost."""
    net = fold(load(name, seed=0))
    return net, net(digits("test")[0]), cost(net, "cortex-m4")


@cache
def quantized(name, *bits):
    """Seed 0 with so many bits: num_bits, input_bits, per_channel; calibrated once."""
    return with_bits(*bits)(floats(name)[0], digits("calibration")[0])


def classify(name, *bits):
    """Percent of the test digits right, and of decisions changed: the whole network, run again."""
    x, y = digits("test")
    return compare_logits(quantized(name, *bits)(x), floats(name)[1], y)[:2]


@cache
def accuracies(name, input_bits, per_channel):
    """Percent of test digits right at each width of the weights."""
    return np.array([classify(name, b, input_bits, per_channel)[0] for b in BITS])


def feature_map(net, image):
    """All channels after the second convolution and its ReLU, of one image."""
    return Sequential(net.layers[:4])(image)[0]


def one_network(fig, name="digits_cnn"):
    """Accuracy against bits, a feature map before and after, and four costs beside float32."""
    net, _, float_cost = floats(name)
    image = digits("test")[0][:1]
    maps = feature_map(net, image)
    channel = maps.sum(axis=(1, 2)).argmax()
    axes = fig.subplot_mosaic("AFC;AQC", width_ratios=[5, 1.8, 4])
    move_point = accuracy_panel(axes["A"])
    move_map = map_panels(axes["F"], axes["Q"], maps[channel])
    move_bars = cost_panel(axes["C"])

    def update(guess=NO_GUESS, num_bits=8, input_bits=8, per_channel=False):
        q = quantized(name, num_bits, input_bits, per_channel)
        right, changed = classify(name, num_bits, input_bits, per_channel)
        price = cost(q, "cortex-m4")
        curve = None if guess == NO_GUESS else accuracies(name, input_bits, per_channel)
        move_point(num_bits, right, guess, curve)
        move_map(feature_map(q, image)[channel])
        move_bars(price, float_cost, changed)
        return caption(num_bits, right, float_cost.bytes / price.bytes, guess, curve)

    return update


def depthwise_network(fig):
    """The same figure for digits_mobilenet, whose kernels see one channel each."""
    return one_network(fig, "digits_mobilenet")


def caption(num_bits, right, smaller, guess, curve):
    """What a person would say of this state, and the answer once a guess is made."""
    said = f"Weights of {num_bits} bits: {right:.1f} % right, {smaller:.1f} times smaller"
    if curve is None:
        return said + " than float32."
    broken = [b for b, a in zip(BITS, curve, strict=True) if a < CLIFF]
    if not broken:
        return f"{said}. You said {guess}, yet here even 2 bits stay above {CLIFF} %."
    answer = "so it is" if guess == max(broken) else f"it is {max(broken)}"
    return f"{said}. You said it falls below {CLIFF} % at {guess} bits: {answer}."


def accuracy_panel(ax):
    """Percent right against bits: the present point, and once guessed the whole curve."""
    # What moves lies on top (zorder), so that nothing else is drawn again.
    ax.set(xlim=(1.6, 8.4), ylim=(0, 104), xticks=BITS, xlabel="bits of the weights")
    ax.set_yticks([0, 20, 40, 60, 80, CLIFF, 100])
    ax.set_title("digits right (%)")
    ax.axhline(CLIFF, color=BLACK, ls="--", lw=1)
    ax.axhline(10, color=GREY, ls=":")
    ax.text(8.3, 14, "guessing", color=GREY, ha="right")
    (curve_line,) = ax.plot(BITS, np.full(len(BITS), np.nan), ".-", color=BLUE, zorder=4)
    (diamond,) = ax.plot(8, CLIFF, "D", mfc="none", mec=PURPLE, mew=2, ms=12, zorder=4)
    (point,) = ax.plot(8, 100, "o", color=VERMILION, ms=11, zorder=4)

    def move(num_bits, right, guess, curve):
        point.set_data([num_bits], [right])
        diamond.set_data([8 if curve is None else guess], [CLIFF])
        diamond.set_visible(curve is not None)
        curve_line.set_ydata(np.full(len(BITS), np.nan) if curve is None else curve)

    return move


def map_panels(above, below, before):
    """One channel of one digit, float above, quantized below, on the same grey scale."""
    images = []
    for ax, title in (above, "float"), (below, "quantized"):
        ax.set(xticks=[], yticks=[], title=title)
        images.append(ax.imshow(before, cmap="Greys", vmin=0, vmax=before.max()))
    off = below.text(0.5, -0.08, "", transform=below.transAxes, ha="center", va="top")

    def move(after):
        images[1].set_data(after)
        error = np.linalg.norm(after - before) / np.linalg.norm(before)
        off.set_text(f"off by {100 * error:.0f} %")

    return move


def cost_panel(ax):
    """Four bars: what is left of float32's bytes, energy and time, and the decisions changed."""
    names = ["stored (exact)", "energy floor (est.)", "M4 time (est.)", "decisions changed"]
    ax.set(xlim=(0, 100), ylim=(3.5, -0.75), yticks=[], xlabel="% of float32, or of decisions")
    bars = ax.barh(range(4), [0] * 4, height=0.34, color=VERMILION, zorder=4)
    for bar, name in zip(bars, names, strict=True):
        ax.text(1, bar.get_y() - 0.08, name)
        if name != names[-1]:
            ax.barh(bar.get_y() + 0.17, 100, height=0.34, color=PALE, zorder=0)
    values = [ax.text(99, bar.get_y() - 0.08, "", ha="right", zorder=4) for bar in bars]

    def move(price, float_cost, changed):
        pairs = [[getattr(c, n) for c in (price, float_cost)] for n in COSTS]
        shares = [100 * ours / theirs for ours, theirs in pairs]
        words = [f"{price.bytes / 1000:.1f} kB", f"{price.energy_uj:.1f} µJ"]
        words += [f"{price.time_ms:.1f} ms", f"{changed:.1f} %"]
        for bar, value, share, word in zip(bars, values, [*shares, changed], words, strict=True):
            bar.set_width(share)
            value.set_text(word)

    return move
