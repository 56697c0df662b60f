import json
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run_tagged(name, tag):
    """Run a notebook's cells of one tag after its imports; list the calls of check."""
    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code"]
    space, calls = {}, []
    exec("".join(code[0]["source"]), space)
    space["check"] = lambda number, answer: calls.append((number, answer))
    for cell, following in zip(code, [*code[1:], None], strict=True):
        if tag in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), space)
            if (
                tag == "exercise"
            ):  # the stub's check is the next cell, a solution's its own last line
                exec("".join(following["source"]), space)
    return calls


@pytest.fixture(scope="session")
def asked():
    return run_tagged
