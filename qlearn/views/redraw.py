"""Redraw only what moved, in the right order: equal to a full draw to the pixel, and far quicker.

Most of a full draw goes into ticks and labels that stand still. So the picture of all that stands
still is kept, and what moved is drawn over it again together with everything that lies above it.
Three words: a *layer* lies directly on the figure (an axes, a heading); a *piece* lies directly on
an axes (a line, a title, the x-axis) or is a layer itself; a *part* is any artist inside a piece (a
tick, a letter of a legend). matplotlib sets `stale` on each part that changes.
"""

from matplotlib.axes import Axes
from matplotlib.text import Annotation

from qlearn.views.stamps import Stamps


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
        self.stamps, self.scaffold = Stamps(fig.canvas), None
        self.parts, self.moved = {}, set()
        self.canvas.draw()
        fig.set_layout_engine("none")  # from now on nothing shifts to make room for longer labels

    def __call__(self):
        """Draw the figure as it is now: call it after every update."""
        for ax in self.fig.axes:
            ax.get_xlim()  # settles autoscaling that is still due
        scaffold = _scaffold(self.fig)
        changed = {piece for piece, parts in self.parts.items() if any(p.stale for p in parts)}
        if changed - self.moved or scaffold != self.scaffold:
            self.moved |= changed
            self.scaffold = scaffold
            self._keep_background()
        self.canvas.restore_region(self.background)
        for piece in self.top:
            self.stamps.draw(piece, piece in changed)
        self._forget_changes()

    def pixels(self):
        """Return the canvas as an array (height, width, 4) of uint8, which the next draw reuses."""
        return self.stamps.pixels()

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
        self.parts = {piece: piece.findobj() for piece in pieces if piece not in axes}

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
        for parts in self.parts.values():
            for part in parts:
                part.stale = False
