"""Every live figure of every notebook, at each still and at all corners of its controls.

The figures are found by running, of each notebook, the cells that import something or explore: a
new notebook or scene needs nothing here."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from qlearn.views.live import explore
from qlearn.views.verify import code_cells, full_draw, live_figures, states

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
found = cache(live_figures)


def alone(path):
    """Keep the tests of a notebook in one process, which then runs its cells once."""
    return pytest.mark.xdist_group(path.stem)


def figures():
    """Name each figure (notebook, its number there) without running anything."""
    return [
        pytest.param(path, number, id=f"{path.stem}-{number}", marks=alone(path))
        for path in NOTEBOOKS
        for number in range(sum("explore(" in cell for cell in code_cells(path)))
    ]


def fresh(path, number):
    """Make the notebook's figure anew."""
    old = found(path)[number]
    return explore(old.scene, old.stills, old.labels, old.size, **old.controls)


@pytest.mark.parametrize(("path", "number"), figures())
def test_pixels_equal_a_full_draw_in_every_state(path, number):
    live = fresh(path, number)
    untouched = full_draw(live.scene, live.size, live.defaults)
    full = [(s, full_draw(live.scene, live.size, live.defaults | s)) for s in states(live)]
    said = {}  # a caption depends on the state alone, not on what was shown before it
    for order in full, full[::-1]:
        live, shown = fresh(path, number), untouched
        for state, expected in order:
            caption = live.show(**live.defaults | state)
            assert caption.strip().endswith((".", "!", "?")), (state, caption)
            assert caption == said.setdefault(str(state), caption)
            if live.refused:
                assert np.array_equal(expected, untouched), f"{state} moved something, then refused"
            else:
                shown = expected
            assert np.array_equal(live.pixels(), shown), (state, caption)


@pytest.mark.parametrize(("path", "number"), figures())
def test_texts_can_be_read_from_the_last_row(path, number):
    live = fresh(path, number)
    live.show(**live.defaults)
    texts = [t for t in live.fig.findobj(Text) if t.get_text().strip()]
    assert texts and min(t.get_fontsize() for t in texts) >= 12, min(texts, key=Text.get_fontsize)


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=alone(path)) for path in NOTEBOOKS]
)
def test_every_cell_that_explores_ends_with_its_figure(path):
    assert len(found(path)) == sum("explore(" in cell for cell in code_cells(path))
