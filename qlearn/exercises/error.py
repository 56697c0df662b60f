"""The exercises of 16-error: SQNR from the bits, bits for a wish, a correction to correct."""

import numpy as np

from .verdict import checker, right, value_of, wrong

X = np.array([-1.0, 2.0, 5.0])  # mean of squares 10; range 6; 2 bits: step 2, noise 1/3, ratio 30
ANSWERS = [
    (10 * 16 / 3, "2^b levels leave 2^b - 1 steps between them: the step is width / (2^b - 1)."),
    (10 * 4 / 3, "2^b - 2 is a step too few: 2^b levels from end to end make 2^b - 1 steps."),
    (10 * 108 / 100, "a symmetric range, -5 .. 5, is wider than asked for: from min(x) to max(x)."),
    (10 * 108 / 25, "the range starts at min(x), not at 0: its width is max(x) - min(x)."),
    (10 / 4, "that is mean(x²) / step²: the noise is a twelfth of step²."),
    (10.0, "(step / 2)² is the *worst* squared error: the mean is step² / 12."),
    (30.0**2, "20 log10 is for lengths; mean(x²) and the noise are squares: 10 log10."),
    (30 ** np.log(10), "that is the natural logarithm: decibels take log10."),
    (1000.0, "that is the ratio: 10 log10 of it are the decibels."),
    (1 / 30, "signal over noise, not noise over signal."),
    (18.0, "var(x) takes the mean away: SQNR compares mean(x²)."),
    (60.0, "step / 12: you forgot the square."),
]  # the ratio that a slip stands for, and what to say


def judge_sqnr(answer):
    """Write it: SQNR from the numbers and the bits, without quantizing."""
    for x, num_bits, expected in (X, 2, 30.0), (X.reshape(3, 1) / 10, 8, 30 * 85**2):
        dB = float(value_of(answer, x.copy(), num_bits))
        if np.isclose(dB, 10 * np.log10(expected), rtol=0, atol=0.02):
            continue
        for ratio, hint in ANSWERS if num_bits == 2 else ():
            if np.isclose(dB, 10 * np.log10(ratio), rtol=0, atol=0.01):
                return wrong(f"{dB:.2f} dB for [-1, 2, 5] at 2 bits: {hint}")
        return wrong(f"{dB:.2f} dB for {x.ravel().tolist()} at {num_bits} bits: the ratio of "
                     f"mean(x²) and step² / 12 is {expected:g}.")  # fmt: skip
    return right("no quantizer was needed: mean(x²), the range and the bits say it all.")


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
    return np.mean(x_hat**2) - scale**2 / 12


ROUNDED = np.array([1.0, 3.0, 3.0, 5.0])  # mean 3, variance 2, at scale 1
WRONGS = [
    (11 - 1 / 12, "the mean square is the variance only where the mean is 0; here it is 3."),
    (11.0, "that is the mean square of the rounded data, mean and noise still in it."),
    (2 + 1 / 12, "rounding *adds* noise, so the rounded data vary too much: take it off."),
    (2.0, "that is the variance of the rounded data: the noise is still in it."),
    (2 - 1 / 4, "(scale / 2)² is the worst squared error: the mean is scale² / 12."),
    (2 - 1, "a whole step squared is too much: the noise is scale² / 12."),
    (11 - 3 - 1 / 12, "you took off the mean: mean(x²) less its *square* is the variance."),
    (8 / 3 - 1 / 12, "np.var divides by the number of values; you took that number less one."),
    (np.sqrt(2) - 1 / 12, "variances add, standard deviations don't."),
    (np.sqrt(2 - 1 / 12), "that is the standard deviation: return the variance."),
    (2 * (1 - 1 / 12), "the noise is scale² / 12 whatever the data: subtract it, don't scale."),
]  # fmt: skip


def judge_sheppard(answer):
    """Find the bug: Sheppard's correction of a mean square, not of a variance."""
    value = float(value_of(answer, ROUNDED.copy(), 1.0))
    for known, hint in WRONGS:
        if np.isclose(value, known):
            return wrong(f"{value:.3f} for {ROUNDED.tolist()} at scale 1: {hint}")
    if not np.isclose(value, 2 - 1 / 12):
        return wrong(f"{value:.3f} for {ROUNDED.tolist()}, variance 2, at scale 1: what does "
                     "rounding do to a variance?")  # fmt: skip
    if not np.isclose(value_of(answer, 10 * ROUNDED - 20, 10.0), 200 - 100 / 12):
        return wrong("right at scale 1, but not at scale 10: the noise grows with scale².")
    return right("a variance is about the mean; then the noise of rounding comes off.")


check = checker(judge_sqnr, judge_bits, judge_sheppard)
