import json

import pytest

from qlearn.views.live import explore
from qlearn.views.verify import code_cells, full_draw, live_figures, states

SCENE = """def scene(fig):
    ax = fig.subplots()
    (line,) = ax.plot([0, 1], [0, 1])
    def update(k=1, flat=False):
        line.set_ydata([0, k * (not flat)])
        return f"k is {k}."
    return update"""


@pytest.fixture
def notebook(tmp_path):
    sources = [
        "from qlearn.views import explore\nlow = 1\n" + SCENE,
        "explode = this_is_never_run",
        "explore(scene, stills=[dict(k=2)], size=(3, 2), k=(low, 3), flat=bool)",
        "high = 4; explore(scene, k=(1, high)) is None",
    ]
    cells = [{"cell_type": "code", "source": source.splitlines(True)} for source in sources]
    cells.insert(1, {"cell_type": "markdown", "source": ["explore(no code)"]})
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def test_code_cells_leave_the_prose_out(notebook):
    assert len(code_cells(notebook)) == 4
    assert code_cells(notebook)[1] == "explode = this_is_never_run"


def test_live_figures_are_what_cells_end_with(notebook):
    (figure,) = live_figures(notebook)
    assert figure.size == (3, 2) and figure.controls == {"k": (1, 3), "flat": bool}


def test_states_are_the_stills_and_all_corners(notebook):
    (figure,) = live_figures(notebook)
    corners = [{"k": k, "flat": flat} for k in (1, 3) for flat in (False, True)]
    assert states(figure) == [{"k": 2}, *corners]


def test_full_draw_shows_the_state_asked_for():
    space = {}
    exec(SCENE, space)
    one, two = (full_draw(space["scene"], (3, 2), {"k": k}) for k in (1, 2))
    assert one.shape == (288, 432, 4) and (one != two).any()
    assert explore(space["scene"]).defaults == {"k": 1, "flat": False}
