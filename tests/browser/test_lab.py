"""What a reader does in Lab, done by keyboard in headless Chromium, in the order of this file."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import ROOT
from tests.browser.notebook import Figure

MOVES = {  # notebook: scene, kind of control, its name, the keys to press
    "00-start-here": [
        ("one_network", "slider", "bits", ["ArrowLeft"]),
        ("one_network", "spinbutton", "bits", ["Control+a", "4", "Enter"]),
        ("one_network", "combobox", "your guess (bits)", ["Space", "ArrowDown", "Enter"]),
        ("one_network", "checkbox", "per channel", ["Space"]),
    ],
    "11-affine": [
        ("affine_map", "slider", "upper limit", ["ArrowRight"]),
        ("affine_map", "spinbutton", "bits", ["Control+a", "3", "Enter"]),
        ("staircase", "combobox", "rounding", ["Space", "ArrowDown", "Enter"]),
        ("affine_map", "checkbox", "symmetric", ["Space"]),
    ],
}
OTHERS = sorted({path.stem for path in ROOT.glob("notebooks/*.ipynb")} - set(MOVES))
ANSWER = """def quantize(x, scale, zero_point):
    return np.clip(np.round(x / scale) + zero_point, -128, 127).astype(np.int8)"""


def count_figures(notebook):
    return sum("explore(" in source for source in notebook.sources)


def assert_no_trouble(notebook):
    """No traceback, nothing on stderr, nothing in the browser's console, no pop-up."""
    for kind in "error", "stderr":
        expect(notebook.page.locator(f"[data-mime-type$='jupyter.{kind}']")).to_have_count(0)
    expect(notebook.page.locator(".Toastify__toast")).to_have_count(0)
    assert notebook.errors == []


def press(notebook, control, keys):
    control.focus()
    for key in keys:
        notebook.page.keyboard.press(key)


def type_into(notebook, figure, name, text):
    """Type a number into the box of this name; wait until the figure has answered."""
    caption = figure.caption.text_content()
    press(notebook, figure.control("spinbutton", name), ["Control+a", *text, "Enter"])
    expect(figure.caption).not_to_have_text(caption)


def move(figure):
    """Press an arrow key on the first slider, or take the last entry of the last list."""
    if figure.box.get_by_role("slider").count() == 0:
        choice = figure.box.get_by_role("combobox").last
        return choice.select_option(index=choice.locator("option").count() - 1)
    slider = figure.box.get_by_role("slider").first
    now, most = (slider.get_attribute(f"aria-value{what}") for what in ("now", "max"))
    slider.press("ArrowLeft" if float(now) == float(most) else "ArrowRight")


def test_before_a_run_the_stored_pictures_show(stored):
    expect(stored.pictures).to_have_count(count_figures(stored))
    expect(stored.figures).to_have_count(0)
    assert stored.widths() == [1296] * count_figures(stored)


def test_a_run_makes_every_figure_live(ran):
    expect(ran.figures).to_have_count(count_figures(ran))
    expect(ran.figures.locator("img")).to_have_count(count_figures(ran))
    assert_no_trouble(ran)


def test_every_slider_stands_beside_a_box_with_a_name(ran):
    number_box = ran.page.get_by_role("spinbutton")
    rows = ran.figures.locator(".widget-hbox", has=number_box).all()
    assert len(rows) == ran.figures.get_by_role("slider").count() > 0
    for row in rows:
        expect(row.get_by_role("slider")).to_have_count(1)
        words = row.locator("label").first.text_content()
        assert words
        expect(row.get_by_role("spinbutton")).to_have_accessible_name(words)


def test_each_kind_of_control_moves_picture_and_caption(ran):
    for scene, kind, name, keys in MOVES[ran.name]:
        figure = ran.figure(scene)
        picture, caption = figure.state()
        press(ran, figure.control(kind, name), keys)
        expect(figure.caption).not_to_have_text(caption)
        expect(figure.picture).not_to_have_attribute("src", picture)
        expect(figure.picture).to_have_attribute("alt", figure.caption.text_content())
    assert_no_trouble(ran)


@pytest.mark.parametrize("stored", ["11-affine"], indirect=True)
def test_a_bad_combination_says_so_and_keeps_the_picture(ran):
    figure = ran.figure("affine_map")
    type_into(ran, figure, "upper limit", "0.5")
    type_into(ran, figure, "lower limit", "-1")
    expect(figure.picture).to_have_attribute("alt", figure.caption.text_content())
    picture, _ = figure.state()
    type_into(ran, figure, "lower limit", "1")
    expect(figure.caption).to_contain_text("above")
    assert figure.state()[0] == picture
    type_into(ran, figure, "lower limit", "0")
    expect(figure.caption).not_to_contain_text("above")
    expect(figure.picture).not_to_have_attribute("src", picture)
    assert_no_trouble(ran)


@pytest.mark.parametrize("stored", ["11-affine"], indirect=True)
def test_an_answer_turns_the_verdict(ran):
    verdict = ran.cell("check(1, quantize)").locator(".jp-OutputArea-output")
    expect(verdict).to_contain_text("not yet")
    ran.rewrite("def quantize(x", ANSWER)
    ran.run("check(1, quantize)")
    expect(verdict).to_contain_text("right")
    assert_no_trouble(ran)


def test_saved_closed_and_reopened_the_pictures_show(ran, lab):
    ran.save()
    ran.close()
    again = lab(ran.name)
    expect(again.pictures).to_have_count(count_figures(again))
    expect(again.figures).to_have_count(0)
    assert again.widths() == [1296] * count_figures(again)
    for trouble in "model not found", "Error displaying widget", "Loading widget":
        expect(again.page.get_by_text(trouble)).to_have_count(0)
    assert_no_trouble(again)
    again.page.close()


@pytest.mark.parametrize("name", OTHERS)
def test_in_every_other_notebook_a_control_moves_each_figure(name, lab):
    notebook = lab(name)
    expect(notebook.pictures).to_have_count(count_figures(notebook))
    notebook.run_all()
    expect(notebook.figures).to_have_count(count_figures(notebook))
    for figure in map(Figure, notebook.figures.all()):
        picture, _ = figure.state()
        move(figure)
        expect(figure.picture).not_to_have_attribute("src", picture)
        expect(figure.picture).to_have_attribute("alt", figure.caption.text_content())
    assert_no_trouble(notebook)
    notebook.page.close()
