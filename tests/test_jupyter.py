"""Notebooks are stripped on save; the pages made from them are right and stay the same."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from qlearn import jupyter

PNG = "iVBORw0KGgo="
TO_COME = "grids, integers, after training, while training, mixed precision, hardware"
README = "# Course\n\n<!-- notebooks -->\nold\n<!-- /notebooks -->\nEnd\n"


def figure():
    """A cell as Lab would save it: live view, picture, caption, times of execution."""
    data = {jupyter.WIDGET_VIEW: {"model_id": "1"}, "image/png": PNG, "text/plain": "A caption."}
    output = new_output("display_data", data, metadata={"image/png": {"alt": "A caption."}})
    times = {"execution": {"iopub.execute_input": "2025-01-01T00:00:00Z"}, "tags": ["figure"]}
    return new_code_cell("explore(stairs)", outputs=[output], metadata=times)


def claim(verdict):
    printed = new_output("stream", name="stdout", text=f"18.1 dB\n{verdict}\n")
    metadata = {"tags": ["claim"], "qlearn": {"claim": "A|B is better.", "survey": "III-C"}}
    return new_code_cell("print(1)", outputs=[printed], metadata=metadata)


def notebook(title, cells=(), **more):
    q = dict(title=title, form="Lesson", survey=["III-B"], tracks=["core"], read=20, do=10) | more
    nb = new_notebook(cells=[new_markdown_cell(f"# {title}"), *cells])
    nb.metadata["qlearn"] = q
    return nb


@pytest.fixture
def course(tmp_path):
    """A tiny course of two notebooks in a folder of its own."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "README.md").write_text(README)
    method = {"name": "Affine", "formula": "q = |x|", "heading": "The map: S", "elsewhere": "torch"}
    method |= {"import": "from qlearn.numbers import Affine", "source": "Eq. 2"}
    the_map = new_markdown_cell("", metadata={"tags": ["map"]})
    heading = new_markdown_cell("## The map: S\n\n```\n# no heading\n```")
    start = notebook("Start here", [the_map])
    affine = notebook("Place a grid", [heading, claim("holds"), figure()], methods=[method])
    for name, nb in {"00-start": start, "11-affine": affine}.items():
        nbformat.write(nb, tmp_path / f"notebooks/{name}.ipynb")
    return tmp_path


def test_strip_leaves_picture_and_caption():
    nb = notebook("Place a grid", [figure()])
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    jupyter.strip(nb)
    assert "widgets" not in nb.metadata
    assert nb.cells[1].outputs[0].data == {"image/png": PNG, "text/plain": "A caption."}
    assert nb.cells[1].outputs[0].metadata == {"image/png": {"alt": "A caption."}}
    assert nb.cells[1].metadata == {"tags": ["figure"]}


def test_hook_strips_notebooks_and_nothing_else():
    model = {"type": "notebook", "content": notebook("Place a grid", [figure()])}
    jupyter.pre_save(model=model, path="a.ipynb", contents_manager=None)
    assert jupyter.WIDGET_VIEW not in str(model)
    text = {"type": "file", "content": jupyter.WIDGET_VIEW}
    jupyter.pre_save(model=text, path="a.txt", contents_manager=None)
    assert text["content"] == jupyter.WIDGET_VIEW
    jupyter.pre_save(model={"type": "notebook", "content": None})


def test_jupyter_accepts_the_hook(tmp_path):
    """The server's own contents manager, configured as Binder and `make lab` do, strips a save."""
    from jupyter_server.services.contents.largefilemanager import LargeFileManager
    from traitlets.config import Config

    options = jupyter.ROOT / "binder/jupyter_server_config.json"
    config = Config(json.loads(options.read_text()))
    manager = LargeFileManager(root_dir=str(tmp_path), config=config)
    content = notebook("Place a grid", [figure()])
    manager.save({"type": "notebook", "format": "json", "content": content}, "saved.ipynb")
    saved = (tmp_path / "saved.ipynb").read_text()
    assert jupyter.WIDGET_VIEW not in saved
    assert PNG in saved


def test_run_writes_outputs_but_no_times_and_no_versions(tmp_path):
    path = tmp_path / "11-affine.ipynb"
    slider = "from ipywidgets import IntSlider\nIntSlider(3)"
    nbformat.write(new_notebook(cells=[new_code_cell("print(6 * 7)"), new_code_cell(slider)]), path)
    jupyter.run(path)
    nb = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in nb.cells] == [1, 2]
    assert jupyter.said(nb.cells[0]) == "42"
    assert jupyter.said(nb.cells[1]) == "IntSlider(value=3)"
    assert nb.metadata.language_info == {"name": "python"}
    for trace in [jupyter.WIDGET_VIEW, "execute_input", '"widgets"']:
        assert trace not in path.read_text()


def test_headings_skip_code_fences():
    cells = [new_markdown_cell("# A\n```\n# not\n```\ntext\n## B  \n#tag"), new_code_cell("# no")]
    assert jupyter.headings(new_notebook(cells=cells)) == [(1, "A"), (2, "B")]


def test_map_links_every_notebook_and_names_what_is_to_come(course):
    text = jupyter.course_map(jupyter.read(course / "notebooks"), "notebooks/")
    row = "| Numbers | [11 Place a grid](notebooks/11-affine.ipynb) | III-B | 20 + 10 | core |"
    assert row in text.split("\n")
    assert text.endswith(f"|\n\nStill to come: {TO_COME}.\n")


def test_claims_give_the_verdict_that_was_printed(course):
    text = jupyter.claims(jupyter.read(course / "notebooks"))
    assert text.endswith("| [11-affine](11-affine.ipynb) | III-C | A\\|B is better. | holds |\n")


def test_index_links_the_heading(course):
    text = jupyter.index(jupyter.read(course / "notebooks"))
    link = "[Affine](11-affine.ipynb#The-map%3A-S)"
    cells = [link, r"q = \|x\|", "`from qlearn.numbers import Affine`", "Eq. 2", "torch"]
    assert text.split("\n")[-2] == f"| {' | '.join(cells)} |"


def test_index_refuses_a_heading_that_is_not_there(course):
    notebooks = jupyter.read(course / "notebooks")
    notebooks["11-affine"].cells[1].source = "## Another"
    with pytest.raises(ValueError, match="11-affine has no heading 'The map: S', which Affine"):
        jupyter.index(notebooks)


def test_writing_twice_changes_nothing(course):
    jupyter.write(root=course)
    first = {path: path.read_text() for path in course.rglob("*") if path.is_file()}
    assert {path.name for path in first} >= {"README.md", "claims.md", "index.md"}
    assert "old" not in first[course / "README.md"]
    assert first[course / "README.md"].endswith(f"{TO_COME}.\n<!-- /notebooks -->\nEnd\n")
    assert "(11-affine.ipynb)" in first[course / "notebooks/00-start.ipynb"]
    jupyter.write(root=course)
    assert first == {path: path.read_text() for path in course.rglob("*") if path.is_file()}


def test_the_server_loads_the_hook_without_numpy():
    code = "import sys, qlearn.jupyter; print({'numpy', 'nbclient'} & set(sys.modules))"
    out = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=jupyter.ROOT)
    assert out.strip() == "set()"
