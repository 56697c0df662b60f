import base64
import io
import subprocess
import sys

import ipywidgets as w
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

from qlearn.views import explore
from qlearn.views.verify import full_draw

SIZE = (4, 2)


def wave(fig):
    ax = fig.subplots()
    x = np.linspace(0, 6, 100)
    (line,) = ax.plot(x, x)
    ax.set_ylim(-9, 9)

    def update(height=3, turned=False):
        if height == 7:
            raise ValueError("7 is <not> possible: take another height")
        if height == 8:
            raise ZeroDivisionError("a bug")
        line.set_ydata((-1 if turned else 1) * height * np.sin(x))
        return f'height {height} & "{turned}".'

    return update


def live(**more):
    return explore(wave, size=SIZE, height=(1, 9), turned=bool, **more)


def png_in(bundle):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))))


def test_show_returns_the_caption_and_moves_the_picture():
    figure = live()
    assert figure.show(height=5) == 'height 5 & "False".'
    np.testing.assert_array_equal(figure.pixels(), full_draw(wave, SIZE, {"height": 5}))


def test_show_keeps_what_it_is_not_told():
    figure = live()
    figure.show(turned=True)
    assert figure.show(height=2) == 'height 2 & "True".'


def test_live_view_starts_at_defaults_then_at_the_first_still():
    assert live().values == {"height": 3, "turned": False}
    figure = live(stills=[{"turned": True}, {"height": 5}])
    figure._repr_mimebundle_()
    assert figure.values == {"height": 3, "turned": True}
    np.testing.assert_array_equal(figure.pixels(), full_draw(wave, SIZE, {"turned": True}))


def test_pixels_stay_when_the_figure_moves_on():
    figure = live()
    figure.show(height=1)
    before = figure.pixels()
    figure.show(height=9)
    assert (figure.pixels() != before).any()


def test_refusal_becomes_the_caption_and_keeps_the_picture():
    figure = live()
    figure.show(height=5)
    before = figure.pixels()
    assert figure.show(height=7) == "7 is <not> possible: take another height."
    assert figure.refused
    np.testing.assert_array_equal(figure.pixels(), before)
    assert figure.show(height=5) == 'height 5 & "False".'
    assert not figure.refused


def test_other_errors_surface_from_show_and_from_a_moved_control():
    with pytest.raises(ZeroDivisionError, match="a bug"):
        live().show(height=8)
    box = live().widget.children[0].children[0].children[0]
    with pytest.raises(ZeroDivisionError, match="a bug"):
        box.value = 8


def test_bundle_holds_view_picture_and_text():
    figure = live(stills=[{"height": 2}, {"height": 4}])
    data, metadata = figure._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == figure.widget.model_id
    assert data["text/plain"] == 'height 2 & "False".\nheight 4 & "False".'
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert len(data) == 3


def test_stills_lie_below_each_other_with_their_captions():
    one = png_in(live()._repr_mimebundle_()[0])
    two = png_in(live(stills=[{"height": 3}, {"height": 4}])._repr_mimebundle_()[0])
    assert one.shape[1] == two.shape[1] == 576
    assert two.shape[0] == 2 * one.shape[0] > 2 * 288


def test_notebook_shows_the_bundle_as_it_is():
    data, metadata = InteractiveShell.instance().display_formatter.format(live())
    assert data["text/plain"] == 'height 3 & "False".'
    assert isinstance(data["image/png"], str) and metadata["image/png"]["width"] == 900


def test_two_runs_give_the_same_bundle_but_for_the_view():
    first, second = (live()._repr_mimebundle_()[0] for _ in range(2))
    for kind in ("image/png", "text/plain"):
        assert first[kind] == second[kind]


def test_moved_control_changes_picture_and_caption():
    figure = live()
    controls, image, caption = figure.widget.children
    before = image.value
    controls.children[0].children[0].value = 4
    controls.children[1].value = True
    assert "height 4 &amp; &quot;True&quot;." in caption.value
    assert image.value != before
    assert figure.values == {"height": 4, "turned": True}


def test_live_picture_is_exact_and_has_its_caption_as_alt():
    figure = live()
    value = figure.widget.children[1].value
    assert value.startswith('<img alt="height 3 &amp; &quot;False&quot;."')
    png = base64.b64decode(value.split("base64,")[1].split('"')[0])
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png))), figure.pixels())


def test_refusal_is_escaped_in_the_page():
    figure = live()
    figure.widget.children[0].children[0].children[0].value = 7
    assert "7 is &lt;not&gt; possible" in figure.widget.children[2].value


def test_caption_is_spoken_when_it_changes():
    assert 'role="status" aria-live="polite"' in live().widget.children[2].value


def test_labels_and_own_widgets_are_shown():
    own = w.IntSlider(min=1, max=5, description="mine")
    figure = explore(wave, size=SIZE, labels={"turned": "upside down"}, height=own, turned=bool)
    assert figure.widget.children[0].children[0] is own and own.value == 3
    assert figure.widget.children[0].children[1].description == "upside down"
    own.value = 5
    assert figure.values["height"] == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": (1, 9)}, "no argument 'depth', only height, turned"),
        ({"labels": {"depth": "d"}}, "no argument 'depth'"),
        ({"stills": [{"depth": 1}]}, "no argument 'depth'"),
        ({"stills": [{"height": 12}], "height": (1, 9)}, "starts at 12, outside 1 to 9"),
    ],
)
def test_bad_arguments_are_refused_at_once(arguments, message):
    with pytest.raises(ValueError, match=message):
        explore(wave, **arguments)


def test_exploring_loads_neither_pyplot_nor_ipywidgets_before_it_is_shown():
    code = """
import sys
from qlearn.views import explore
def scene(fig):
    fig.subplots()
    return lambda k=1: "Nothing."
explore(scene, k=(1, 3)).show(k=2)
assert not {"matplotlib.pyplot", "ipywidgets"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
