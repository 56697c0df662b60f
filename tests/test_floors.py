"""The house: rooms import from floors below, heavy libraries stay in their rooms, small modules."""

import ast
import re
import subprocess
import sys
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "views": 5, "exercises": 5,
    "mixed_precision": 4,
    "hardware": 3, "qat": 3, "integers": 3, "ptq": 3,
    "grids": 2, "networks": 2,
    "numbers": 1,
}  # fmt: skip
MODULES = sorted((ROOT / "qlearn").rglob("*.py"))
SCENES = r"from qlearn\.(?:views|exercises)\.(\w+) import"  # those of part 5 may import torch
PART5 = {
    name
    for path in (ROOT / "notebooks").glob("5*.ipynb")
    for name in re.findall(SCENES, path.read_text("utf-8"))
}
HEAVY = ["torch", "matplotlib", "ipywidgets", "scipy"]
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))


def dotted(path):
    """The import name of a module, and of the package that it lies in."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = ".".join(parts[:-1])
    return (package if parts[-1] == "__init__" else ".".join(parts)), package


def room(name):
    """The room of "qlearn.room.module"; None outside the rooms."""
    parts = name.split(".")
    return parts[1] if parts[0] == "qlearn" and len(parts) > 1 and parts[1] in FLOORS else None


def imports(node, package, inside=False):
    """Each (name, whether inside a function) that a piece of code imports."""
    inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    if isinstance(node, ast.Import):
        yield from ((alias.name, inside) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        base = resolve_name("." * node.level + (node.module or ""), package)
        yield from ((f"{base}.{alias.name}", inside) for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imports(child, package, inside)


def imports_of(path):
    return list(imports(ast.parse(path.read_text("utf-8")), dotted(path)[1]))


def imported(names, heavy):
    """Which of the heavy libraries are loaded after the import of all those modules."""
    lines = [f"import {name}" for name in names]
    script = "\n".join([*lines, "import sys", f"print(*({set(heavy)!r} & set(sys.modules)))"])
    return subprocess.check_output([sys.executable, "-c", script], text=True, cwd=ROOT).split()


def test_every_room_has_its_floor():
    rooms = {path.parent.name for path in MODULES if path.parent.parent.name == "qlearn"}
    assert rooms
    assert rooms <= FLOORS.keys()


@each_module
def test_a_room_imports_only_from_floors_below(path):
    own = room(dotted(path)[0])
    for name, _ in imports_of(path):
        other = room(name)
        if other not in (None, own):
            assert own is not None, f"{path.name} lies outside the rooms, yet imports {name}"
            assert FLOORS[other] < FLOORS[own], f"{own} imports {name}, which is not below it"


@each_module
def test_heavy_libraries_stay_in_their_rooms(path):
    own = room(dotted(path)[0])
    for name, inside in imports_of(path):
        library = name.split(".")[0]
        if library in ("matplotlib", "ipywidgets"):
            assert own == "views", f"only views draws, but {path.name} imports {name}"
        if library == "torch" and own != "qat":
            allowed = own in ("views", "exercises") and path.stem in PART5 and inside
            assert allowed, f"only qat imports torch, but {path.name} does, too"
        if library == "scipy":
            assert inside, f"{path.name} imports scipy; do it inside the function that needs it"


def test_numeric_rooms_load_no_heavy_library():
    light = [dotted(p)[0] for p in MODULES if room(dotted(p)[0]) not in ("qat", "views")]
    assert light
    assert imported(light, HEAVY) == []


def test_views_load_neither_torch_nor_scipy():
    views = [dotted(p)[0] for p in MODULES if room(dotted(p)[0]) == "views"]
    assert views
    assert imported(views, ["torch", "scipy"]) == []


@each_module
def test_every_module_has_its_test(path):
    if path.name != "__init__.py":
        folder = path.parent.relative_to(ROOT / "qlearn")
        test = ROOT / "tests" / folder / f"test_{path.stem}.py"
        assert test.exists(), f"{test.relative_to(ROOT)} is missing"


@each_module
def test_a_module_fits_on_a_few_slides(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), f"{path.name} does not say what it is"
    assert len(path.read_text("utf-8").splitlines()) <= 200


def test_the_rules_see_every_way_to_import():
    code = "from . import affine\nfrom ..qat import ste\ndef f():\n    import torch.nn as nn\n"
    found = list(imports(ast.parse(code), "qlearn.numbers"))
    assert found == [
        ("qlearn.numbers.affine", False),
        ("qlearn.qat.ste", False),
        ("torch.nn", True),
    ]
    assert [room(name) for name, _ in found] == ["numbers", "qat", None]
    assert imported(["json", "wave"], ["wave", "torch"]) == ["wave"]


def test_tests_are_no_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))
