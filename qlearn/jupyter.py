"""Keep notebooks clean, and write the pages that are made from them.

`pre_save` is the save hook of Jupyter's server; `write` is what `make notebooks` calls.
"""

import re
from pathlib import Path
from urllib.parse import quote

import nbformat

ROOT = Path(__file__).resolve().parent.parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PARTS = {  # the tens digit of a notebook: name of the part, its room
    "0": ("Start", ""),
    "1": ("Numbers", "numbers"),
    "2": ("Grids", "grids"),
    "3": ("Integers", "integers"),
    "4": ("After training", "ptq"),
    "5": ("While training", "qat"),
    "6": ("Mixed precision", "mixed_precision"),
    "7": ("Hardware", "hardware"),
}
MADE = "<!-- made by `make notebooks` from the notebooks: edit those -->"
README_TABLE = re.compile(r"(<!-- notebooks -->\n).*(<!-- /notebooks -->)", re.DOTALL)


def strip(nb):
    """Take out what only the kernel that made it can show: widget views, their state, times."""
    nb["metadata"].pop("widgets", None)
    for cell in nb.get("cells", []):
        cell["metadata"].pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return nb


def pre_save(model, **_):
    """Strip a notebook that Lab saves: reopened, it shows its pictures and not an error."""
    if model["type"] == "notebook" and model.get("content"):
        strip(model["content"])


def run(path):
    """Run a notebook in its folder and write it back stripped, with its outputs."""
    from nbclient import NotebookClient

    nb = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(Path(path).resolve().parent)}}
    options = dict(kernel_name="python3", timeout=120, coalesce_streams=True)
    NotebookClient(nb, resources=folder, record_timing=False, **options).execute()
    nb.metadata.kernelspec = dict(name="python3", display_name="Python 3", language="python")
    nb.metadata.language_info = dict(name="python")  # its version differs between machines
    nbformat.write(strip(nb), path)


def read(folder=ROOT / "notebooks"):
    """Read all notebooks in the order of the course: {"11-affine": notebook}."""
    paths = sorted(Path(folder).glob("[0-9][0-9]-*.ipynb"))
    return {path.stem: nbformat.read(path, as_version=4) for path in paths}


def tagged(nb, tag):
    """Give the cells of a notebook that carry a tag."""
    return [cell for cell in nb.cells if tag in cell.metadata.get("tags", [])]


def headings(nb):
    """Give (level, text) of each markdown heading; a # inside a code fence is none."""
    prose = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    prose = re.sub(r"(?ms)^```.*?^```", "", prose)
    return [(len(marks), text) for marks, text in re.findall(r"(?m)^(#+) +(.*?) *$", prose)]


def said(cell):
    """Give the last line of text that a cell printed or returned."""
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
    lines = "\n".join(texts).split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def table(header, rows):
    """Write a markdown table; a bar inside a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    escaped = [[str(cell).replace("|", r"\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def course_map(notebooks, prefix=""):
    """Tabulate the notebooks by part, with survey sections, minutes and tracks."""
    rows = []
    for name, nb in notebooks.items():
        q = nb.metadata.qlearn
        link = f"[{name[:2]} {q.title}]({prefix}{name}.ipynb)"
        minutes = f"{q.read} + {q.do}"
        part = PARTS[name[0]][0]
        rows.append([part, link, ", ".join(q.survey), minutes, ", ".join(q.tracks)])
    begun = {name[0] for name in notebooks}
    to_come = [name.lower() for digit, (name, _) in PARTS.items() if digit not in begun]
    text = table(["part", "notebook", "survey", "minutes: read + do", "tracks"], rows)
    return text + (f"\nStill to come: {', '.join(to_come)}.\n" if to_come else "")


def claims(notebooks):
    """Tabulate the survey's sentences that the notebooks measured, each with its verdict."""
    rows = []
    for name, nb in notebooks.items():
        for cell in tagged(nb, "claim"):
            q = cell.metadata.qlearn
            rows.append([f"[{name}]({name}.ipynb)", q.survey, q.claim, said(cell)])
    text = table(["notebook", "survey", "what it says", "what we measured"], rows)
    return f"{MADE}\n# What the survey and others claim, and what we measured\n\n{text}"


def index(notebooks):
    """Tabulate every method: formula, import line, notebook heading, source, names elsewhere."""
    rows = []
    for name, nb in notebooks.items():
        for m in nb.metadata.qlearn.get("methods", []):
            if m.heading not in [text for _, text in headings(nb)]:
                raise ValueError(f"{name} has no heading {m.heading!r}, which {m.name} refers to")
            link = f"[{m.name}]({name}.ipynb#{quote(m.heading.replace(' ', '-'))})"
            rows.append([link, m.formula, f"`{m['import']}`", m.source, m.elsewhere])
    text = table(["method", "formula", "import", "source", "elsewhere"], rows)
    return f"{MADE}\n# Every method on one page\n\n{text}"


def pages(root=ROOT):
    """Make each text that depends on the notebooks: {path: text}."""
    folder, readme = root / "notebooks", root / "README.md"
    notebooks = read(folder)
    links = course_map(notebooks, "notebooks/")
    made = {
        readme: README_TABLE.sub(lambda m: m[1] + links + m[2], readme.read_text("utf-8")),
        folder / "claims.md": claims(notebooks),
        folder / "index.md": index(notebooks),
    }
    for name, nb in notebooks.items():
        for cell in tagged(nb, "map"):
            cell.source = course_map(notebooks).strip()
            made[folder / f"{name}.ipynb"] = nbformat.writes(nb) + "\n"
    return made


def write(paths=(), root=ROOT):
    """Run the notebooks named, then write every page made from all of them."""
    for path in paths:
        run(path)
    for path, text in pages(root).items():
        path.write_text(text, "utf-8")
