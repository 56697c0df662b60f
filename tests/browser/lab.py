"""A real JupyterLab on a free loopback port, and a headless Chromium."""

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

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = "chromium", "chromium-browser", "google-chrome"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
TOKEN = "course"
PATIENCE = 120_000  # ms: a busy machine with two cores is no reason to fail


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
