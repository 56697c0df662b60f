"""Small arrays as pictures: channels side by side, and numbers on pixels; quick enough to move."""

from functools import cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.font_manager import FontProperties

from .style import BLACK, BLUE

SAND = "#F6DDA8"  # no data: a hue that no number has
SHADES = 12  # to each side of zero; few, as the stored picture has a small palette
_INK = LinearSegmentedColormap.from_list("ink", [BLUE, "white", BLACK], N=2 * SHADES + 1)
_INK = _INK.with_extremes(bad=SAND)
COLOURS = (255 * _INK([*np.linspace(0, 1, 2 * SHADES + 1), np.nan])).round().astype(np.uint8)
WIDTHS = {".": 0.318, "-": 0.361}  # of matplotlib's own font, in ems; a digit is twice a point


def tiles(maps, ring=1):
    """Channels (n, h, w) side by side in a square, each in a ring without data.

    All are divided by their largest |value|.
    """
    n, h, w = maps.shape
    side, h, w = int(np.ceil(np.sqrt(n))), h + 2 * ring, w + 2 * ring
    grid = np.full((side * side, h, w), np.nan)
    grid[:n, ring : h - ring, ring : w - ring] = maps / (np.abs(maps).max() or 1)
    return grid.reshape(side, side, h, w).transpose(0, 2, 1, 3).reshape(side * h, side * w)


class Picture(Artist):
    """A small array that fills its axes: blue below 0, white at 0, black above, sand: no data."""

    def __init__(self, ax, title):
        super().__init__()
        self.set(in_layout=False, zorder=4)
        ax.set(xticks=[], yticks=[], title=title, xlim=(0, 1), ylim=(1, 0), aspect="equal")
        ax.spines[:].set_visible(False)
        self.shades = np.zeros((1, 1), int)
        ax.add_artist(self)

    def show(self, data):
        """Show an array of numbers from -1 to 1, or NaN."""
        known = np.nan_to_num(data, nan=1 + 1 / SHADES)
        self.shades = np.rint(SHADES * known).astype(int) + SHADES
        self.stale = True

    def draw(self, renderer):
        left, bottom, right, top = (round(edge) for edge in self.axes.bbox.extents)
        height, width = self.shades.shape
        rows = np.arange(top - bottom)[::-1, None] * height // (top - bottom)
        columns = np.arange(right - left) * width // (right - left)
        pixels = COLOURS.view(np.uint32)[self.shades, 0][rows, columns]
        renderer.draw_image(
            renderer.new_gc(), left, bottom, pixels.view(np.uint8).reshape(*pixels.shape, 4)
        )
        self.stale = False


class Numbers(Artist):
    """A number on each pixel of a 3 x 3 picture; thirty times quicker than a Text for each."""

    def __init__(self, ax):
        super().__init__()
        self.set(in_layout=False, zorder=5)
        self.words = []
        ax.add_artist(self)

    def show(self, values):
        """Show nine numbers, row by row, or none."""
        self.words = [f"{np.round(v, 2) + 0:.2f}" for v in values]  # + 0: no minus before 0.00
        self.stale = True

    def draw(self, renderer):
        left, bottom, right, top = (round(edge) for edge in self.axes.bbox.extents)
        ink = np.zeros((top - bottom, right - left, 4), np.uint8)  # black, as far as it is opaque
        for k, word in enumerate(self.words):
            letters = np.hstack([glyph(letter, renderer.dpi) for letter in word])
            height, width = letters.shape
            y = (2 * (k // 3) + 1) * (top - bottom) // 6 - height // 2
            x = (2 * (k % 3) + 1) * (right - left) // 6 - width // 2
            ink[y : y + height, x : x + width, 3] = letters
        if self.words:
            renderer.draw_image(renderer.new_gc(), left, bottom, ink[::-1])
        self.stale = False


@cache
def glyph(letter, dpi, points=12):
    """How opaque each pixel of a digit, a point or a minus is."""
    em = points * dpi / 72
    canvas = RendererAgg(2 * em, 2 * em, dpi)
    canvas.draw_text(canvas.new_gc(), 0, 1.5 * em, letter, FontProperties(size=points), 0)
    width = round(em * WIDTHS.get(letter, 0.636))
    ink = np.asarray(canvas.buffer_rgba())[..., 3]
    return ink[round(0.6 * em) : round(1.6 * em), :width].copy()
