"""Every exercise of every notebook, as it stands there: stub, check and folded solution."""

import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def asked(path, tag):
    """Run a notebook's cells of one tag after its imports; list check and what it is asked."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code"]
    space, calls = {}, []
    exec("".join(code[0]["source"]), space)
    check = space["check"]
    space["check"] = lambda number, answer: calls.append((number, answer)) or check(number, answer)
    for cell, following in zip(code, [*code[1:], None], strict=True):
        if tag in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), space)
            if tag == "exercise":  # the stub's check is the next cell, a solution's its last line
                exec("".join(following["source"]), space)
    return check, calls


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stubs_are_not_yet_and_folded_solutions_pass(path):
    (check, stubs), (_, solutions) = asked(path, "exercise"), asked(path, "solution")
    assert [n for n, _ in stubs] == [n for n, _ in solutions] == list(range(1, len(stubs) + 1))
    assert len(stubs) >= 2
    for number, stub in stubs:
        assert check(number, stub).right is None, number
    for number, solution in solutions:
        assert check(number, solution).right is True, check(number, solution)
