"""Each scene is one kind of change; k is its only control. The pixels must equal a full draw."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from qlearn.views.live import explore
from qlearn.views.verify import full_draw

rng = np.random.default_rng(0)
X, GRID, CELLS = rng.normal(size=600), np.linspace(-3, 3, 200), rng.random((8, 8))
SIZE = (3, 1.8)


def scene(draw):
    """Make a scene of `draw(fig, ax)`, which returns `move(k)`."""

    def build(fig):
        fig.set_layout_engine(None)  # quicker, as are few ticks; some kinds ask for more again
        move = draw(fig, fig.subplots(subplot_kw={"xticks": [0], "yticks": [0]}))

        def update(k=2):
            move(k)
            return f"k is {k}."

        return update

    return build


def line(fig, ax):
    (a,) = ax.plot(GRID, GRID)
    return lambda k: a.set_ydata(GRID * k / 3)


def line_between_lines(fig, ax):
    lines = [ax.plot(GRID, slope * GRID, lw=9)[0] for slope in (1, -1, 0)]
    return lambda k: lines[1].set_ydata(-GRID * k / 9)


def low_zorder_below_all(fig, ax):
    ax.grid()
    ax.plot(GRID, GRID)
    span = ax.axvspan(-1, 1, color="lightgrey", zorder=0)
    return lambda k: (span.set_x(-k / 4), span.set_width(k / 2))


def zorder_changes(fig, ax):
    a = ax.plot(GRID, GRID, GRID, -GRID, lw=9)[0]
    return lambda k: a.set_zorder(3 if k > 4 else 1)


def image_with_colorbar(fig, ax):
    image = ax.imshow(CELLS, vmin=0, vmax=9)
    ax.plot([0, 7], [0, 7], "r")
    fig.colorbar(image)
    return lambda k: image.set_data(CELLS * k)


def image_without_axis(fig, ax):
    ax.set_axis_off()
    image = ax.imshow(CELLS, vmin=0, vmax=9)
    return lambda k: image.set_data(CELLS * k)


def line_without_frame(fig, ax):
    ax.set_frame_on(False)
    (a,) = ax.plot(GRID, GRID)
    return lambda k: a.set_ydata(GRID * k / 9)


def colour_limits(fig, ax):
    image = ax.imshow(CELLS)
    fig.colorbar(image)
    return lambda k: image.set_clim(0, k)


def bars(fig, ax):
    patches = ax.bar(range(6), range(6), hatch="//", alpha=0.5, edgecolor="k")
    ax.set_ylim(0, 50)
    ax.grid()
    return lambda k: [p.set_height(i * k) for i, p in enumerate(patches)]


def axis_above_bars(fig, ax):
    ax.set_axisbelow(False)
    (bar,) = ax.bar([0], [9])
    ax.grid()
    return lambda k: bar.set_height(k)


def stairs(fig, ax):
    counts, edges = np.histogram(X, 30)
    ax.stairs(counts, edges, fill=True, alpha=0.3)
    a = ax.stairs(counts, edges)
    return lambda k: a.set_data(counts * k / 9)


def fill(fig, ax):
    area = ax.fill_between(GRID, 0 * GRID, GRID, alpha=0.4)
    ax.plot(GRID, GRID)
    return lambda k: area.set_data(GRID, 0 * GRID, GRID * k / 9)


def scatter(fig, ax):
    dots = ax.scatter(X[:99], X[100:199], c=X[:99])
    ax.axhline(0, color="k", lw=6)
    return lambda k: (dots.set_offsets(np.c_[X[:99] * k / 9, X[100:199]]), dots.set_array(X[:99]))


def segments(fig, ax):
    lines = ax.vlines([0, 1, 2], [0, 0, 0], [1, 2, 3])
    ax.set_ylim(0, 9)
    return lambda k: lines.set_segments([[(i, 0), (i, k)] for i in range(3)])


def words(fig, ax):
    ax.plot(GRID, GRID)
    text = ax.text(0, 0, "", bbox={"boxstyle": "round,pad=1", "fc": "w"})
    return lambda k: (text.set_text(f"k = {k}" if k > 2 else ""), text.set_x(k / 4))


def words_over_a_line(fig, ax):
    (a,) = ax.plot(GRID, GRID, lw=4)
    ax.text(0, 0, "I stand still", bbox={"boxstyle": "round,pad=1", "fc": "w", "alpha": 0.5})
    ax.text(1, 1, "me too")
    return lambda k: a.set_ydata(GRID * k / 9)


def line_under_the_margin_of_a_box(fig, ax):
    (a,) = ax.plot(GRID, 0 * GRID)
    ax.set_ylim(-3, 3)
    ax.text(0, 0, "I", va="center", bbox={"boxstyle": "square,pad=2", "fc": "w"})
    return lambda k: a.set_ydata(-1 - GRID * 0 - k / 18)


def arrow_moves_and_words_stay(fig, ax):
    ax.plot(GRID, GRID)
    note = ax.annotate("here", (0, 0), (1, -2), arrowprops={"arrowstyle": "->"})
    return lambda k: setattr(note, "xy", (k / 5, k / 5))


def title(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: ax.set_title(f"k = {k}")


def heading(fig, ax):
    ax.plot(GRID, GRID)
    text = fig.suptitle("a")
    return lambda k: text.set_text(f"k = {k}")


def axis_label(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: ax.set_xlabel(f"k = {k}")


def legend_over_line(fig, ax):
    (a,) = ax.plot(GRID, GRID, lw=8, label="x")
    ax.legend(loc="center", framealpha=0.8)
    return lambda k: a.set_ydata(GRID * k / 3)


def legend_text(fig, ax):
    (a,) = ax.plot(GRID, GRID, label="x")
    (text,) = ax.legend().get_texts()
    return lambda k: (a.set_ydata(GRID * k / 3), text.set_text(f"{k} x"))


def new_legend(fig, ax):
    (a,) = ax.plot(GRID, GRID, label="x")
    return lambda k: (a.set_label(f"{k} x"), ax.legend(loc="upper left"))


def figure_legend_over_line(fig, ax):
    (a,) = ax.plot(GRID, GRID, lw=8, label="x")
    fig.legend(loc="center")
    return lambda k: a.set_ydata(GRID * k / 9)


def limits(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: ax.set_xlim(-k, k)


def limits_without_axis(fig, ax):
    ax.plot(GRID, GRID)
    ax.set_axis_off()
    return lambda k: ax.set_xlim(-k, k)


def limits_rarely(fig, ax):
    (a,) = ax.plot(GRID, GRID)
    return lambda k: (a.set_ydata(GRID * k / 3), ax.set_ylim(-3, 3 if k < 6 else 9))


def autoscale(fig, ax):
    (a,) = ax.plot(GRID, GRID)
    return lambda k: (a.set_ydata(GRID * k), ax.relim(), ax.autoscale())


def ticks(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: ax.set_yticks(np.arange(-k, k + 1) / 3)


def logarithmic(fig, ax):
    ax.set_yscale("log")
    ax.set_ylim(1e-3, 1e3)
    (a,) = ax.plot(GRID, np.exp(GRID))
    return lambda k: a.set_ydata(np.exp(GRID * k / 3))


def twin(fig, ax):
    (a,) = ax.plot(GRID, GRID, lw=6)
    ax.twinx().plot(GRID, -GRID, "r", lw=6)
    return lambda k: a.set_ydata(GRID * k / 3)


def inset(fig, ax):
    ax.plot(GRID, GRID, lw=6)
    (a,) = ax.inset_axes([0.3, 0.2, 0.4, 0.4]).plot(GRID, GRID)
    return lambda k: a.set_ydata(GRID * k / 9)


def second_panel(fig, ax):
    ax.remove()
    left, right = fig.subplots(1, 2)
    left.plot(GRID, GRID)
    (a,) = right.plot(GRID, GRID)
    return lambda k: (a.set_ydata(GRID * k / 9), left.set_visible(k != 9))


def hidden_at_first(fig, ax):
    (a,) = ax.plot(GRID, -GRID, visible=False, zorder=1)
    ax.plot(GRID, GRID)
    return lambda k: a.set_visible(k > 5)


def only_in_the_middle(fig, ax):
    a, b = ax.plot(GRID, GRID, GRID, -GRID)
    return lambda k: (a.set_ydata(GRID * k / 9), b.set_color("r" if k == 5 else "b"))


def background_colour(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: ax.set_facecolor("w" if k < 5 else "0.9")


def position(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: ax.set_position([0.2, 0.2, 0.7, k / 15])


def new_artists(fig, ax):
    ax.plot(GRID, GRID)
    return lambda k: (
        [t.remove() for t in ax.texts[:]],
        [ax.text(i - 3, 0, i) for i in range(k)],
    )


def layout(fig, ax):
    fig.set_layout_engine("constrained")
    (a,) = ax.plot(GRID, GRID)
    return lambda k: (a.set_ydata(GRID * k / 9), ax.set_ylabel("wide\n" * k))


KINDS = [kind for kind in list(globals().values()) if getattr(kind, "__code__", None)]
KINDS = [kind for kind in KINDS if kind.__code__.co_varnames[:2] == ("fig", "ax")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_pixels_equal_a_full_draw(kind):
    full = {k: full_draw(scene(kind), SIZE, {"k": k}) for k in (1, 5, 9)}
    for order in (1, 9, 5, 1), (5, 9, 1):
        figure = explore(scene(kind), size=SIZE, k=(1, 9))
        for k in order:
            figure.show(k=k)
            assert np.array_equal(figure.pixels(), full[k]), f"k = {k} after {order}"


def test_pixels_differ_between_states():
    first, last = (full_draw(scene(line), SIZE, {"k": k}) for k in (1, 9))
    assert (first != last).any()


def test_one_line_moves_without_a_draw_of_axes_or_ticks(monkeypatch):
    figure = explore(scene(line), size=SIZE, k=(1, 9))
    figure.show(k=1)
    figure.show(k=9)
    for slow in Axes, Axis:
        monkeypatch.setattr(slow, "draw", lambda self, renderer: pytest.fail(f"drew {self}"))
    figure.show(k=5)


def test_refused_state_is_drawn_as_the_defaults():
    def refusing(fig):
        fig.subplots()

        def update(k=2):
            if k > 2:
                raise ValueError("too much")

        return update

    same = full_draw(refusing, SIZE, {"k": 2}), full_draw(refusing, SIZE, {"k": 3})
    np.testing.assert_array_equal(*same)
