"""The figure that ties 17-history together: each ancestor's points and its price.

Two weights side by side are a point in the plane. A method for single weights puts what comes back
on a lattice, even or uneven; a method for pairs puts it where the weights are.
"""

from functools import cache, partial

import numpy as np

from qlearn.networks import fold, load
from qlearn.numbers import sqnr, sqnr_limit
from qlearn.numbers.ancestors import compand, huffman, lloyd, nearest, pcm, split

from .style import BLACK, BLUE, GREY, PALE, VERMILION

BITS = range(2, 6)
TABLE = 32  # bits of each number that must be stored beside the codes


@cache
def layer():
    """The 18,432 weights of the third convolution of digits_cnn, seed 0, batch norm folded in."""
    return fold(load("digits_cnn")).weights[2].ravel().astype(np.float64)


def even(W, num_bits):
    """One of 2^b even levels; the lowest and the step are stored."""
    return pcm(W, num_bits), num_bits + 2 * TABLE / W.size


def compressed(W, num_bits):
    """Even cells behind a bell-shaped compressor; its width is stored."""
    return compand(W, num_bits), num_bits + TABLE / W.size


def words(W, num_bits):
    """Even levels, twice as many, their codes as Huffman's words; a byte a word for the tree."""
    W_hat, _ = even(W, num_bits + 1)
    counts = np.unique(W_hat, return_counts=True)[1]
    bits = counts @ huffman(counts)
    return W_hat, (bits + 2 * TABLE + 8 * len(counts)) / W.size


def means(W, num_bits):
    """Levels at the means of their cells, from the compressor's on; they are stored."""
    levels = lloyd(W, np.unique(compand(W, num_bits)))
    return nearest(W, levels), num_bits + TABLE * len(levels) / W.size


def pairs(W, num_bits):
    """One of 4^b points for two weights; the points are stored."""
    if 4**num_bits > 256:
        many = f"{4**num_bits:,} points for {W.size // 2:,} pairs are no saving"
        raise ValueError(f"pairs stop at 4 bits: {many}; the picture is the last one")
    levels, cell = split(W.reshape(-1, 2), 2 * num_bits)
    return levels[cell].ravel(), num_bits + TABLE * levels.size / W.size


ENTRIES = {
    "1948 PCM": even,
    "1948 compander": compressed,
    "1952 Huffman": words,
    "1957 Lloyd": means,
    "1980 pairs": pairs,
}


@cache
def reached(entry, num_bits):
    """What comes back of the layer, the bits stored a weight, and the SQNR in decibels."""
    W_hat, stored = ENTRIES[entry](layer(), num_bits)
    return W_hat, stored, sqnr(layer(), W_hat)


def limit(num_bits):
    """The best SQNR that Gaussian numbers of the layer's variance allow (Shannon 1948)."""
    return sqnr_limit(layer(), num_bits)


def gap(stored, dB):
    """Decibels between an SQNR and the limit at the bits stored."""
    return limit(stored) - dB


@cache
def curve(entry):
    """Bits stored and decibels below the limit, two rows, for all bits that make sense."""
    bits = [b for b in BITS if entry != "1980 pairs" or b < 5]
    return np.array(
        [(stored, gap(stored, dB)) for _, stored, dB in map(partial(reached, entry), bits)]
    ).T


def century(fig):
    """Left, pairs of weights and the points that they come back as; right, the gap to the limit."""
    plane, right = fig.subplots(1, 2, width_ratios=(1, 1.7))
    plane.set(xlim=(-4.3, 4.3), ylim=(-4.3, 4.3), xticks=[], yticks=[], aspect="equal")
    plane.set_title("orange: what pairs become")
    plane.plot(*layer().reshape(-1, 2)[:700].T / layer().std(), ".", color=PALE, ms=3)
    (points,) = plane.plot([], [], "o", color=VERMILION, mew=0)
    right.set(
        xlim=(1.9, 6.4),
        xticks=BITS,
        ylim=(10.5, -0.7),
        xlabel="bits stored a weight, tables included",
    )
    right.set_title("dB below Shannon's limit")
    right.axhline(0, color=BLACK, ls="--", lw=1.5)
    for entry, marker in zip(ENTRIES, "sv^Dx", strict=True):
        bits, below = curve(entry)
        right.plot(bits, below, color=GREY, lw=1, marker=marker, ms=5)
        right.text(5.2, PLACES[entry], entry, va="center", color=GREY)
    (line,) = right.plot([], [], "-", color=BLUE)
    (here,) = right.plot([], [], "o", color=VERMILION, ms=11)

    def update(entry="1948 PCM", num_bits=3):
        _, stored, dB = reached(entry, num_bits)
        used = spots(entry, num_bits)
        points.set_data(used)
        points.set_markersize(max(1.5, 9 - 0.75 * np.log2(len(used[0]))))
        line.set_data(curve(entry))
        here.set_data([stored], [gap(stored, dB)])
        return (
            f"{entry[5:]}, {stored:.2f} stored bits: {dB:.1f} dB, {gap(stored, dB):.1f} dB below "
            f"the limit; {STORY[entry]}."
        )

    return update


@cache
def spots(entry, num_bits):
    """The points of the plane, in sigma, that some pair of weights comes back as: two rows."""
    W_hat = reached(entry, num_bits)[0].reshape(-1, 2)
    return np.unique(W_hat, axis=0).T / layer().std()


# Where a name stands beside the end of its curve, apart from the others.
PLACES = dict(zip(ENTRIES, (7.2, 4.0, 2.0, 5.1, 8.3), strict=True))
STORY = {
    "1948 PCM": "an even lattice",
    "1948 compander": "dense where weights are",
    "1952 Huffman": "even, with short names",
    "1957 Lloyd": "lines at the means",
    "1980 pairs": "no lattice, but a table",
}
