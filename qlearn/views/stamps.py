"""Draw a word once, then copy its pixels: matplotlib takes half a millisecond for each."""

import numpy as np
from matplotlib.legend import Legend
from matplotlib.spines import Spine
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox


def _is_small(piece):
    """Tell the artists that are slow to draw for the few pixels they touch, all in one frame."""
    return isinstance(piece, Text | Legend | Spine) and not isinstance(piece, Annotation)


class Stamps:
    """Remember what small artists painted over which pixels: the same over the same is a copy."""

    def __init__(self, canvas):
        self.canvas, self.seen = canvas, {}

    def pixels(self):
        """Return the canvas as an array (height, width, 4) of uint8, which the next draw reuses."""
        return np.asarray(self.canvas.buffer_rgba())

    def draw(self, piece, changed):
        """Draw an artist on the canvas; `changed` says that it may look different from before."""
        if changed or not _is_small(piece):
            self.seen.pop(piece, None)
            piece.draw(self.canvas.get_renderer())
            return
        frame, under, result = self.seen.get(piece) or (self._frame(piece), None, None)
        canvas = self.pixels()[frame]
        if np.array_equal(canvas, under):
            canvas[:] = result
        else:
            under = canvas.copy()
            piece.draw(self.canvas.get_renderer())
            self.seen[piece] = frame, under, canvas.copy()

    def _frame(self, piece):
        """Return the rows and columns of the canvas that an artist can touch, with some room."""
        renderer = self.canvas.get_renderer()
        box = piece.get_window_extent(renderer)
        if isinstance(piece, Text) and piece.get_bbox_patch():
            piece.update_bbox_position_size(renderer)
            box = Bbox.union([box, piece.get_bbox_patch().get_window_extent(renderer)])
        height, width, _ = self.pixels().shape
        x0, x1 = np.clip([box.x0 - 10, box.x1 + 10], 0, width).astype(int)
        y0, y1 = np.clip([height - box.y1 - 10, height - box.y0 + 10], 0, height).astype(int)
        return slice(y0, y1), slice(x0, x1)
