from IPython.core.interactiveshell import InteractiveShell

from qlearn.views import source


class Ruler:
    """A ruler."""

    @property
    def step(self):
        return 1

    def length(self):
        return 2


def half(x):
    return x / 2


def test_source_of_a_function_is_its_text():
    assert repr(source(half)) == "def half(x):\n    return x / 2"


def test_source_of_a_method_starts_at_the_left():
    assert repr(source(Ruler.length)) == repr(source(Ruler().length))
    assert repr(source(Ruler.length)) == "def length(self):\n    return 2"


def test_source_of_a_property_and_a_class():
    assert repr(source(Ruler.step)) == "@property\ndef step(self):\n    return 1"
    assert repr(source(Ruler)).startswith('class Ruler:\n    """A ruler."""')


def test_a_notebook_gets_markdown_and_text_and_nothing_else():
    data, _ = InteractiveShell.instance().display_formatter.format(source(half))
    code = "def half(x):\n    return x / 2"
    assert data == {"text/plain": code, "text/markdown": f"```python\n{code}\n```"}
