"""Two figures of 01-networks: one pixel of one convolution, and a digit's way through a network."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from qlearn.networks import AvgPool, Conv2d, Dense, Flatten, ReLU, digits, fold, load

from .style import GREY, VERMILION
from .tiles import Numbers, Picture, tiles

# name: (network, place of its convolution); as trained, so that no bias comes in
LAYERS = {
    "1 channel in": ("digits_cnn", 0),
    "16 channels in": ("digits_cnn", 3),
    "16 in, depthwise": ("digits_mobilenet", 3),
}
WORDS = {Conv2d: "convolution", ReLU: "ReLU", AvgPool: "average pool", Flatten: "flatten"}
WORDS |= {Dense: "dense"}


@cache
def layer_and_maps(name):
    """A convolution, the channels that go into it for the first test digit, and what comes out."""
    which, at = LAYERS[name]
    net, x = load(which), digits("test")[0][:1]
    inside = [x, *net.outputs(x)]
    return net.layers[at], inside[at][0], inside[at + 1][0]


def window(maps, row, column):
    """The 3 x 3 pixels of each channel around this one, with zeros outside the image."""
    return np.pad(maps, ((0, 0), (1, 1), (1, 1)))[:, row : row + 3, column : column + 3]


def convolution(fig):
    """The window, the kernel, their products, and the pixel that is their sum."""
    axes = fig.subplots(1, 4)
    titles = "channels in", "kernel", "products", "channel out"
    pictures = [Picture(ax, title) for ax, title in zip(axes, titles, strict=True)]
    frames = [
        ax.add_collection(LineCollection([], colors=VERMILION, lw=2, zorder=5, clip_on=False))
        for ax in (axes[0], axes[3])
    ]
    numbers = [Numbers(ax) for ax in axes[1:3]]

    def update(layer="1 channel in", channel=0, row=3, column=3):
        conv, maps, out = layer_and_maps(layer)
        used = [channel] if conv.groups > 1 else range(len(maps))
        kernel = conv.W[channel]
        products = kernel * window(maps, row, column)[used]
        for image, data in zip(pictures[::3], (maps, out[[channel]]), strict=True):
            image.show(tiles(data))
        many = len(used) > 1
        for image, text, data in zip(pictures[1:3], numbers, (kernel, products), strict=True):
            image.show(tiles(data) if many else tiles(data, ring=0) / 2)  # pale below numbers
            text.show([] if many else data.ravel())
        side = int(np.ceil(np.sqrt(len(maps))))
        corners = [(10 * (k % side) + column, 10 * (k // side) + row) for k in used]
        frames[0].set_segments(squares(corners, 3, 10 * side))
        frames[1].set_segments(squares([(column + 1, row + 1)], 1, 10))
        return pixel_caption(products, len(maps), row, column)

    return update


def squares(corners, size, whole):
    """Squares of this size at these corners, in shares of a picture `whole` pixels wide."""
    outline = size * np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    return [(np.array(corner) + outline) / whole for corner in corners]


def pixel_caption(products, channels, row, column):
    """The pixel as a sum, in words."""
    outside = 9 - (min(row, 1) + 1 + min(7 - row, 1)) * (min(column, 1) + 1 + min(7 - column, 1))
    wide = f" from {channels} channels" if len(products) > 1 else ""
    said = f"{products.size} products{wide} sum to {products.sum():.2f}, the framed pixel"
    edge = f"; {outside * len(products)} fall on padding and are 0" if outside else ""
    return f"{said}{edge}."


@cache
def steps(digit):
    """What the first test digit of a class is after each layer of digits_cnn, seed 0, folded."""
    x, y = digits("test")
    image = x[y == digit][:1]
    maps = [image, *fold(load("digits_cnn")).outputs(image)]
    return [values[0] for values in maps]


@cache
def layer_names():
    """Each layer of digits_cnn in words; those that come several times are numbered."""
    words = [WORDS[type(layer)] for layer in fold(load("digits_cnn")).layers]
    many = [words[: i + 1].count(w) if words.count(w) > 1 else "" for i, w in enumerate(words)]
    return ["image", *(f"{w} {n}".strip() for w, n in zip(words, many, strict=True))]


def walk(fig):
    """All channels after a layer, and the range of values and the shape after each one so far."""
    left, right = fig.subplots(1, 2, width_ratios=[1.6, 1])
    image, names = Picture(left, "what comes out, a tile a channel"), layer_names()
    shapes = [" × ".join(map(str, values.shape)) for values in steps(0)]
    right.set(xlim=(-17, 38), ylim=(len(names) - 0.4, -0.6), yticks=range(len(names)))
    right.set(
        yticklabels=[f"{n}  {i:\N{FIGURE SPACE}>2}" for i, n in enumerate(names)],
        xticks=[-10, 0, 10],
    )
    right.set_title("range of values, and shape")
    for i, shape in enumerate(shapes):
        right.text(37.5, i, shape, ha="right", va="center_baseline")
    right.tick_params(axis="y", length=0)
    right.axvline(0, color=GREY, lw=1)
    bars = right.add_collection(LineCollection([], colors=GREY, lw=5, zorder=4))
    (here,) = right.plot([], [], "s-", color=VERMILION, lw=5, zorder=5)
    cover = right.add_patch(Rectangle((17, 0), 21, 0, color="white", zorder=4))

    def update(digit=3, layer=1):
        """What comes after the chosen layer stays hidden: it is there to be predicted."""
        values = steps(digit)
        ends = [(v.min(), v.max()) for v in values]
        now = values[layer]
        image.show(tiles(now if now.ndim == 3 else now[:, None, None]))
        bars.set_segments(
            [[(low, i), (high, i)] for i, (low, high) in enumerate(ends[: layer + 1])]
        )
        cover.set(y=layer + 0.5, height=len(names) - 0.95 - layer)
        here.set_data(ends[layer], [layer, layer])
        return walk_caption(digit, layer, now)

    return update


def walk_caption(digit, layer, now):
    """How many numbers there are, and between which values they lie."""
    name, low, high = layer_names()[layer], now.min(), now.max()
    if name == "dense":
        first = now.argmax()
        return (
            f"Ten logits from {low:.2f} to {high:.2f}; the largest says {first}, it is a {digit}."
        )
    if name == "flatten":
        return f"Flatten: the same {now.size} numbers in a row, from {low:.2f} to {high:.2f}."
    where = "The image" if name == "image" else f"After {name}"
    return f"{where}: {now.size:,} numbers from {low:.2f} to {high:.2f}."
