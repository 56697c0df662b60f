"""What every notebook keeps to: metadata, cells, outputs, exercises, words, generated pages."""

import ast
import builtins
import re
import statistics
from graphlib import TopologicalSorter
from itertools import pairwise

import nbformat
import pytest

from qlearn import jupyter

NOTEBOOKS = jupyter.read()
ROOT = jupyter.ROOT
FORMS = {"Lesson": (30, 30, 60), "Gallery": (30, 30, 60), "Lab": (90, 90, 90)}  # read, do, both
TRACKS = {"core", "microcontroller", "LLM", "extreme", "theory"}
VERDICTS = ("holds", "does not hold", "can't tell here", "not testable here")
KEYS = {"form", "title", "survey", "tracks", "read", "do", "outcomes", "aha", "needs", "methods"}
METHOD = {"name", "formula", "import", "heading", "source", "elsewhere"}
ELSEWHERE = r"/(?:home|root|tmp|Users|usr|mnt|opt)/|\b[A-Z]:\\|0x[0-9a-f]{8,}|ipykernel_"
MEASURED = r"\b\d+\.\d+ ?(?:%|dB|points|pJ|nJ|µJ|uJ|ms|µs|us|kB|MB|MiB|KiB)(?!\w)"
each = pytest.mark.parametrize("name", NOTEBOOKS)


def tags(cell):
    return cell.metadata.get("tags", [])


def code(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def prose(nb):
    """The markdown of a notebook without its code, formulas, addresses and quotations."""
    text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    return re.sub(
        r"(?ms)^```.*?^```|\$\$.*?\$\$|`[^`\n]*`|\$[^$\n]*\$|\]\([^)]*\)|^>.*?$", "", text
    )


def lines(cell):
    """The lines of a cell that say something: neither blank nor a comment."""
    stripped = [line.strip() for line in cell.source.split("\n")]
    return [line for line in stripped if line and not line.startswith("#")]


def nodes_of(cell, kind):
    return [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kind)]


def nodes(nb, kind):
    return [node for cell in code(nb) for node in nodes_of(cell, kind)]


def answers(stub):
    """What a stub answers: the values that it returns and those that it assigns."""
    returned = [node.value for node in nodes_of(stub, ast.Return)]
    assigned = [line.value for line in ast.parse(stub.source).body if isinstance(line, ast.Assign)]
    silent = ["None"] * len(nodes_of(stub, ast.FunctionDef))  # a function may just end
    return silent + [ast.unparse(value) if value else "None" for value in returned + assigned]


def texts(output):
    """What an output says, its pictures left out."""
    data = {kind: text for kind, text in output.get("data", {}).items() if "image" not in kind}
    return "\n".join(map(str, [output.get("text", ""), *data.values()]))


def imported(tree):
    """(module, name) of each name that code imports from qlearn."""
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    found = [(node.module, alias.name) for node in froms for alias in node.names]
    return [(module, name) for module, name in found if module.startswith("qlearn")]


def taught(nb):
    """The names that a notebook explains: its methods, and whatever it shows the source of."""
    methods = [ast.parse(m["import"]) for m in nb.metadata.qlearn.get("methods", [])]
    calls = [c for c in nodes(nb, ast.Call) if getattr(c.func, "id", "") == "source"]
    shown = {arg.id for call in calls for arg in call.args if isinstance(arg, ast.Name)}
    return shown | {name for tree in methods for _, name in imported(tree)}


def needed(name, notebooks):
    """The notebooks that come before one: those it needs, those they need, and so on."""
    direct = [n for n in notebooks if n[:2] in notebooks[name].metadata.qlearn.needs]
    return set(direct).union(*(needed(n, notebooks) for n in direct))


def used_too_early(name, notebooks):
    """The names that a notebook uses though they are taught only in some that it does not need.

    What no notebook teaches is a tool, free to all; 00 shows what is to come and may use it.
    """
    before = {name} | needed(name, notebooks)
    known = set().union(*(taught(notebooks[n]) for n in before))
    later = set().union(*(taught(nb) for n, nb in notebooks.items() if n not in before))
    used = {n for cell in code(notebooks[name]) for _, n in imported(ast.parse(cell.source))}
    return set() if name.startswith("00") else used & (later - known)


def test_there_are_notebooks():
    assert NOTEBOOKS


@each
def test_valid_small_and_of_a_known_part(name):
    path = ROOT / f"notebooks/{name}.ipynb"
    nbformat.validate(NOTEBOOKS[name])
    assert name[0] in jupyter.PARTS
    assert path.stat().st_size < 200_000
    assert path.read_text("utf-8") == nbformat.writes(NOTEBOOKS[name]) + "\n"


@each
def test_metadata(name):
    q = NOTEBOOKS[name].metadata.qlearn
    assert KEYS - {"methods"} <= q.keys() <= KEYS
    assert len(q.outcomes) == 3
    assert all(isinstance(text, str) and text for text in [*q.outcomes, *q.survey, q.title, q.aha])
    assert q.aha.endswith(".")
    assert set(q.tracks) <= TRACKS and q.tracks
    assert set(q.needs) <= {other[:2] for other in NOTEBOOKS} - {name[:2]}
    most = FORMS[q.form]
    assert all(0 < n <= limit for n, limit in zip([q.read, q.do, q.read + q.do], most, strict=True))
    assert NOTEBOOKS[name].metadata.language_info == {"name": "python"}


@each
def test_methods_can_be_imported(name):
    for method in NOTEBOOKS[name].metadata.qlearn.get("methods", []):
        assert set(method) == METHOD
        assert method["import"].startswith("from qlearn.")
        exec(method["import"], {})


def test_needs_have_no_cycle():
    needs = {name[:2]: nb.metadata.qlearn.needs for name, nb in NOTEBOOKS.items()}
    tuple(TopologicalSorter(needs).static_order())


@each
def test_a_track_holds_all_that_its_notebooks_need(name):
    q = NOTEBOOKS[name].metadata.qlearn
    for other, nb in NOTEBOOKS.items():
        if other[:2] in q.needs:
            assert set(q.tracks) <= set(nb.metadata.qlearn.tracks), f"{other} lies elsewhere"


@each
def test_no_name_before_the_notebook_that_teaches_it(name):
    assert used_too_early(name, NOTEBOOKS) == set()


@each
def test_a_lesson_of_cells_that_fit_a_slide(name):
    nb = NOTEBOOKS[name]
    lengths = [len(lines(cell)) for cell in code(nb)]
    assert statistics.median(lengths) <= 4
    assert max(lengths) <= 15
    assert 25 <= len(nb.cells) <= 45
    assert len(nodes(nb, ast.FunctionDef)) <= 8


@each
def test_imports_come_first_and_from_the_room_of_the_part(name):
    room = jupyter.PARTS[name[0]][1]
    first = [m for cell in code(NOTEBOOKS[name])[:2] for m, _ in imported(ast.parse(cell.source))]
    assert not room or any(module.split(".")[1] == room for module in first)


def made_in(cell):
    """The names that a cell makes."""
    stored = [n.id for n in nodes_of(cell, ast.Name) if isinstance(n.ctx, ast.Store)]
    named = nodes_of(cell, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler)
    imports = [n.asname or n.name for n in nodes_of(cell, ast.alias)]
    return {*stored, *imports, *(n.name for n in named), *(n.arg for n in nodes_of(cell, ast.arg))}


def missing(nb):
    """The names that a section uses though neither it nor the first code cell makes them."""
    first, *_ = code(nb)
    known, here, found = made_in(first) | set(dir(builtins)), set(), set()
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            here = set() if re.search("(?m)^## ", cell.source) else here
        else:
            here |= made_in(cell)
            found |= {n.id for n in nodes_of(cell, ast.Name)} - known - here
    return found


@each
def test_every_section_runs_after_the_first_code_cell_alone(name):
    assert missing(NOTEBOOKS[name]) == set()


@each
def test_nothing_that_breaks_comparison_or_pictures(name):
    for cell in code(NOTEBOOKS[name]):
        ast.parse(cell.source)  # no magics
        assert not (lines(cell) or [""])[-1].endswith(";"), cell.source
        forbidden = r"\binteract\(|\bOutput\(|clear_output|\bpyplot\b|\bplt\.|interactive_output"
        assert not re.search(forbidden, cell.source), cell.source


@each
def test_executed_in_order_and_stripped(name):
    nb = NOTEBOOKS[name]
    counts = [cell.execution_count for cell in code(nb)]
    assert counts == list(range(1, len(counts) + 1))
    assert nb == jupyter.strip(nbformat.from_dict(nb))
    assert jupyter.WIDGET_VIEW not in str(nb)


@each
def test_outputs_hold_no_error_and_no_trace_of_this_machine(name):
    for cell in NOTEBOOKS[name].cells:
        said = "\n".join([cell.source, *map(texts, cell.get("outputs", []))])
        assert not re.search(ELSEWHERE, said), said
        assert str(ROOT) not in said
        for output in cell.get("outputs", []):
            if not {"raises-exception", "nbval-raises-exception"} & set(tags(cell)):
                assert output.output_type != "error"
            if "nbval-ignore-output" not in tags(cell):
                assert output.get("name") != "stderr", output.text


@each
def test_every_picture_is_described(name):
    nb = NOTEBOOKS[name]
    markdown = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    assert all(alt.strip() for alt in re.findall(r"!\[(.*?)\]\(", markdown))
    assert all(re.search(r"alt=['\"].", tag) for tag in re.findall(r"<img[^>]*>", markdown))
    for output in [output for cell in code(nb) for output in cell.outputs]:
        if "image/png" in output.get("data", {}):
            assert output.metadata["image/png"]["alt"].strip()
            assert re.match(r"[^<\s]", output.data["text/plain"])


@each
def test_headings(name):
    found = jupyter.headings(NOTEBOOKS[name])
    levels = [level for level, _ in found]
    assert levels.count(1) == 1 and levels[0] == 1
    assert NOTEBOOKS[name].metadata.qlearn.title in found[0][1]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each
def test_measured_numbers_are_printed_by_cells(name):
    assert re.findall(MEASURED, prose(NOTEBOOKS[name])) == []


@each
def test_exercises(name):
    """Stub, check, solution: the stub answers None, the solution is folded and checks itself."""
    cells = NOTEBOOKS[name].cells
    at = [i for i, cell in enumerate(cells) if "exercise" in tags(cell)]
    assert at or name.startswith("00")
    assert len(at) == sum("solution" in tags(cell) for cell in cells)
    for stub, check, solution in [cells[i : i + 3] for i in at]:
        assert answers(stub), stub.source
        assert all(re.fullmatch(r"None|\(None(, None)+\)", a) for a in answers(stub)), stub.source
        assert "check(" in check.source and "check(" in solution.source
        assert "solution" in tags(solution)
        assert solution.metadata.jupyter.source_hidden


@each
def test_claims_end_with_a_verdict(name):
    for cell in jupyter.tagged(NOTEBOOKS[name], "claim"):
        assert cell.metadata.qlearn.keys() == {"claim", "survey"}
        assert any(verdict in jupyter.said(cell) for verdict in VERDICTS), cell.source


def test_generated_pages_are_up_to_date():
    for path, text in jupyter.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name} is stale: run `make pages`"


def test_links_lead_somewhere():
    pages = {path: path.read_text("utf-8") for path in [ROOT / "README.md", *ROOT.glob("*/*.md")]}
    for name, nb in NOTEBOOKS.items():
        markdown = [cell.source for cell in nb.cells if cell.cell_type == "markdown"]
        pages[ROOT / f"notebooks/{name}.ipynb"] = "\n".join(markdown)
    for page, text in pages.items():
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            there = link.startswith(("http", "attachment:")) or (page.parent / link).exists()
            assert there, f"{page.name} links {link}"


def a_notebook(source, needs=(), methods=()):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nb.metadata["qlearn"] = {"needs": needs, "methods": methods}
    return nbformat.from_dict(nb)


def headings_of(nb):
    text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    return {h.strip().replace(" ", "-") for h in re.findall(r"(?m)^#{1,4} (.*)$", text)}


@each
def test_links_name_the_notebook_and_the_heading_they_lead_to(name):
    text = "\n".join(c.source for c in NOTEBOOKS[name].cells if c.cell_type == "markdown")
    numbers = {other[:2]: nb for other, nb in NOTEBOOKS.items()}
    for number, title, target in re.findall(r"\[(\d\d) ([^]]+)\]\((\d\d)-", text):
        assert number == target and title == numbers[number].metadata.qlearn.title
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor.replace("%20", "-") in headings_of(NOTEBOOKS[name]), anchor


def test_the_rule_of_names_sees_a_name_taught_later():
    affine = [{"import": "from qlearn.numbers import Affine"}]
    use = "from qlearn.numbers import Affine, gptq, mse\nfrom qlearn.views import source\n"
    notebooks = {
        "11-affine": a_notebook(use, methods=affine),
        "12-next": a_notebook("x = 1", needs=["11"]),
        "13-far": a_notebook(use, needs=["12"]),
        "14-rash": a_notebook(use),
        "41-gptq": a_notebook(use + "source(gptq)"),
    }
    assert used_too_early("14-rash", notebooks) == {"Affine", "gptq"}
    assert used_too_early("13-far", notebooks) == {"gptq"}
    assert used_too_early("41-gptq", notebooks) == {"Affine"}


def test_prose_keeps_words_and_drops_code():
    text = "8 bits, 3.1 dB.\n```\n4.2 ms\n```\n`5.0 %` and $6.0 %$\n> says 7.1 %"
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    assert re.findall(MEASURED, prose(nb)) == ["3.1 dB"]


def test_the_folder_holds_notebooks_of_the_course_only():
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == set(NOTEBOOKS)
    assert len({name[:2] for name in NOTEBOOKS}) == len(NOTEBOOKS)
