"""A live figure: one output that moves in Lab, is a picture on GitHub and a line of text for tests
and screen readers.

A scene draws what stays and returns the function that moves the rest::

    def wave(fig):
        ax = fig.subplots()
        (line,) = ax.plot(x, x)

        def update(frequency=1):
            line.set_ydata(np.sin(frequency * x))
            return f"{frequency} waves a second."

        return update

    explore(wave, stills=[dict(frequency=1), dict(frequency=3)], frequency=(1, 5))
"""

import html
from functools import cached_property

from qlearn.views import controls as _controls
from qlearn.views.picture import as_text, quick_png, small_png, strip
from qlearn.views.redraw import Redraw
from qlearn.views.style import figure, look

PAGE = "display:block;margin:0;width:900px;max-width:100%"


def explore(scene, stills=(), labels=None, size=(9, 3.2), **controls):
    """Show a scene with up to four controls for the arguments of its update function.

    scene: fig -> update; update(**values) -> caption, its defaults are the start values.
    controls: (low, high), (low, high, step), a list of choices, bool, or a labelled widget.
    stills: two or three dicts of values; their pictures stand for the figure where nothing moves.
    labels: what to write beside a control, with its unit. size: width and height in inches.
    An update that raises ValueError before it moves anything keeps the picture; the message
    becomes the caption."""
    return LiveFigure(scene, list(stills), labels or {}, size, controls)


class LiveFigure:
    """A scene and the state it shows; drawn when it is first looked at."""

    def __init__(self, scene, stills, labels, size, controls):
        self.scene, self.stills, self.size = scene, stills, size
        self.controls, self.labels = controls, labels
        with look():
            self.fig = figure(size)
            self.update = scene(self.fig)
        names = [*labels, *(name for still in stills for name in still)]
        self.defaults = _controls.starts(self.update, controls, names)
        self.values = self.defaults | (stills[0] if stills else {})
        for name, spec in controls.items():
            _controls.check(name, spec, self.values[name])

    @cached_property
    def _redraw(self):
        self.update()
        return Redraw(self.fig)

    def show(self, **values) -> str:
        """Bring the picture to the present state with `values` changed and return its caption."""
        self.values = self.values | values
        with look():
            redraw = self._redraw
            try:
                caption, self.refused = self.update(**self.values), False
            except ValueError as refusal:
                self.refused = True
                return str(refusal).rstrip(".") + "."  # a message becomes a sentence
            redraw()
            return caption

    def pixels(self):
        """Return the picture as an array (height, width, 4) of uint8."""
        with look():  # the first picture may be drawn here
            return self._redraw.pixels().copy()

    @cached_property
    def picture(self):
        """The stills as one PNG, each caption at its foot, and the captions, one a line."""
        start, states = self.values, []
        for still in self.stills or [{}]:
            caption = self.show(**self.defaults | still)
            states.append((self.pixels(), caption))
        self.show(**start)
        return small_png(strip(states, self.size[0])), "\n".join(text for _, text in states)

    @cached_property
    def widget(self):
        """The controls above the live picture and its caption, as ipywidgets."""
        import ipywidgets as w

        rows = []
        for name, spec in self.controls.items():
            row, source = _controls.control(name, spec, self.values[name], self.labels.get(name))
            source.observe(lambda change, name=name: self._refresh(**{name: change.new}), "value")
            rows.append(row)
        self._image, self._caption = w.HTML(), w.HTML()
        self._refresh()
        wrap = w.Layout(flex_flow="row wrap", max_width="900px")
        return w.VBox([w.Box(rows, layout=wrap), self._image, self._caption])

    def _refresh(self, **values):
        caption = html.escape(self.show(**values))
        source = "data:image/png;base64," + as_text(quick_png(self._redraw.pixels()))
        self._image.value = f'<img alt="{caption}" style="{PAGE}" src="{source}">'
        self._caption.value = (
            f'<p role="status" aria-live="polite" style="{PAGE};font-size:1.15em">{caption}</p>'
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        png, text = self.picture
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        data = {
            "application/vnd.jupyter.widget-view+json": view,
            "image/png": as_text(png),
            "text/plain": text,
        }
        return data, {"image/png": {"alt": text, "width": 900}}
