"""Redraw only what moved, in the right order: equal to a full draw to the pixel, and far quicker.

Most of a full draw goes into ticks and labels that stand still. So the picture of all that stands
still is kept, and what moved is drawn over it again together with everything that lies above it.
Three words: a *layer* lies directly on the figure (an axes, a heading); a *piece* lies directly on
an axes (a line, a title, the x-axis) or is a layer itself; a *part* is any artist inside a piece (a
tick, a letter of a legend). matplotlib sets `stale` on each part that changes.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.spines import Spine
from matplotlib.text import Annotation, Text


def _is_small(piece):
    """Tell the pieces that are slow to draw for the few pixels they touch, all within their box."""
    if isinstance(piece, Text):
        return piece.get_bbox_patch() is None
    return isinstance(piece, Legend | Spine)


def _bottom_first(artists):
    return sorted(artists, key=lambda artist: artist.get_zorder())


def _layers(fig):
    return _bottom_first(a for a in fig.get_children() if a is not fig.patch and a.get_visible())


def _drawn_pieces(ax):
    """List what the axes draws above its patch, bottom first."""
    hidden = {ax.patch}
    if not (ax.axison and ax.get_frame_on()):
        hidden |= set(ax.spines.values())
    if not ax.axison:
        hidden |= {ax.xaxis, ax.yaxis}
    return _bottom_first(a for a in ax.get_children() if a not in hidden)


def _scaffold(fig):
    """Describe which pieces there are, in which order and where; new ones need a new background."""
    return [
        (layer, layer.bbox.bounds, _drawn_pieces(layer)) if isinstance(layer, Axes) else (layer,)
        for layer in _layers(fig)
    ]


class Redraw:
    """Keep the canvas of a figure up to date at the cost of what moved."""

    def __init__(self, fig):
        self.fig, self.canvas = fig, fig.canvas
        self.moved, self.still, self.scaffold = set(), {}, None
        self.canvas.draw()
        fig.set_layout_engine("none")  # from now on nothing shifts to make room for longer labels

    def __call__(self):
        """Draw the figure as it is now: call it after every update."""
        for ax in self.fig.axes:
            ax.get_xlim()  # settles autoscaling that is still due
        scaffold = _scaffold(self.fig)
        new = {piece for piece, parts in self.still.items() if any(p.stale for p in parts)}
        if new or scaffold != self.scaffold:
            self.moved |= new
            self.scaffold = scaffold
            self._keep_background()
        self.canvas.restore_region(self.background)
        for piece in self.top:
            self._draw_again(piece)
        self._forget_changes()

    def pixels(self):
        """Return the canvas as an array (height, width, 4) of uint8, which the next draw reuses."""
        return np.asarray(self.canvas.buffer_rgba())

    def _draw_again(self, piece):
        """Draw a piece, or copy what it drew before if it stands still over the same pixels."""
        if piece not in self.frames:
            piece.draw(self.canvas.get_renderer())
            return
        canvas = self.pixels()[self.frames[piece]]
        under, result = self.seen.get(piece, (None, None))
        if np.array_equal(canvas, under):
            canvas[:] = result
        else:
            under = canvas.copy()
            piece.draw(self.canvas.get_renderer())
            self.seen[piece] = under, canvas.copy()

    def _frame(self, piece):
        """Return the rows and columns of the canvas that a piece can touch, with some room."""
        box = piece.get_window_extent(self.canvas.get_renderer()).padded(10)
        height, width, _ = self.pixels().shape
        x0, x1 = np.clip([box.x0, box.x1], 0, width).astype(int)
        y0, y1 = np.clip([height - box.y1, height - box.y0], 0, height).astype(int)
        return slice(y0, y1), slice(x0, x1)

    def _keep_background(self):
        """Draw all but the moved and what lies above it; matplotlib leaves out the animated."""
        axes = [layer for layer in _layers(self.fig) if isinstance(layer, Axes)]
        pieces = [*_layers(self.fig), *(piece for ax in axes for piece in ax.get_children())]
        # An annotation does not report a new `xy`, so it counts as moved from the start.
        self.moved |= {piece for piece in pieces if isinstance(piece, Annotation)}
        self.top = self._moved_and_above()
        for piece in pieces:
            piece.set_animated(piece in self.top)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.fig.bbox)
        resting = set(pieces) - self.moved - set(axes)
        self.still = {piece: piece.findobj() for piece in resting}
        small = [piece for piece in self.top if piece in resting and _is_small(piece)]
        self.frames, self.seen = {piece: self._frame(piece) for piece in small}, {}

    def _moved_and_above(self):
        """List what must be drawn again, in order: in each axes from its lowest moved piece up."""
        top, boxes = [], []
        for layer in _layers(self.fig):
            if isinstance(layer, Axes):
                again = self._again(layer, boxes)
                boxes += [layer.bbox] if again else []
            else:
                again = [layer] if top or layer in self.moved else []
            top += again
        return top

    def _again(self, ax, boxes):
        """Return the pieces of an axes to draw again, or the whole axes if its frame of reference
        moved or it lies over another one that is drawn again."""
        if self.moved & {ax.patch, ax.xaxis, ax.yaxis} or any(ax.bbox.overlaps(b) for b in boxes):
            return [ax]
        pieces = _drawn_pieces(ax)
        lowest = next((i for i, piece in enumerate(pieces) if piece in self.moved), len(pieces))
        return pieces[lowest:]

    def _forget_changes(self):
        """Wipe every flag: drawing leaves ticks, empty texts and hidden artists stale."""
        for parts in self.still.values():
            for part in parts:
                part.stale = False
