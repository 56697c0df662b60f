"""The exercises of 17-history: a Huffman code by hand, the bug in a telephone."""

import numpy as np

from .verdict import checker, right, value_of, wrong

COUNTS = [6, 5, 3, 1, 1]  # 16 codes in all
HINTS = {
    3.0: "3 bits name eight codes, all with words of one length: shorten the frequent ones.",
    2.32: "log2(5) counts five codes as equally likely; here 11 of 16 are one of two.",
    2.01: "that is the entropy, the limit; words have whole bits and here can't reach it.",
    2.8: "the mean over the five words: weigh each by how often it is sent.",
    33.0: "33 bits for all 16 codes: divide by 16.",
    2.44: "words of -log2(share) bits, rounded up: a prefix code, but joining the rarest gives "
    "6 a word of 1 bit.",
    2.12: "words of 2, 2, 2, 3, 3 bits: after 1 + 1 = 2 and 2 + 3 = 5 the two rarest are 5 and 5.",
    2.25: "words of 1, 3, 3, 3 and 3 bits: 5 is sent nearly as often as 6, give it a shorter one.",
}


def judge_words(answer):
    """By hand: the mean bits a code of Huffman's words for the counts 6, 5, 3, 1, 1."""
    bits = float(np.asarray(value_of(answer)))
    if abs(bits - 33 / 16) < 0.005:  # 2.06 is as good
        return right("33 / 16: words of 1, 2, 3, 4 and 4 bits; the entropy is 2.008.")
    for known, hint in HINTS.items():
        if abs(bits - known) < 0.006:
            return wrong(hint)
    if bits < 2.008:
        return wrong(f"{bits:.3f} is below the entropy, 2.008: no code is that short.")
    return wrong(f"{bits:.3f}: join the two rarest of 6, 5, 3, 1, 1, then again; a word has as "
                 "many bits as joins above it.")  # fmt: skip


def squeeze(x):
    """From -1 .. 1 to -1 .. 1, near zero 46 times as wide: the telephone's mu-law, mu = 255."""
    return np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256)


def stretch(y):
    """The way back: stretch(squeeze(x)) is x."""
    return np.sign(y) * np.expm1(np.abs(y) * np.log(256)) / 255


def buggy_telephone(x, num_bits):
    """Squeeze x (-1 .. 1), round it in 2^b even cells, stretch; with one bug in it."""
    cells = 2**num_bits
    q = np.floor((squeeze(x) + 1) / 2 * cells).clip(0, cells - 1)
    return stretch(2 * q / cells - 1)


def ends(x, num_bits):
    """The low and the high end of the cell that each x lies in."""
    cells = 2**num_bits
    q = np.floor((squeeze(x) + 1) / 2 * cells).clip(0, cells - 1)
    return stretch(2 * q / cells - 1), stretch(2 * (q + 1) / cells - 1)


def judge_telephone(answer):
    """Find the bug: a number comes back as the low end of its cell, not as its middle."""
    x = np.linspace(-1, 1, 1000)
    for num_bits in (4, 3):
        x_hat = np.asarray(value_of(answer, x.copy(), num_bits), np.float64)
        if x_hat.shape != x.shape or not np.isfinite(x_hat).all():
            return wrong(f"x has {x.size} numbers; return as many, all of them finite.")
        hint = telephone_hint(x, x_hat, num_bits)
        if hint:
            return wrong(hint)
    return right("every number comes back inside its cell; floor was right, its low end was not.")


def telephone_hint(x, x_hat, num_bits):
    """What to say of one try; None where it is right, the middle before or after stretching."""
    low, high = ends(x, num_bits)
    top = 2**num_bits - 1
    middle = stretch((squeeze(low) + squeeze(high)) / 2)
    if np.allclose(x_hat, middle) or np.allclose(x_hat, (low + high) / 2):
        return None
    if x_hat[-1] > 1 and np.allclose(x_hat[:-1], middle[:-1]):
        return f"x = 1 falls into a cell that is not there: the codes end at {top}, so clip them."
    shift = np.mean(x_hat - x)
    if np.allclose(x_hat, low):
        return (
            f"the mean error is {shift:+.3f}: on average too low. Where in its cell does each land?"
        )
    if np.allclose(x_hat, high):
        return f"the mean error is {shift:+.3f} now: from one end of the cell to the other one."
    place = (squeeze(x_hat) - squeeze(low)) * 2**num_bits / 2  # in the cell, 0 to 1
    if np.allclose(place, 0.25):
        return "a quarter of the way up its cell: half a code is q + 0.5, before you double it."
    if np.allclose(x_hat, stretch(2 * np.round((squeeze(x) + 1) / 2 * top) / top - 1)):
        return (f"that rounds on {top} steps with levels at both ends, another grid: keep the "
                f"{top + 1} cells and floor, and mend what comes back.")  # fmt: skip
    means = [x[low == start].mean() for start in low]
    if np.allclose(x_hat, means):
        return ("the mean of the numbers in each cell: these are Lloyd's levels, a table for this "
                "x. A telephone has no table: take the cell's middle.")  # fmt: skip
    if np.ptp(x_hat - low) < 1e-9:
        return ("you shifted everything by the same amount, but cells are narrow near zero and "
                "wide outside: mend it before you stretch.")  # fmt: skip
    if (count := len(np.unique(np.round(x_hat, 9)))) > 2**num_bits:
        return f"{count} levels: {num_bits} bits name {2**num_bits}."
    if count < 2**num_bits:
        return f"only {count} of the {2**num_bits} levels that {num_bits} bits can name."
    i = np.abs(x_hat - middle).argmax()
    return f"{x[i]:.3f} comes back as {x_hat[i]:.3f}; the middle of its cell is {middle[i]:.3f}."


check = checker(judge_words, judge_telephone)
