"""Two small pictures of 17-history: levels of unequal distance, words of unequal length."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection

from qlearn.numbers import code_entropy, sqnr
from qlearn.numbers.ancestors import compand, huffman, pcm

from .ancestors import bell
from .history import layer
from .style import BLACK, BLUE, GREEN, GREY, PALE, VERMILION

SPREADS = np.arange(10, 81) / 20


@cache
def compander_sqnr(num_bits):
    """SQNR of the layer behind compressors of all spreads, and of even levels."""
    W = layer()
    return np.array([sqnr(W, compand(W, num_bits, s)) for s in SPREADS]), sqnr(W, pcm(W, num_bits))


def compander(fig):
    """The curve that compresses, the uneven levels it makes, and the best spread of the curve."""
    from scipy.special import ndtr, ndtri

    left, right = fig.subplots(1, 2)
    x = np.linspace(-4.2, 4.2, 200)
    left.set(
        xlim=(-4.2, 4.2), ylim=(0, 1), yticks=[0, 1], title="even cells up, uneven levels down"
    )
    left.fill_between(x, 2 * bell(x), color=PALE)
    strands = left.add_collection(LineCollection([], colors=VERMILION, lw=1))
    (curve,) = left.plot(x, x, color=BLUE)
    right.set(xlim=(0.4, 4.1), ylim=(0, 23), title="SQNR (dB) against spread; dashed: even")
    (hill,) = right.plot(SPREADS, SPREADS, color=GREY)
    (flat,) = right.plot([0.4, 4.1], [0, 0], "--", color=BLACK, lw=1)
    (here,) = right.plot([], [], "o", color=VERMILION)

    def update(spread=1.75, num_bits=3):
        y = (np.arange(2**num_bits) + 0.5) / 2**num_bits
        strands.set_segments(
            [[(-4.2, v), (a, v), (a, 0)] for v, a in zip(y, spread * ndtri(y), strict=True)]
        )
        curve.set_ydata(ndtr(x / spread))
        all_dB, even = compander_sqnr(num_bits)
        hill.set_ydata(all_dB)
        flat.set_ydata([even, even])
        dB = all_dB[round(20 * spread) - 10]
        here.set_data([spread], [dB])
        return f"A bell {spread:.2f} sigma wide: {dB:.1f} dB; even levels, {even:.1f} dB."

    return update


@cache
def word_lengths(num_bits):
    """Of the layer's PCM codes: shares, Huffman's bits, and the entropy (bits a code)."""
    q = np.unique(pcm(layer(), num_bits), return_inverse=True)[1].ravel()
    counts = np.bincount(q)
    return counts / q.size, huffman(counts), code_entropy(q)


def words(fig):
    """Frequent codes get short words: Huffman's bits beside the ideal -log2 of the share."""
    left, right = fig.subplots(1, 2)
    left.set(title="share of each code", ylim=(0, 1.05))
    left.set(xlim=(-0.02, 1.02), xticks=[], yticks=[])
    stems = left.add_collection(LineCollection([], colors=BLUE, lw=3))
    right.set(
        xlim=(-0.02, 1.02), ylim=(0, 17.5), xticks=[], title="bits of its word; dashed: -log2 share"
    )
    (ideal,) = right.plot([], [], "--", color=GREEN)
    (steps,) = right.plot([], [], ".", color=VERMILION)
    (fixed,) = right.plot([0, 1], [0, 0], color=BLACK, lw=1)

    def update(num_bits=4):
        share, bits, entropy = word_lengths(num_bits)
        x = np.linspace(0, 1, len(share))
        stems.set_segments([[(a, 0), (a, h / share.max())] for a, h in zip(x, share, strict=True)])
        ideal.set_data(x, -np.log2(share))
        steps.set_data(x, bits)
        fixed.set_ydata([num_bits, num_bits])
        return (
            f"{num_bits} bits become {share @ bits:.3f} a code, losslessly; entropy {entropy:.3f}."
        )

    return update
