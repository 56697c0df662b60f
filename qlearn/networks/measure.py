"""What quantization did to a network: accuracy, decisions changed, logit SQNR."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cache

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
            f"accuracy {spread(self.accuracy)} %  changed {spread(self.changed)} %  "
            f"SQNR {spread(self.logit_sqnr)} dB"
        )


def spread(values):
    """Mean and range over the seeds; short, because three of them stand in a line."""
    low, high = np.min(values), np.max(values)
    ends = f" ({low:.1f}{'-' if low >= 0 else ' to '}{high:.1f})" if len(values) > 1 else ""
    return f"{np.mean(values):4.1f}{ends}"


def compare(net, reference, x, y):
    """(accuracy %, decisions changed %, logit SQNR dB) of a network beside its float twin on x."""
    return compare_logits(net(x), reference(x), y)


def compare_logits(logits, float_logits, y):
    """The same from the logits, shaped (images, classes)."""
    if len(y) != len(logits) or np.ndim(y) != 1:
        raise ValueError(f"y has shape {np.shape(y)}: one label for each of {len(logits)} images")
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
    floats = [float_twin(name, seed, part, hard) for seed in seeds]
    # A copy, because `make` may write into the arrays of its network.
    nets = [make(deepcopy(net), x_calibration) for net, _ in floats]
    rows = [
        compare_logits(net(x), logits, y) for net, (_, logits) in zip(nets, floats, strict=True)
    ]
    return Scores(*np.array(rows).T)


@cache
def float_twin(name, seed, part, hard):
    """A shipped network, folded, and its logits: the same in every comparison."""
    net = fold(load(name, seed))
    return net, net(digits(part, hard)[0])


def mean_sqnr(tensors, reconstruct):
    """The mean SQNR of reconstruct(x) over a list of arrays, one number for each seed's list."""
    return np.array([np.mean([sqnr(x, reconstruct(x)) for x in row]) for row in tensors])


def verdict(gains, unit="dB"):
    """Does a claim hold? gains: what it promises to be positive, one number a seed.

    It holds, or does not, where all seeds have one sign or the mean is beyond two standard errors.
    """
    gains = np.asarray(gains, np.float64)
    if not np.isfinite(gains).all():
        raise ValueError(f"gains holds {gains[~np.isfinite(gains)][0]}")
    if gains.size < 2:
        raise ValueError(f"gains has {gains.size} seeds: one seed proves nothing")
    mean, error = gains.mean(), gains.std(ddof=1) / np.sqrt(len(gains))
    sure = np.all(gains > 0) or np.all(gains < 0) or abs(mean) > 2 * error
    word = ("holds" if mean > 0 else "does not hold") if sure else "can't tell here"
    ends = f"{gains.min():+.2f} to {gains.max():+.2f}, {len(gains)} seeds"
    return f"{word}: {mean:+.2f} {unit} ({ends})"
