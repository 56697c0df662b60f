"""The comparison that ends every notebook on a grid: all quantizers on the same numbers.

    print(ladder(numbers, so_far(4) | {"mine": fit}))

numbers: name -> list of arrays (one for each seed). A fit is a function array -> quantizer.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from qlearn.numbers import (
    Affine,
    Grouped,
    by_group,
    half_scales,
    minmax_range,
    mse_range,
    sqnr,
    sqnr_limit,
)

from .bell import nf4
from .codebook import Codebook
from .even import even_levels
from .kmeans import lloyd_max

GROUP = 64
FITTED = {}  # (name, bits, numbers) -> quantizer: many figures and cells ask for the same


def uniform(num_bits, find=minmax_range, axis=None):
    """A fit: the Affine over the range that `find` finds, symmetric unless x has one side only."""

    def fit(x):
        both = bool(np.min(x) < 0)
        ends = find(x, num_bits=num_bits, axis=axis, symmetric=both)
        return Affine.from_range(*ends, num_bits, symmetric=both, signed=both)

    return fit


def absmax(levels):
    """A fit: the Codebook of these known levels in each row, stretched to its largest in size.

    The scales have 16 bits.
    """
    levels, reach = np.asarray(levels, np.float32), np.float32(np.abs(levels).max())

    def fit(x):
        rows = np.abs(x).max(axis=tuple(range(1, np.ndim(x))), keepdims=True) / reach
        return Codebook(levels, np.where(rows > 0, rows, 1).astype(np.float16), known=True)

    return fit


def even(num_bits):
    """A fit: the best even levels, none of them 0. Half steps are known: a step is stored."""

    def fit(x):
        levels = even_levels(x, num_bits)
        step = levels[1] - levels[0]
        halves = np.float32(np.round(levels / step - 0.5) + 0.5)
        return Codebook(halves, np.float32(step), known=True)

    return fit


def once(name, num_bits, fit):
    """The same fit, which looks only once at the same numbers."""

    def look(x):
        x = np.ascontiguousarray(x)
        key = name, num_bits, x.shape, x.dtype.str, blake2b(x).digest()
        if key not in FITTED:
            FITTED[key] = fit(x)
        return FITTED[key]

    return look


def so_far(num_bits):
    """The quantizers of 11 to 21 at these bits, by name: uniform ones first."""
    channels = uniform(num_bits, mse_range, axis=0)
    fits = {
        "min/max": uniform(num_bits),
        "best range": uniform(num_bits, mse_range),
        "per channel": channels,
        "per group": by_group(lambda rows: half_scales(channels(rows)), GROUP),
        "even, no zero": even(num_bits),
        "Lloyd-Max": lambda x: Codebook(lloyd_max(x, num_bits)),
    }
    if num_bits == 4:
        fits["NF4 per group"] = by_group(absmax(nf4()), GROUP)
    return {name: once(name, num_bits, fit) for name, fit in fits.items()}


def run_time(Q):
    """What a product with codes of Q takes: "multiply" (even levels), "shift" or "look up"."""
    if isinstance(Q, Grouped):
        return f"{run_time(Q.Q)}, groups"
    if not isinstance(Q, Codebook):
        return "multiply"
    steps, sizes = np.diff(Q.levels), np.abs(Q.levels[Q.levels != 0])
    if len(steps) < 2 or np.allclose(steps, steps[0], rtol=1e-4):
        return "multiply"
    powers = np.log2(sizes / sizes.max())
    return "shift" if np.allclose(powers, powers.round(), atol=1e-5) else "look up"


def one_rung(arrays, Qs):
    """(stored bits a number, SQNR, dB short of the Gaussian limit there), a number an array each.

    Short: what the limit would reach with as many stored bits, less the SQNR.
    """
    rows = []
    for x, Q in zip(arrays, Qs, strict=True):
        stored, dB = Q.bits_per_value(x.size), sqnr(x, Q(x))
        rows.append((stored, dB, sqnr_limit(x, stored) - dB))
    return np.transpose(rows)


@dataclass(frozen=True, eq=False)
class Ladder:
    """rungs: {grid: {numbers: (stored bits, SQNR, dB short)}}; needs: {grid: at run time}."""

    rungs: dict
    needs: dict

    def __repr__(self):
        names = list(next(iter(self.rungs.values())))
        lines = [" " * 14 + "".join(f"{name:>20s}" for name in names)]
        lines.append(" " * 14 + "    bits    dB short" * len(names) + "  at run time")
        for grid, row in self.rungs.items():
            means = [r.mean(axis=1) for r in row.values()]
            cells = "".join(f"{bits:8.2f}{dB:6.1f}{short:6.1f}" for bits, dB, short in means)
            lines.append(f"{grid:14s}{cells}  {self.needs[grid]}")
        return "\n".join(lines)


def ladder(numbers, fits):
    """Put every fit on every list of arrays; the result shows itself as a table."""
    rungs, needs = {}, {}
    for grid, fit in fits.items():
        fitted = {name: [fit(x) for x in arrays] for name, arrays in numbers.items()}
        rungs[grid] = {name: one_rung(numbers[name], Qs) for name, Qs in fitted.items()}
        needs[grid] = run_time(next(iter(fitted.values()))[0])
    return Ladder(rungs, needs)
