"""A notebook open in Lab, as its reader sees it and by what a reader can do."""

import json

from playwright.sync_api import expect

from tests.browser.lab import PATIENCE, ROOT, TOKEN

expect.set_options(timeout=PATIENCE)


class Notebook:
    """A notebook open in Lab, and what its reader can do with it."""

    def __init__(self, browser, url, name, width=1200, height=1000):
        self.name = name
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(PATIENCE)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._listen)
        self.page.goto(f"{url}/lab/tree/notebooks/{name}.ipynb?token={TOKEN}&reset")
        path = ROOT / "notebooks" / f"{name}.ipynb"
        self.sources = ["".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"]]
        self.cells = self.page.locator(".jp-Notebook .jp-Cell")
        expect(self.cells).to_have_count(len(self.sources))  # Lab brings them in as it finds time
        self.outputs = self.page.locator(".jp-OutputArea-output")
        self.pictures = self.outputs.locator("img")
        self.figures = self.outputs.locator(".widget-vbox")
        self._idle()

    def _listen(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def _idle(self):
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle")

    def run_all(self):
        """Choose Run, Run All Cells; wait until the kernel has done every one."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        prompts = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-prompt")
        expect(prompts.filter(has_text="[*]")).not_to_have_count(0)
        expect(prompts.filter(has_text="[*]")).to_have_count(0)
        self._idle()

    def cell(self, text):
        """The first cell whose source holds this text."""
        return self.cells.nth(next(i for i, s in enumerate(self.sources) if text in s))

    def figure(self, scene):
        """The live figure of a scene."""
        call = f"explore(\n    {scene},"
        return Figure(self.cell(call).locator(".jp-OutputArea-output .widget-vbox"))

    def widths(self):
        """The width in pixels of each picture in an output, 0 where it can't be shown."""
        return self.pictures.evaluate_all("pictures => pictures.map(p => p.naturalWidth)")

    def rewrite(self, text, source):
        """Type a new source over the first cell that holds this text, and run it."""
        self.cell(text).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")

    def run(self, text):
        """Press Shift+Enter in the first cell whose source holds this text."""
        self.cell(text).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def save(self):
        """Press Ctrl+S; wait until the server has stored the notebook."""

        def stored(response):
            return response.request.method == "PUT" and "/api/contents/" in response.url

        with self.page.expect_response(stored) as answer:
            self.page.keyboard.press("Control+s")
        assert answer.value.ok

    def close(self):
        """Press Ctrl+Shift+Q, Ok: the notebook closes and its kernel ends, as overnight."""
        self.page.keyboard.press("Control+Shift+Q")
        with self.page.expect_response(lambda r: r.request.method == "DELETE"):
            self.page.get_by_role("button", name="Ok").click()
        self.page.close()


class Figure:
    """A live figure: its controls by their names, its picture and its caption."""

    def __init__(self, box):
        self.box = box
        self.picture = box.locator("img")
        self.caption = box.locator("[role=status][aria-live=polite]")

    def control(self, role, name):
        """The control that a screen reader calls so; a slider is called by the box beside it."""
        if role != "slider":
            return self.box.get_by_role(role, name=name, exact=True)
        number_box = self.box.page.get_by_role("spinbutton", name=name, exact=True)
        return self.box.locator(".widget-hbox", has=number_box).get_by_role("slider")

    def state(self):
        """(picture, caption) as they stand."""
        return self.picture.get_attribute("src"), self.caption.text_content()
