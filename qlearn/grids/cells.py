"""Cells: a sorted list of levels, the edges half-way between them, and who lies where."""

from itertools import pairwise

import numpy as np

from qlearn.numbers.arrays import as_floats

FEW = 255  # edges that are quicker compared with all numbers than looked up; a byte counts them


def as_levels(levels):
    """The levels as a list of floats that rise, no more than a code of 16 bits can name."""
    levels = as_floats(levels, "levels").copy()
    if levels.ndim != 1:
        raise ValueError(f"levels has shape {levels.shape}: it must be a list of numbers")
    if len(levels) > 2**16:
        raise ValueError(f"levels holds {len(levels)} numbers: a code of 16 bits names 65536")
    for low, high in pairwise(levels):
        if not low < high:
            what = "twice" if low == high else f"after {low}"
            raise ValueError(f"levels holds {high} {what}: levels must rise")
    return levels


def edges_for(x, levels):
    """Half-way between levels, rounded down to x's type: x lies above both or neither."""
    exact = levels[:-1].astype(np.float64) / 2 + levels[1:].astype(np.float64) / 2
    with np.errstate(over="ignore"):
        edges = exact.astype(x.dtype)
    return np.where(edges > exact, np.nextafter(edges, x.dtype.type(-np.inf)), edges)


def count_below(x, edges):
    """How many of the sorted edges lie below each number."""
    if len(edges) > FEW:
        return np.searchsorted(edges, x)
    codes = np.zeros(np.shape(x), np.uint8)
    for edge in edges:
        codes += np.greater(x, edge).view(np.uint8)  # adding booleans would cast them first
    return codes
