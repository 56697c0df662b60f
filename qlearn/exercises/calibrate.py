"""The exercises of 13-calibrate: two errors by hand, a threshold to find, a reason to give."""

from functools import cache

import numpy as np

from qlearn.networks import fold, load
from qlearn.numbers import Affine, mse, mse_range

from .verdict import checker, right, value_of, wrong

NUMBERS = np.array([-1, -0.4, 0.1, 0.6, 8])


def squared_errors(T):
    """The squared error of each of the five numbers on the grid -3 .. 3 that ends at T."""
    Q = Affine.from_range(-T, T, 3, symmetric=True, narrow_range=True)
    return (Q(NUMBERS) - NUMBERS) ** 2


def judge_sums(answer):
    """By hand: the total squared error for T = 8 and for T = 1."""
    given = np.asarray(value_of(answer), float)
    if given.shape != (2,):
        return wrong(f"your answer has shape {given.shape}: two sums, (for T = 8, for T = 1).")
    errors = squared_errors(8.0), squared_errors(1.0)
    sums = np.array([e.sum() for e in errors])
    if np.allclose(given, sums, rtol=0.03):  # on paper one rounds
        return right("1.53 and 49.02. For four of the five T = 1 is 80 times better, for the sum "
                     "32 times worse: which one does your network need?")  # fmt: skip
    if np.allclose(given, sums[::-1], rtol=0.01):
        return wrong("the right sums in the wrong order: T = 8 first.")
    if np.allclose(given, sums / 5, rtol=0.01):
        return wrong("those are means: add the five squares up.")
    if np.isclose(given[1], errors[1][:4].sum(), rtol=0.1):
        return wrong("you left out the outlier: at T = 1 it comes back as 1, and 7 squared is 49.")
    if np.isclose(given[1], 7**2) or np.isclose(given[0], 0, atol=1e-9):
        return wrong("you counted the outlier alone: the other four err by rounding.")
    wide = [8 / 3.5, 1 / 3.5]
    full = [np.sum((s * np.clip(np.round(NUMBERS / s), -4, 3) - NUMBERS) ** 2) for s in wide]
    if np.allclose(given, full, rtol=0.01):
        return wrong("those are the codes -4 .. 3; here they are -3 .. 3, so the step is T / 3.")
    if np.isclose(given[0], sums[0], rtol=0.03):
        return wrong(f"T = 8 is right, T = 1 is not: each error there is {np.round(errors[1], 4)}.")
    return wrong("the step is T / 3; round x / step, clip to -3 .. 3, multiply back, square.")


@cache
def probes():
    """Name: (values, bits), in the order of asking."""
    rng = np.random.default_rng(3)
    return {
        "Laplace values": (rng.laplace(size=5000), 4),
        "a trained layer": (fold(load("digits_cnn")).layers[2].W.ravel(), 2),
        "one 100 among 5,000": (np.append(rng.normal(size=4999), 100), 8),
    }


def error_at(x, T, num_bits):
    return mse(x, Affine.from_range(-T, T, num_bits, symmetric=True)(x))


def judge_threshold(answer):
    """Write it: the threshold of least squared error on a symmetric grid."""
    for name, (x, num_bits) in probes().items():
        m = np.abs(x).max()
        T = float(value_of(answer, x.copy(), num_bits))
        if not 0 < T < np.inf:
            return wrong(f"{name}: T is {T:.4g}; a threshold is a positive number.")
        least = error_at(x, mse_range(x, num_bits, symmetric=True)[1].astype(float), num_bits)
        if error_at(x, T, num_bits) <= 1.02 * least:
            continue
        said = f"{name}, {num_bits} bits: T = {T:.3g}"
        if T > 1.1 * m:
            return wrong(f"{said} lies beyond the largest value, {m:.3g}: is it an index? Return "
                         "the T that stands there.")  # fmt: skip
        if T >= 0.999 * m:
            return wrong(f"{said} is min/max, nothing is clipped: try smaller ones.")
        if T < np.abs(x).mean() / 2:
            return wrong(f"{said}: the smallest range seems best if you add up the error inside it "
                         "only. Clipped values err, too: add them.")  # fmt: skip
        if T <= 1.001 * np.percentile(np.abs(x), 99.9) and num_bits == 8:
            return wrong(f"{said}: you searched below a percentile only. The outlier's own error "
                         "counts: search up to the largest value.")  # fmt: skip
        times = error_at(x, T, num_bits) / least
        return wrong(f"{said} errs {times:.2f} times as much as the best one. Is it measured "
                     "with this number of bits, on a grid that is fine enough?")  # fmt: skip
    return right("within 2 % of the least error on all three: a smooth tail, 2 bits, an outlier.")


EXPLANATIONS = {
    "a": "same tensor, same outliers, whatever the bits. Which of the two errors depends on them?",
    "b": "clipping is what lies beyond T: it does not know about bits.",
    "c": None,
    "d": "then the lowest point of their sum would stay where it is; and clipping does not know "
    "about bits.",
}


def judge_explanation(answer):
    """Explain: why min/max is good enough at 8 bits and not at 3."""
    letter = str(value_of(answer)).strip().lower().rstrip(".)")
    if letter not in EXPLANATIONS:
        return wrong(f"your answer is {letter!r}: give one letter, a, b, c or d, between quotes.")
    if hint := EXPLANATIONS[letter]:
        return wrong(hint)
    return right("five bits lost make the step 32 times as wide, its squared error 1,000 times "
                 "as large; what a T cuts off stays. So it pays to cut off more.")  # fmt: skip


check = checker(judge_sums, judge_threshold, judge_explanation)
