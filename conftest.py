"""Tests, and the kernels that they start, use this checkout's package and one thread."""

import os
from pathlib import Path

from hypothesis import settings

paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
os.environ["OMP_NUM_THREADS"] = "1"  # two test processes on two cores

settings.register_profile("course", deadline=None)  # a slow machine is no reason to fail
settings.load_profile("course")
