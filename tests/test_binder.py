"""Binder: the image is described completely, and repo2docker renders it (no Docker needed)."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest
from repo2docker.app import Repo2Docker

from qlearn.jupyter import pre_save

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
NOT_IN_THE_IMAGE = ("nbval", "pytest", "hypothesis")
IN_THE_BASE_IMAGE = ("jupyterlab",)


def requirements(path):
    return {line for line in path.read_text().split("\n") if line and not line.startswith("-")}


def start(**env):
    """The number of threads that a launch gives to numpy and torch."""
    command = [BINDER / "start", "sh", "-c", "echo $OMP_NUM_THREADS"]
    clean = {key: value for key, value in os.environ.items() if key != "CPU_LIMIT"}
    done = subprocess.run(command, env=clean | env, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_repo2docker_renders_the_folder():
    app = Repo2Docker()
    with contextlib.chdir(ROOT):
        packs = [pack(base_image=app.base_image) for pack in app.buildpacks]
        pack = next(pack for pack in packs if pack.detect())
        pack.platform = "linux/amd64"
        dockerfile = pack.render()
    assert type(pack).__name__ == "PythonBuildPack"
    assert pack.python_version == "3.12"
    assert "./binder/postBuild" in dockerfile
    assert 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in dockerfile
    # the large layer comes before the content, so that a new commit does not build it again
    install = dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert install < dockerfile.index("src/ ${REPO_DIR}/")


def test_the_image_holds_what_the_course_needs():
    left_out = NOT_IN_THE_IMAGE + IN_THE_BASE_IMAGE
    course = {r for r in requirements(ROOT / "requirements.txt") if not r.startswith(left_out)}
    assert course <= requirements(BINDER / "requirements.txt")
    assert not any(r.startswith(left_out) for r in requirements(BINDER / "requirements.txt"))


def test_only_binder_asks_another_index():
    assert "index" not in (ROOT / "requirements.txt").read_text()
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in (
        BINDER / "requirements.txt"
    ).read_text().split("\n")


@pytest.mark.parametrize("script", ["binder/postBuild", "binder/start", ".ci/run"])
def test_scripts_can_be_started(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert path.read_text().split("\n")[0] in ("#!/bin/bash", "#!/usr/bin/env bash")
    subprocess.run(["bash", "-n", path], check=True)


def test_a_failing_postbuild_fails_the_build():
    assert "set -euo pipefail" in (BINDER / "postBuild").read_text()


@pytest.mark.parametrize(
    "granted, threads", [("2.0", 2), ("1", 1), ("0.5", 1), (".5", 1), ("3.9", 3), ("", 1)]
)
def test_a_launch_uses_the_cores_it_was_granted(granted, threads):
    assert start(CPU_LIMIT=granted) == threads


def test_a_launch_without_a_limit_uses_one_thread():
    assert start() == 1


def test_lab_saves_with_our_hook_and_asks_for_no_news():
    server = json.loads((BINDER / "jupyter_server_config.json").read_text())
    hook = server["ContentsManager"]["pre_save_hook"]
    assert hook == f"{pre_save.__module__}.{pre_save.__name__}"
    (settings,) = json.loads((BINDER / "overrides.json").read_text()).values()
    assert settings == {"fetchNews": "false", "checkForUpdates": False}
