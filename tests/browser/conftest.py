"""One Lab and one browser for all tests; each notebook is opened and run once."""

import pytest

from tests.browser.lab import chromium, served
from tests.browser.notebook import Notebook


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Give a function that opens a notebook by its name."""
    with served(tmp_path_factory.mktemp("lab")) as url, chromium() as browser:
        yield lambda name: Notebook(browser, url, name)


@pytest.fixture(scope="module", params=["00-start-here", "11-affine"])
def stored(request, lab):
    """A notebook as it lies in the repository, nothing run."""
    notebook = lab(request.param)
    yield notebook
    notebook.page.close()


@pytest.fixture(scope="module")
def ran(stored):
    """The same notebook after Run All Cells."""
    stored.run_all()
    return stored
