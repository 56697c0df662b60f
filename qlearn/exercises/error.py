"""The exercises of 16-error: SQNR from a scale, bits for a wish, a correction to correct."""

import numpy as np

from .verdict import checker, right, value_of, wrong

X = np.array([3.0, 4.0, 5.0])  # mean of squares 50/3; step 2: noise 1/3; ratio 50
ANSWERS = [
    (10 * np.log10(50 / 12), "that is mean(x²) / scale²: the noise is a twelfth of scale²."),
    (10 * np.log10(50 / 3), "(scale / 2)² is the *worst* squared error: the mean is scale² / 12."),
    (20 * np.log10(50), "20 log10 is for lengths; mean(x²) and the noise are squares: 10 log10."),
    (10 * np.log(50), "that is the natural logarithm: decibels take log10."),
    (50.0, "that is the ratio: 10 log10 of it are the decibels."),
    (-10 * np.log10(50), "signal over noise, not noise over signal."),
    (10 * np.log10(2), "var(x) takes the mean away: SQNR compares mean(x²)."),
    (10 * np.log10(50 / 3 / (2 / 12)), "scale² / 12: you forgot the square."),
]  # fmt: skip


def judge_sqnr(answer):
    """Write it: SQNR from the numbers and the scale, without quantizing."""
    for x, scale, expected in (X, 2.0, 50.0), (X.reshape(3, 1) / 10, 0.01, 20_000.0):
        dB = float(value_of(answer, x.copy(), scale))
        if np.isclose(dB, 10 * np.log10(expected), rtol=0, atol=0.02):
            continue
        for known, hint in ANSWERS if scale == 2 else ():
            if np.isclose(dB, known, rtol=0, atol=0.01):
                return wrong(f"{dB:.2f} dB for [3, 4, 5] at scale 2: {hint}")
        return wrong(f"{dB:.2f} dB for {x.ravel().tolist()} at scale {scale:g}: the ratio of "
                     f"mean(x²) and scale² / 12 is {expected:g}.")  # fmt: skip
    return right("no quantizer was needed: mean(x²) and the step say it all.")


UNIFORM = {
    8: "8 bits are 20 log10(255) = 48.1 dB: not quite. Round up.",
    7: "7 bits are 42 dB: 6.02 dB a bit, not a decibel more.",
    10: "you kept room for outliers: uniform numbers that fill the range have none.",
    17: "6.02 dB a bit, not 3: SQNR compares squares, so halving the step is 20 log10(2).",
    16: "6.02 dB a bit, not 3: SQNR compares squares, so halving the step is 20 log10(2).",
    5: "6.02 dB a bit, not 10.",
}
NORMAL = {
    9: "the range is 8 sigma wide: the law gives 6.02 b - 7.27 dB, and 9 bits 46.9.",
    8: "8 bits would do at the Gaussian limit, 6.02 b: an 8 sigma range wastes 7.27 dB.",
    11: "one too many: 6.02 b - 7.27 dB is 52.9 at 10 bits.",
}


def judge_bits(answer):
    """Predict: bits for 50 dB, uniform numbers and normal ones up to 4 sigma."""
    values = np.asarray(value_of(answer), np.float64)
    if values.shape != (2,):
        return wrong(f"return two numbers, for uniform and for normal ones, not {values.tolist()}.")
    if (fraction := values[values % 1 != 0]).size:
        return wrong(f"{fraction[0]:g} bits: a code has whole bits. Which whole number suffices?")
    uniform, normal = values
    if uniform != 9:
        hint = "the law is 20 log10(2^b - 1) dB here, about 6.02 b."
        return wrong(f"uniform, {uniform:g} bits: " + UNIFORM.get(uniform, hint))
    if normal != 10:
        hint = "put step = 8 sigma / 2^b into sigma^2 / (step^2 / 12)."
        return wrong(f"normal, {normal:g} bits: " + NORMAL.get(normal, hint))
    return right("9 for uniform numbers, 10 for normal ones: the rare large ones cost a bit.")


def buggy_sheppard(x_hat, scale):
    """The variance of the data, from the rounded data and their scale, with one bug in it."""
    return np.var(x_hat) + scale**2 / 12


ROUNDED = np.array([-2.0, 0.0, 0.0, 2.0])  # variance 2, at scale 1
WRONGS = [
    (2 + 1 / 12, "still added: rounding *adds* noise, so the rounded data vary too much."),
    (2.0, "that is the variance of the rounded data: the noise is still in it."),
    (2 - 1 / 4, "(scale / 2)² is the worst squared error: the mean is scale² / 12."),
    (2 - 1, "a whole step squared is too much: the noise is scale² / 12."),
    (8 / 3 - 1 / 12, "np.var divides by the number of values; you took that number less one."),
    (np.sqrt(2) - 1 / 12, "variances add, standard deviations don't."),
    (np.sqrt(2 - 1 / 12), "that is the standard deviation: return the variance."),
    (2 * (1 - 1 / 12), "the noise is scale² / 12 whatever the data: subtract it, don't scale."),
]  # fmt: skip


def judge_sheppard(answer):
    """Find the bug: Sheppard's correction with the wrong sign."""
    value = float(value_of(answer, ROUNDED.copy(), 1.0))
    for known, hint in WRONGS:
        if np.isclose(value, known):
            return wrong(f"{value:.3f} for {ROUNDED.tolist()} at scale 1: {hint}")
    if not np.isclose(value, 2 - 1 / 12):
        return wrong(f"{value:.3f} for {ROUNDED.tolist()}, variance 2, at scale 1: what does "
                     "rounding do to a variance?")  # fmt: skip
    if not np.isclose(value_of(answer, 10 * ROUNDED, 10.0), 200 - 100 / 12):
        return wrong("right at scale 1, but not at scale 10: the noise grows with scale².")
    return right("data and error are uncorrelated at such steps, so variances add: take it off.")


check = checker(judge_sqnr, judge_bits, judge_sheppard)
