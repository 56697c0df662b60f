import ipywidgets as w
import pytest

from qlearn.views.controls import check, control, ends, starts


def update(num_bits=3, clip=1.0, symmetric=True, name="a", guess=5):
    return "Caption."


CONTROLS = {"num_bits": (2, 8), "clip": (0, 4), "symmetric": bool, "name": ["a", "b"]}


def test_starts_are_the_defaults_of_update():
    expected = {"num_bits": 3, "clip": 1.0, "symmetric": True, "name": "a", "guess": 5}
    assert starts(update, CONTROLS, []) == expected


def test_more_than_four_controls_are_named():
    with pytest.raises(ValueError, match="not 5: num_bits, clip, symmetric, name, guess"):
        starts(update, CONTROLS | {"guess": (1, 9)}, [])


def test_unknown_name_is_named():
    with pytest.raises(ValueError, match="no argument 'bits', only num_bits, clip"):
        starts(update, {"bits": (2, 8)}, [])
    with pytest.raises(ValueError, match="no argument 'volts'"):
        starts(update, {}, ["volts"])


def test_argument_without_a_default_is_named():
    with pytest.raises(ValueError, match="argument 'x' of update needs a default"):
        starts(lambda x, y=1: "", {"y": (0, 2)}, [])


@pytest.mark.parametrize(
    ("spec", "start", "message"),
    [
        ((4, 8), 3, "starts at 3, outside 4 to 8"),
        ((8, 4), 5, r"\(8, 4\): low must be below high"),
        ((4, 8, 0), 5, "the step above 0"),
        ((0.5, 6.0), 4.0, "starts at 4.0, between two steps of 0.055 from 0.5"),
        ((0, 40, 15), 10, "between two steps of 15 from 0"),
        (["a", "b"], "c", r"'c', which is not one of \['a', 'b'\]"),
        ((1, 2, 3, 4), 1, "is no control"),
        (True, True, "bits=True is no control"),
        ((False, True), True, "is no control"),
        ("ab", "a", "is no control"),
    ],
)
def test_bad_controls_are_told_why(spec, start, message):
    with pytest.raises(ValueError, match=message):
        check("bits", spec, start)


def test_good_controls_pass():
    for name, spec in CONTROLS.items():
        check(name, spec, starts(update, CONTROLS, [])[name])


def test_whole_limits_and_a_whole_start_give_whole_numbers():
    row, box = control("num_bits", (2, 8), 3)
    slider = row.children[1]
    assert isinstance(slider, w.IntSlider) and isinstance(box, w.BoundedIntText)
    assert (box.min, box.max, box.step, box.value) == (2, 8, 1, 3)
    assert (slider.min, slider.max, slider.step, slider.value) == (2, 8, 1, 3)
    assert slider.continuous_update


def test_other_limits_give_a_hundred_steps():
    row, box = control("clip", (0, 4), 1.0)
    slider = row.children[1]
    assert isinstance(slider, w.FloatSlider) and isinstance(box, w.BoundedFloatText)
    assert slider.step == box.step == 0.04


def test_a_given_step_is_kept():
    assert control("clip", (0, 4, 0.5), 1.0)[1].step == 0.5
    assert control("clip", (0, 40, 10), 10)[1].step == 10


def test_slider_and_box_are_tied():
    row, watched = control("clip", (0, 4), 1.0)
    box, slider = row.children
    assert row.link.source == (slider, "value") and row.link.target == (box, "value")
    assert watched is box  # its message is the first to arrive


def test_list_and_bool_make_widgets_with_a_name():
    choice, _ = control("name", ["a", "b"], "b", "which one")
    box, _ = control("symmetric", bool, True)
    assert isinstance(choice, w.Dropdown) and choice.description == "which one"
    assert isinstance(box, w.Checkbox) and box.description == "symmetric" and box.value


def test_own_widget_starts_at_the_default():
    own = w.RadioButtons(options=["a", "b"], description="which")
    assert control("name", own, "b") == (own, own) and own.value == "b"


def test_labels_are_words():
    labels = [control(n, (2, 8), 3)[0].children[0].description for n in ("num_bits", "row_size")]
    assert labels == ["bits", "row size"]


def test_ends_of_every_kind():
    assert ends((2, 8, 2), 4) == (2, 8)
    assert ends(bool, True) == (False, True)
    assert ends(["a", "b", "c"], "b") == ("a", "c")
    assert ends(w.RadioButtons(options=["a", "b", "c"]), "b") == ("a", "c")
    assert ends(w.IntSlider(min=1, max=9), 3) == (1, 9)
    assert ends(w.Text("x"), "x") == ("x", "x")
