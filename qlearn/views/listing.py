"""Show a function as it stands in the package, so that text and code can't drift apart."""

import inspect
import textwrap


class Listing:
    """Source code that shows itself as a fenced block."""

    def __init__(self, code):
        self.code = code

    def __repr__(self):
        return self.code

    def _repr_markdown_(self):
        return f"```python\n{self.code}\n```"


def source(thing) -> Listing:
    """Return the source of a function, method, property or class."""
    thing = getattr(thing, "fget", thing)
    return Listing(textwrap.dedent(inspect.getsource(thing)).rstrip())
