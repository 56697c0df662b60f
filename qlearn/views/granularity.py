"""A figure of 14-granularity: one ruler or many for a layer."""

from functools import cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Rectangle

from qlearn.networks import fold, load
from qlearn.numbers import Affine, by_group, half_scales, minmax_range, sqnr

from .style import GREY, VERMILION

UNRULY = 20  # the row that the reader may make larger
# How many weights share a scale: the survey's layerwise, groupwise, channelwise, sub-channelwise.
SCOPES = {"tensor": 18432, "16 channels": 4608, "channel": 288}
SCOPES |= {f"{n} weights": n for n in (96, 32, 16, 8)}


def fit_rows(num_bits):
    """A fit: one symmetric min/max grid a row, its scales stored in 16 bits."""

    def fit(rows):
        return half_scales(Affine.from_range(*minmax_range(rows, axis=0), num_bits, symmetric=True))

    return fit


@cache
def layer(unruly):
    """The third convolution of digits_cnn, seed 0: a row a channel, one of them so much larger."""
    W = fold(load("digits_cnn")).layers[5].W.reshape(64, -1).copy()
    W[UNRULY] *= np.float32(unruly)
    return W


def quiet(W):
    """The rows that nobody touched."""
    return np.delete(W, UNRULY, axis=0)


def quantized(group_size, num_bits, unruly):
    """The layer after quantization with a scale a group."""
    W = layer(unruly)
    return by_group(fit_rows(num_bits), group_size)(W)(W)


@cache
def scores(group_size, num_bits, unruly):
    """(share of weights that became 0, SQNR in decibels) of the rows that nobody touched."""
    W, W_hat = quiet(layer(unruly)), quiet(quantized(group_size, num_bits, unruly))
    return np.mean(W_hat == 0), sqnr(W, W_hat)


class Picture(Artist):
    """Weights that fill an axes, |w| in 8 shades of grey, 0 in black; much quicker than imshow.

    The shades go by the largest weight of the untouched layer: one row changes no other.
    """

    def __init__(self, ax):
        super().__init__()
        self.set(in_layout=False, zorder=4)  # above titles and ticks, which then stay as they are
        self.rgba = np.full((*layer(1).shape, 4), 255, np.uint8)
        ax.add_artist(self)

    def show(self, W):
        share = np.minimum(np.abs(W) / np.abs(layer(1)).max(), 1)
        shade = 73 + 26 * np.floor(7 * np.sqrt(share))  # few shades keep the stored picture small
        self.rgba[..., :3] = (shade * (W != 0)).astype(np.uint8)[..., None]
        self.stale = True

    def draw(self, renderer):
        left, bottom, right, top = (round(edge) for edge in self.axes.bbox.extents)
        rows = np.arange(top - bottom)[::-1, None] * len(self.rgba) // (top - bottom)
        columns = np.arange(right - left) * self.rgba.shape[1] // (right - left)
        pixels = self.rgba.view(np.uint32)[rows, columns]  # one gather instead of four
        renderer.draw_image(renderer.new_gc(), left, bottom, pixels.view(np.uint8))
        self.stale = False


def rulers(fig):
    """A layer before and after, what one scale has to serve, and what that does to the others."""
    before, after, ax = fig.subplots(1, 3, width_ratios=[1, 1, 0.9])
    pictures = [Picture(panel) for panel in (before, after)]
    before.set(title="before: bright = large", ylabel="output channel")
    after.set(title="after: black = became 0")
    for panel, rows in (before, [0, UNRULY, 63]), (after, []):
        panel.set(xticks=[], yticks=rows, xlim=(-0.5, 287.5), ylim=(63.5, -0.5))
        panel.spines[:].set_visible(False)
    box = Rectangle((0, 0), 1, 1, fill=False, ec=VERMILION, lw=2.5, clip_on=False, zorder=5)
    before.add_patch(box)
    ax.set(xscale="log", xlim=(5e-4, 4), ylim=(-4, 54), title="SQNR of the other rows (dB)")
    ax.set_xlabel("bits a weight for scales")
    ax.set_xticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    overheads = 16 / np.array(list(SCOPES.values()))
    (curve,) = ax.plot(overheads, np.full(7, np.nan), "o--", mfc="white", color=GREY)
    (point,) = ax.plot([], [], "o", color=VERMILION, ms=11)

    def update(scope="tensor", num_bits=4, unruly=1, reveal=False):
        size = SCOPES[scope]
        # A scale that serves no other row leaves them as they are, whatever the unruly one does.
        curve_now = [scores(n, num_bits, unruly if n > 288 else 1) for n in SCOPES.values()]
        zeros, dB = curve_now[list(SCOPES).index(scope)]
        pictures[0].show(layer(unruly))
        pictures[1].show(quantized(size, num_bits, unruly))
        first = UNRULY * 288 // size * size  # the group in which the unruly row starts
        box.set_bounds(-0.5, first // 288 - 0.5, min(size, 288), max(size // 288, 1))
        gain = curve_now[2][1] - curve_now[0][1]
        curve.set_ydata([dB if reveal else np.nan for _, dB in curve_now])
        point.set_data([16 / size], [dB])
        return rulers_caption(18432 // size, unruly, zeros, dB, gain if reveal else None)

    return update


def rulers_caption(scales, unruly, zeros, dB, gain):
    """How the other rows fare under so many rulers."""
    said = f"{scales:,} scale{'s' * (scales > 1)}{', one unruly channel' * (unruly > 1)}"
    if gain is not None:
        return f"{said}: {dB:.1f} dB. A scale a channel is {gain:.1f} dB better than one for all."
    return (
        f"{said}: the other rows keep {dB:.1f} dB, {100 * zeros:.0f} % of their weights became 0."
    )
