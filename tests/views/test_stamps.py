import numpy as np
import pytest
from matplotlib.text import Text

from qlearn.views.stamps import Stamps
from qlearn.views.style import figure


@pytest.fixture
def fig():
    fig = figure((2, 1))
    fig.set_layout_engine(None)
    fig.canvas.draw()
    return fig


def clean(stamps, level=255):
    stamps.pixels()[:] = level


def count_draws(monkeypatch):
    drawn, draw = [], Text.draw
    monkeypatch.setattr(Text, "draw", lambda self, r: (drawn.append(self), draw(self, r)))
    return drawn


@pytest.mark.parametrize("box", [None, {"boxstyle": "square,pad=1", "fc": "w", "lw": 3}])
def test_a_copy_equals_a_drawing(fig, box, monkeypatch):
    stamps, text = Stamps(fig.canvas), fig.text(0.5, 0.5, "Word", bbox=box)
    clean(stamps)
    stamps.draw(text, changed=False)
    first = stamps.pixels().copy()
    drawn = count_draws(monkeypatch)
    clean(stamps)
    stamps.draw(text, changed=False)
    np.testing.assert_array_equal(stamps.pixels(), first)
    assert not drawn and (first != 255).any()


def test_other_pixels_below_need_a_drawing(fig, monkeypatch):
    stamps, text = Stamps(fig.canvas), fig.text(0.5, 0.5, "Word")
    stamps.draw(text, changed=False)
    drawn = count_draws(monkeypatch)
    clean(stamps, 128)
    stamps.draw(text, changed=False)
    assert drawn == [text] and (stamps.pixels() == 128).any()


def test_a_changed_word_is_drawn(fig, monkeypatch):
    stamps, text = Stamps(fig.canvas), fig.text(0.5, 0.5, "Word")
    clean(stamps)
    stamps.draw(text, changed=False)
    first = stamps.pixels().copy()
    text.set_text("W")
    for changed in (True, False):
        clean(stamps)
        stamps.draw(text, changed)
        assert (stamps.pixels() != first).any()


def test_an_annotation_is_never_copied(fig, monkeypatch):
    stamps = Stamps(fig.canvas)
    note = fig.subplots().annotate("here", (0, 0), (0.5, 0.5), arrowprops={"arrowstyle": "->"})
    pictures = []
    for note.xy in (0, 0), (1, 1):
        clean(stamps)
        stamps.draw(note, changed=False)
        pictures.append(stamps.pixels().copy())
    assert (pictures[0] != pictures[1]).any()
