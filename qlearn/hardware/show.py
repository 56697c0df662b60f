"""How a table of words and numbers is set: three digits, columns, numbers to the right.

With this module one can
- write a number: `text(26248)` is 26,248 and `text(10.7804)` is 10.8,
- set lines of words in columns: `aligned(lines, right=[1])`.
"""


class Table(str):
    """Text that shows itself without quotes."""

    __repr__ = str.__str__


def text(value) -> str:
    """Write a number with three digits or with all of a whole one."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if isinstance(value, int) or value >= 100 else f"{value:.3g}"


def aligned(lines, right) -> str:
    """Set rows of words in columns; `right` are the columns of numbers, flush with their units."""
    columns = list(zip(*lines, strict=True))
    for i, column in enumerate(columns):
        width = max(map(len, column))
        columns[i] = [word.rjust(width) if i in right else word.ljust(width) for word in column]
    return "\n".join("  ".join(words).rstrip() for words in zip(*columns, strict=True))
