"""The exercises of 01-networks: fold batch norm, read a coarse ruler (and count, in counting)."""

import numpy as np

from .counting import hint_for, judge_count, several
from .verdict import checker, right, value_of, wrong

# Square in all axes, so that a factor on a wrong axis fits as well; eps is large enough to see.
W, EPS = np.arange(1.0, 17).reshape(2, 2, 2, 2), 0.25
PROBE = dict(b=[3.0, 1.0], gamma=[8.0, 6.0], beta=[0.5, 1.0], mean=[1.0, -2.0], var=[3.75, 8.75])
B, GAMMA, BETA, MEAN, VAR = (np.array(values) for values in PROBE.values())
F = GAMMA / np.sqrt(VAR + EPS)
BIAS = BETA + F * (B - MEAN)
FACTOR_SLIPS = {
    "eps is missing: var + eps goes under the root, or a channel that never varies is divided "
    "by 0.": GAMMA / np.sqrt(VAR),
    "var is the square of the spread: divide by its root.": GAMMA / (VAR + EPS),
    "var is the square of the spread (and eps is missing).": GAMMA / VAR,
    "eps goes under the root, with var.": GAMMA / (np.sqrt(VAR) + EPS),
    "gamma is missing: it scales what was normalized.": 1 / np.sqrt(VAR + EPS),
    "divide by the root, don't multiply.": GAMMA * np.sqrt(VAR + EPS),
    "the weights are as they were: what multiplies x must multiply them.": np.ones(2),
    "gamma alone: the division by sqrt(var + eps) is missing.": GAMMA,
}
BIAS_SLIPS = {
    "the mean is not subtracted: beta + factor * (b - mean).": BETA + F * B,
    "the mean has the wrong sign: it is subtracted.": BETA + F * (B + MEAN),
    "the old bias is not scaled: it goes through batch norm, too.": B + BETA - F * MEAN,
    "the mean is not scaled: subtract it first, then multiply.": BETA + F * B - MEAN,
    "nothing is scaled: batch norm multiplies b - mean as well.": BETA + B - MEAN,
    "the layer's own bias b is lost.": BETA - F * MEAN,
    "beta is missing: it is added last.": F * (B - MEAN),
    "beta comes after the factor: add it last.": F * (B - MEAN + BETA),
    "that is the old bias: it goes through batch norm, too.": B,
    "that is beta alone: where do b and the mean go?": BETA,
}


def judge_fold(answer):
    """Write it: fold batch norm into the weights and the bias before it."""
    given = value_of(answer, *(array.copy() for array in (W, B, GAMMA, BETA, MEAN, VAR)), EPS)
    given = several(given, "two arrays: weights, bias", kinds=(tuple, list))
    weights, bias = (np.asarray(array, np.float64) for array in given)
    if weights.shape == B.shape and bias.shape == W.shape:
        return wrong("return (weights, bias), in this order.")
    if weights.shape != W.shape or bias.shape != B.shape:
        shapes = f"W has shape {W.shape} and b {B.shape}; yours have {weights.shape}, {bias.shape}"
        return wrong(f"{shapes}. A factor for axis 0 is factor[:, None, None, None].")
    ratio, off = weights / W, weights - F[:, None, None, None] * W
    if not np.allclose(ratio, ratio[:, :1, :1, :1]):
        if np.allclose(off, off[:, :1, :1, :1]):
            return wrong("the weights are only multiplied: beta and mean belong to the bias.")
        axes = "W is (out, in, height, width), and batch norm has a factor an *output* channel"
        return wrong(f"the factor is on the wrong axis: {axes}: factor[:, None, None, None].")
    if not np.allclose(off, 0):
        hint = hint_for(ratio[:, 0, 0, 0], FACTOR_SLIPS)
        return wrong(hint or f"the factors should be {F.tolist()}: gamma / sqrt(var + eps).")
    if not np.allclose(bias, BIAS):
        return wrong(hint_for(bias, BIAS_SLIPS) or f"weights are right; the bias should be {BIAS}.")
    return right("factor times W, and the bias goes through batch norm like any other number.")


P = 0.989
ERROR_SLIPS = {
    "that is a share: times 100 for points.": np.sqrt(P * (1 - P) / 540),
    "that is the variance: take the root of p (1 - p) / n.": 100 * P * (1 - P) / 540,
    "that is for one digit: divide by n under the root.": 100 * np.sqrt(P * (1 - P)),
    "p (1 - p) goes under the root, not p.": 100 * np.sqrt(P / 540),
    "that is 1 / sqrt(n): p (1 - p) goes under the root.": 100 / np.sqrt(540),
    "that is in digits: in points it is 100 / 540 of it.": np.sqrt(540 * P * (1 - P)),
    "that is for the difference of two networks on *other* digits each; asked is the error of "
    "one of them.": 100 * np.sqrt(2 * P * (1 - P) / 540),
    "those are two standard errors.": 200 * np.sqrt(P * (1 - P) / 540),
}


def judge_ruler(answer):
    """Decide: 98.9 against 98.7 % on the same 540 digits."""
    words = "(digits apart, standard error in points, True or False)"
    apart, error, tell = several(value_of(answer), words)
    if isinstance(apart, bool | str) or isinstance(error, str):
        return wrong(f"give {words}.")
    apart, error = float(apart), float(error)
    if abs(apart) != 1:
        known = {
            "0.2 is in points: how many digits are 0.2 % of 540?": 0.2,
            "0.2 is in percent: 0.2 / 100 * 540.": 108,
        }
        hint = hint_for(abs(apart), known)
        hint = hint or "digits are whole: how many are 98.9 % of 540, how many 98.7 %?"
        return wrong(f"{apart:g} digits apart: {hint}")
    if not 0.43 <= error <= 0.5:
        hint = hint_for(error, ERROR_SLIPS, rtol=0.06) or "100 sqrt(p (1 - p) / n), p = 0.989."
        return wrong(f"a standard error of {error:.2g}: {hint}")
    if tell not in (False, True) or isinstance(tell, str):
        return wrong(f"{tell!r}: can you tell them apart? Give True or False.")
    if tell:
        return wrong("one digit decides, and the standard error is more than two digits: toss a "
                     "coin and you may get the same.")  # fmt: skip
    return right("one digit of 540. Count the decisions on which they differ, compare their "
                 "logits, and use all five seeds.")  # fmt: skip


check = checker(judge_count, judge_fold, judge_ruler)
