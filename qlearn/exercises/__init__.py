"""Checks for the exercises: one module a notebook, each with its own `check(number, answer)`.

    from qlearn.exercises.affine import check
    check(1, quantize)

An answer is a function; one that still returns None is "not yet". A wrong answer gets the hint that
this very answer deserves. A verdict shows itself, and has .right, .hint and .points for graders.
"""

from .verdict import Verdict, checker

__all__ = ["Verdict", "checker"]
