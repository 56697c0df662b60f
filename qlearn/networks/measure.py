"""What quantization did to a network: accuracy, decisions changed, logit SQNR."""

from dataclasses import dataclass

import numpy as np

from qlearn.numbers import sqnr

from .data import digits
from .fold import fold
from .trained import SEEDS, load


@dataclass(frozen=True, eq=False)
class Scores:
    """One number a seed: accuracy and decisions changed in percent, logit SQNR in decibels."""

    accuracy: np.ndarray
    changed: np.ndarray
    logit_sqnr: np.ndarray

    def __repr__(self):
        return (
            f"accuracy {spread(self.accuracy)} %   "
            f"decisions changed {spread(self.changed)} %   "
            f"logit SQNR {spread(self.logit_sqnr)} dB"
        )


def spread(values):
    """Mean and range over the seeds, in a fixed width."""
    if len(values) == 1:
        return f"{values[0]:5.1f}"
    return f"{np.mean(values):5.1f} ({np.min(values):.1f} to {np.max(values):.1f})"


def compare(net, reference, x, y):
    """(accuracy %, decisions changed %, logit SQNR dB) of a network beside its float twin on x."""
    return compare_logits(net(x), reference(x), y)


def compare_logits(logits, float_logits, y):
    """The same from the logits, shaped (images, classes)."""
    decisions = logits.argmax(axis=1)
    changed = decisions != float_logits.argmax(axis=1)
    return 100 * np.mean(decisions == y), 100 * np.mean(changed), sqnr(float_logits, logits)


def evaluate(name, make=lambda net, x: net, part="test", hard=False, seeds=SEEDS):
    """Scores of make(net, x) over the seeds of a shipped network, beside the float network.

    make: a function (folded network, calibration images) -> network. Choose settings on the
    calibration digits (part="calibration"), report them on the test digits.
    """
    x_calibration, _ = digits("calibration", hard)
    x, y = digits(part, hard)
    nets = [fold(load(name, seed)) for seed in seeds]
    rows = [compare(make(net, x_calibration), net, x, y) for net in nets]
    return Scores(*np.array(rows).T)
