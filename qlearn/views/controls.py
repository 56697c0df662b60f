"""What a reader can move: from `(low, high)`, a list, `bool` or a widget to a labelled control.

ipywidgets' sliders have no name that a screen reader could say, so each one is tied to a number
box, which has.
"""

import inspect
import math
from numbers import Integral, Real

NAMES = {"num_bits": "bits"}
NO_GUESS = "no guess yet"  # the first entry of a list of guesses
STYLE = {"description_width": "11em"}
WIDE = {"width": "27em"}  # as wide as a slider with its box: two in a line of 768 pixels


def _numbers(spec):
    is_range = isinstance(spec, tuple) and len(spec) in (2, 3)
    return is_range and all(isinstance(v, Real) and not isinstance(v, bool) for v in spec)


def _whole(spec, start):
    return all(isinstance(v, Integral) for v in (*spec, start))


def _step(spec, start):
    low, high, *step = spec
    return step[0] if step else 1 if _whole(spec, start) else (high - low) / 100


def starts(update, controls, names) -> dict:
    """Return the defaults of `update`; a ValueError where it lacks one or knows no such name."""
    parameters = inspect.signature(update).parameters
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty:
            raise ValueError(f"argument {name!r} of update needs a default, the start value")
    for name in [*controls, *names]:
        if name not in parameters:
            raise ValueError(f"update has no argument {name!r}, only {', '.join(parameters)}")
    if len(controls) > 4:
        raise ValueError(f"at most four controls, not {len(controls)}: {', '.join(controls)}")
    return {name: parameter.default for name, parameter in parameters.items()}


def check(name, spec, start):
    """Raise ValueError unless `spec` is a control that can show `start`."""
    if _numbers(spec):
        low, high = spec[:2]
        if low >= high or (len(spec) == 3 and spec[2] <= 0):
            raise ValueError(f"{name}={spec}: low must be below high and the step above 0")
        if not low <= start <= high:
            raise ValueError(f"{name} starts at {start}, outside {low} to {high}")
        step = _step(spec, start)
        if abs(math.remainder(start - low, step)) > 1e-6 * step:  # a slider would move it
            raise ValueError(f"{name} starts at {start}, between two steps of {step:g} from {low}")
    elif isinstance(spec, list):
        if start not in spec:
            raise ValueError(f"{name} starts at {start!r}, which is not one of {spec}")
    elif spec is not bool and not hasattr(spec, "value"):
        kinds = "(low, high), (low, high, step), a list, bool or a widget"
        raise ValueError(f"{name}={spec!r} is no control; those are {kinds}")


def ends(spec, start) -> tuple:
    """Return the two ends of a control, where tests look first."""
    if _numbers(spec):
        return spec[:2]
    if spec is bool:
        return False, True
    options = spec if isinstance(spec, list) else getattr(spec, "options", None)
    if options:
        return options[0], options[-1]
    return getattr(spec, "min", start), getattr(spec, "max", start)


def _slider(spec, start, label):
    """Make a slider and the number box that names it, tied in the browser; the box is watched."""
    import ipywidgets as w

    slider_type, box_type = (
        (w.IntSlider, w.BoundedIntText)
        if _whole(spec, start)
        else (w.FloatSlider, w.BoundedFloatText)
    )
    limits = {"value": start, "min": spec[0], "max": spec[1], "step": _step(spec, start)}
    slider = slider_type(**limits, readout=False, tooltip=label, layout={"width": "11em"})
    box = box_type(**limits, description=label, style=STYLE, layout={"width": "16em"})
    link = w.jslink((slider, "value"), (box, "value"))
    row = w.HBox([box, slider])
    row.link = link  # lives as long as the row
    return row, box  # the browser sends the box's message before the slider's


def control(name, spec, start, label=None):
    """Return (what to show, the widget whose `value` to watch) for one control."""
    import ipywidgets as w

    label = label or NAMES.get(name, name.replace("_", " "))
    if _numbers(spec):
        return _slider(spec, start, label)
    if isinstance(spec, list):
        widget = w.Dropdown(options=spec, value=start, description=label, style=STYLE, layout=WIDE)
    elif spec is bool:
        widget = w.Checkbox(value=start, description=label, style=STYLE)
    else:
        widget = spec
        widget.value = start
    return widget, widget
