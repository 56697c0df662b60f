"""A real JupyterLab on a free loopback port, and a notebook in it seen through Chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = "chromium", "chromium-browser", "google-chrome"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
TOKEN = "course"
PATIENCE = 120_000  # ms: a busy machine with two cores is no reason to fail
expect.set_options(timeout=PATIENCE)


def free_port():
    """Ask the system for a port that nobody uses."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def environment(folder):
    """The reader's own settings and open tabs stay out of it; kernels use this checkout."""
    names = "CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"
    own = {f"JUPYTER_{name}": str(folder / name.lower()) for name in names}
    return os.environ | own | dict(
        IPYTHONDIR=str(folder / "ipython"), PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1"
    )  # fmt: skip


def wait_for(server, url, log):
    """Wait until Lab answers; fail with its log where it does not."""
    end = time.monotonic() + PATIENCE / 1000
    while server.poll() is None and time.monotonic() < end:
        try:
            return urlopen(f"{url}/api/status?token={TOKEN}", timeout=10).close()
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


@contextmanager
def served(folder):
    """Start Lab as `make lab` does, on a copy of the notebooks in `folder`; give its address."""
    shutil.copytree(ROOT / "notebooks", folder / "course" / "notebooks")
    url, log = f"http://127.0.0.1:{(port := free_port())}", folder / "lab.log"
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser"]
    options = {
        "config": ROOT / "binder" / "jupyter_server_config.json",
        "LabApp.app_settings_dir": ROOT / "binder",
        "ServerApp.root_dir": folder / "course",
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "IdentityProvider.token": TOKEN,
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    with log.open("w") as out:
        server = subprocess.Popen(
            command, env=environment(folder), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            wait_for(server, url, log)
            yield url
        finally:
            server.terminate()  # it shuts its kernels down first
            server.wait(60)


@contextmanager
def chromium():
    """Start a headless Chromium; without one the tests fail, they are not skipped."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError(f"none of {', '.join(BROWSERS)} is installed; see `make test-browser`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


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
