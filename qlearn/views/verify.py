"""What must hold for a live figure: its quick pixels equal those of a full draw, in every state."""

import ast
import json
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

from qlearn.views.controls import ends
from qlearn.views.live import LiveFigure
from qlearn.views.style import figure, look


@cache
def places(scene, size):
    """Return where the layout puts the axes of a scene, in the state of its defaults."""
    with look():
        fig = figure(size)
        scene(fig)()
        fig.draw_without_rendering()
        return [ax.get_position() for ax in fig.axes]


def full_draw(scene, size, controls):
    """Return the pixels of one state, drawn as a whole in a fresh figure.

    Where the scene refuses the state, that is the picture of its defaults, untouched. The layout,
    half of the work, is that of the defaults and the same for every state."""
    with look():
        fig = figure(size)
        update = scene(fig)
        update()
        fig.set_layout_engine("none")
        for ax, place in zip(fig.axes, places(scene, size), strict=True):
            ax.set_position(place)
        try:
            update(**controls)
        except ValueError:
            pass
        fig.canvas.draw()
        return np.asarray(fig.canvas.buffer_rgba()).copy()


def states(live: LiveFigure) -> list:
    """List the stills and the corners of the controls as dicts of values."""
    limits = [ends(spec, live.defaults[name]) for name, spec in live.controls.items()]
    corners = [dict(zip(live.controls, corner, strict=True)) for corner in product(*limits)]
    return [*live.stills, *corners]


def code_cells(notebook) -> list:
    """List the sources of a notebook's code cells."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _value(cell, space):
    """Run a cell and return the value that it ends with, as the notebook would show it."""
    *body, last = ast.parse(cell).body
    exec(compile(ast.Module(body, []), "cell", "exec"), space)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), space)
    exec(compile(ast.Module([last], []), "cell", "exec"), space)


def live_figures(notebook) -> list:
    """List the live figures of a notebook, from its cells that import something or explore."""
    space = {}
    cells = [c for c in code_cells(notebook) if "import " in c or "explore(" in c]
    return [v for v in [_value(cell, space) for cell in cells] if isinstance(v, LiveFigure)]
