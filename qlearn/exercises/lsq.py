"""The exercises of 53-lsq: a pull by hand, the slope of a learned scale, the gradient scale."""

import numpy as np

from .verdict import checker, right, value_of, wrong

X = np.array([-0.3, 0.2, 0.4, 0.9, 1.7, 5.0])  # scale 1, codes 0 .. 3; exercise 1 asks for -5.7
PULLS = [
    (5.7, "descent goes *against* the slope. Which way does 5 want the scale? Then sign + would "
     "take it the other way."),
    (0.3, "you gave the clipped value no slope; but its level is 3 x scale, and moves with it."),
    (-0.3, "the clipped value has no slope there, and the sign of the others is turned round."),
    (-6.0, "that is the clipped value alone: the four inside pull, too, a little."),
    (6.0, "that is the clipped value alone, and descent goes *against* the slope: see its sign."),
    (-6.3, "the sign inside: there error and slope have the same sign, and add up to +0.3."),
    (0.6, "the clipped value has a slope, 3; and the half in front of the square cancels the 2."),
    (-5.61, "-0.3 lies below the range: it is clipped to code 0, and 0 x scale does not move."),
    (-5.3, "that is the slope without the STE, q for all: inside, u = x / scale depends on the "
     "scale, too, and takes u off."),
    (-0.95, "that is the mean: the loss is a sum."),
    (-11.4, "the half in front of the square cancels the 2."),
    (-2.0, "5 is clipped by 2, and its level is 3 x scale: -2 times 3."),
    (-1.7, "the slope of a clipped value is its code, 3, not 1."),
    (4.3, "for 5 you took q - u, -2: outside the range u no longer counts, and the slope is 3."),
    (2.8, "that is the sum of the slopes: multiply each by its error."),
]  # fmt: skip


def judge_pull(answer):
    """By hand: the slope of half the squared error of six values."""
    value = float(value_of(answer))
    if np.isclose(value, -5.7, rtol=0, atol=0.005):
        return right("-6 of it from the one clipped value, +0.3 from the four inside.")
    for known, hint in PULLS:
        if np.isclose(value, known, rtol=0, atol=0.005):
            return wrong(f"{value:g}: {hint}")
    return wrong(f"{value:g}: write down six errors x_hat - x, six slopes from the table, and add "
                 "the products.")  # fmt: skip


def slope(x, scale, qmin, qmax):
    """d x_hat / d scale by LSQ: the residue inside, the limit outside."""
    u = x / scale
    inside = (qmin < u) & (u < qmax)
    return np.where(inside, np.round(u) - u, np.clip(u, qmin, qmax))


PROBES = [
    (np.array([0.2, 0.49, 0.51, 1.2, 2.51]), 1.0, 0, 3, "inside"),
    (np.array([-0.3, -7.0, 3.0, 3.2, 3.6, 9.0]), 1.0, 0, 3, "outside"),
    (np.array([0.2, 0.3, 0.55, 8.0, -0.1]), 0.5, 0, 3, "a scale of 0.5"),
    (np.array([-9.0, -1.6, 1.2, 5.0]), 1.0, -2, 1, "signed codes"),
]


def slips(x, scale, qmin, qmax):
    """What typical mistakes give for a probe, and what to say of each."""
    u = x / scale
    q, inside = np.clip(np.round(u), qmin, qmax), (qmin < u) & (u < qmax)
    rounded = (qmin <= np.round(u)) & (np.round(u) <= qmax)
    return [
        (q, "you took q everywhere: that is the true slope. By the STE, u = x / scale moves, too: "
         "round(u) - u inside."),
        (u - np.round(u), "the sign: round(u) - u, what rounding added."),
        (np.where(inside, u - q, q), "the sign inside: round(u) - u, what rounding added."),
        (np.round(u) - u, "outside the range nothing is rounded: what comes back is scale x qmax "
         "(or qmin), and its slope is that code."),
        (q - u, "outside, u = x / scale no longer counts: the slope is the code alone."),
        (np.where(inside, np.round(u) - u, 0), "a clipped value has a slope: its level, "
         "scale x qmax, moves with the scale."),
        (np.where(inside, np.round(u) - u, 1), "the slope of scale x q is q, not 1."),
        (np.where((qmin <= u) & (u <= qmax), np.round(u) - u, q), "at 3, the limit itself, one has "
         "to choose: LSQ counts the limits as outside (both sides are defensible)."),
        (np.where((qmin < q) & (q < qmax), np.round(u) - u, q), "inside is decided by u, not by "
         "its code: 0.2 is inside, though its code is the first one."),
        (np.where(rounded, np.round(u) - u, q), "inside is decided *before* rounding, by u itself: "
         "at 3.2 u is outside, though it rounds to 3 (torch's own fake_quantize differs here)."),
        (np.where(inside, np.round(x) - x, q), "round u = x / scale, not x: the rounding happens "
         "in steps."),
        (scale * np.where(inside, q - u, q), "that times the scale is the error inside and the "
         "level outside: the slope is counted in steps."),
        (np.where(inside, scale * np.round(u) - x, q), "that is the error; in steps, round(u) - u, "
         "it is the slope."),
        (np.where(inside, np.round(u) - u, scale * q), "outside it is the code, not the level."),
        (np.where(inside, 1, 0), "that is the slope for x, the clipped STE; the question is the "
         "slope for the scale."),
    ]  # fmt: skip


def judge_slope(answer):
    """Write it: the slope of a learned scale."""
    for *probe, name in PROBES:
        x = probe[0]
        expected = slope(*probe)
        given = np.asarray(value_of(answer, x.copy(), *probe[1:]), np.float64)
        if given.shape != x.shape:
            return wrong(f"x has shape {x.shape}, your slopes have shape {given.shape}.")
        if np.allclose(given, expected, atol=1e-9):
            continue
        for known, hint in slips(*probe):
            if np.allclose(given, known, atol=1e-9):
                return wrong(f"{name}, x = {x.tolist()}: {hint}")
        shown = np.round(given, 3).tolist()
        return wrong(f"{name}, x = {x.tolist()}: your slopes are {shown}, "
                     f"not {np.round(expected, 3).tolist()}.")  # fmt: skip
    return right("the residue inside, the limit outside; signed codes and other scales, too.")


def g_of(count, qmax):
    return (count * qmax) ** -0.5


GS = [
    (g_of(576, 1), "qmax is missing: 1 / sqrt(N x qmax)."),
    (g_of(576, 15), "signed codes of 4 bits end at 7, not at 15."),
    (g_of(576, 8), "the largest *positive* code counts: 7, not 8."),
    (g_of(576, 16), "4 bits make 16 codes; the largest of them, signed, is 7."),
    (g_of(576, 3), "3 is the largest code of *three* signed bits; with 4 it is 7."),
    (g_of(576, 4), "not the number of bits: the largest code, 7."),
    (g_of(576, 7) ** 2, "the square root is missing."),
    (g_of(576, 7) ** -1, "one over it: g makes a gradient smaller."),
    (576**-0.5 * 7**0.5, "both under the root: 1 / sqrt(N x qmax)."),
    (1 / (24 * 7), "qmax stands under the root, too."),
    (g_of(64, 7), "N counts the weights that share the scale, all 576."),
    (g_of(9, 7), "N counts the weights that share the scale, all 576."),
]


def judge_g(answer):
    """Predict: the gradient scale of 576 weights at 4 bits."""
    value = float(value_of(answer))
    if np.isclose(value, g_of(576, 7), rtol=0.02):
        return right("1 / sqrt(576 x 7): a sum over 576 weights is damped to the size of a few.")
    for known, hint in GS:
        if np.isclose(value, known, rtol=0.01):
            return wrong(f"{value:.4g}: {hint}")
    return wrong(f"{value:.4g}: g = 1 / sqrt(N x qmax), N weights on the scale, codes up to qmax.")


check = checker(judge_pull, judge_slope, judge_g)
