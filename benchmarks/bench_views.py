"""One move of a control: the live figure beside the same picture by `interact` and pyplot.

    pytest benchmarks/bench_views.py --benchmark-columns=median,iqr,rounds

One thread, one run; each group is one figure, the number in brackets the ratio to the quicker way.
Both ways go through the states of the figure in turn and end with a PNG of the same size.
Bars: 16 ms and a ratio of 10; 40 ms and 5 where a network runs."""

from itertools import cycle
from pathlib import Path

import ipywidgets as w
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from IPython.utils.capture import capture_output

from qlearn.views import GREY, VERMILION, explore
from qlearn.views.style import DPI, look
from qlearn.views.verify import live_figures, states

ROUNDS = 30
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
X = np.random.default_rng(0).normal(size=100_000)
GRID = np.linspace(-5, 5, 1001)


def staircase(fig):
    """Draw the plainest figure of the course: a histogram and a staircase."""
    left, right = fig.subplots(1, 2)
    counts, edges = np.histogram(X, 200)
    left.stairs(counts, edges, fill=True, color=GREY)
    stairs = left.stairs(counts, edges, color=VERMILION)
    right.plot(GRID, GRID, color=GREY)
    (line,) = right.plot(GRID, GRID, color=VERMILION)

    def update(num_bits=3, clip=4.0):
        scale = 2 * clip / (2**num_bits - 1)
        line.set_ydata(np.round(np.clip(GRID, -clip, clip) / scale) * scale)
        stairs.set_data(counts * (abs(edges[1:]) < clip))
        return f"{num_bits} bits: a step of {scale:.3f}."

    return update


def figures():
    """List (name, live figure) of all notebooks, after the plain one."""
    plain = explore(staircase, num_bits=(2, 8), clip=(1.0, 6.0))
    found = [(path.stem, live_figures(path)) for path in NOTEBOOKS]
    numbered = [(f"{name} {i}", live) for name, all_ in found for i, live in enumerate(all_)]
    return [("plain", plain), *numbered]


def accepted(live):
    """List the states of a figure but for those that its scene refuses."""
    return [s for s in states(live) if live.show(**live.defaults | s) and not live.refused]


def by_explore(live):
    """Return a function that shows the next state in the live figure."""
    assert live.widget  # builds it
    moves = cycle(accepted(live))
    return lambda: live._refresh(**live.defaults | next(moves))


def by_interact(live):
    """Return a function that shows the next state as tutorials do: all drawn anew."""
    import matplotlib.pyplot as plt

    plt.switch_backend("module://matplotlib_inline.backend_inline")
    select_figure_formats(InteractiveShell.instance(), {"png"})

    def picture(state):
        with look():
            fig = plt.figure(figsize=live.size, dpi=DPI, layout="constrained")
            live.scene(fig)(**live.defaults | state)
            plt.show()

    options = [(str(i), state) for i, state in enumerate(accepted(live))]
    choice = w.interactive(picture, state=w.Dropdown(options=options)).children[0]
    moves = cycle([*range(1, len(options)), 0])  # it starts at 0: choosing that would do nothing

    def move():
        with capture_output() as shown:
            choice.index = next(moves)
        assert "image/png" in shown.outputs[0].data

    return move


@pytest.mark.parametrize("way", [by_explore, by_interact])
@pytest.mark.parametrize(("name", "live"), figures())
def test_one_move(benchmark, name, live, way):
    benchmark.group = name
    move = way(live)
    for _ in states(live):
        move()  # the first visit to a state may cost a new background
    benchmark.pedantic(move, rounds=ROUNDS)
