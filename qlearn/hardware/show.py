"""How a table of words and numbers is set: three digits, columns, numbers to the right.

With this module one can
- write a number: `text(26248)` is 26,248 and `text(10.7804)` is 10.8,
- write a quantity: `in_unit(1650, {"kB": 1e3, "bytes": 1})` is 1.65 kB,
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


def in_unit(value: float, units: dict[str, float]) -> str:
    """Write a quantity with three digits, in the first unit of which there is one, or the last."""
    value = float(f"{value:.3g}")  # before the unit is chosen: 0.9996 s is 1 s, not 1,000 ms
    unit = next((name for name, size in units.items() if value >= size), list(units)[-1])
    return f"{text(value / units[unit])} {unit}"


def aligned(lines, right) -> str:
    """Set rows of words in columns; `right` are the columns of numbers, flush with their units."""
    columns = list(zip(*lines, strict=True))
    for i, column in enumerate(columns):
        width = max(map(len, column))
        columns[i] = [word.rjust(width) if i in right else word.ljust(width) for word in column]
    return "\n".join("  ".join(words).rstrip() for words in zip(*columns, strict=True))
