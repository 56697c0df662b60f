import numpy as np
import pytest
from scipy.stats import norm

from qlearn.views import explore
from qlearn.views.history import layer
from qlearn.views.unequal import SPREADS, compander, compander_sqnr, word_lengths, words

W = layer()


@pytest.mark.parametrize(("spread", "num_bits"), [(0.5, 2), (1.75, 3), (4.0, 4)])
def test_the_compander_worked_without_the_package(spread, num_bits):
    live = explore(compander)
    said = live.show(spread=spread, num_bits=num_bits)
    cells, width = 2**num_bits, spread * W.std()
    q = np.minimum(np.floor(norm.cdf(W / width) * cells), cells - 1)
    noise = np.sum((width * norm.ppf((q + 0.5) / cells) - W) ** 2)
    assert f"{spread:.2f} sigma wide: {10 * np.log10(np.sum(W**2) / noise):.1f} dB" in said
    ends = [s[-1][0] for s in live.fig.axes[0].collections[-1].get_segments()]
    np.testing.assert_allclose(ends, spread * norm.ppf((np.arange(cells) + 0.5) / cells))


@pytest.mark.parametrize("num_bits", [2, 3, 4])
def test_equal_counts_are_not_best_and_a_wide_bell_is(num_bits):
    dB, even = compander_sqnr(num_bits)
    best = SPREADS[dB.argmax()]
    assert 1.2 <= best <= 1.8 and dB.max() > dB[10] + 0.2 and dB.max() > even + 3


@pytest.mark.parametrize("num_bits", [2, 4, 6])
def test_words_of_the_layers_codes(num_bits):
    said = explore(words).show(num_bits=num_bits)
    step = np.ptp(W) / 2**num_bits
    q = np.floor((W - W.min()) / step).clip(0, 2**num_bits - 1)
    p = np.unique(q, return_counts=True)[1] / W.size
    share, bits, _ = word_lengths(num_bits)
    np.testing.assert_allclose(share, p)
    assert np.sum(2.0**-bits) == 1
    assert f"losslessly; entropy {-p @ np.log2(p):.3f}." in said
    assert f"{num_bits} bits become {p @ bits:.3f} a code" in said
    assert p @ bits < num_bits


def test_no_word_leaves_the_picture():
    assert all(word_lengths(b)[1].max() < 17 for b in range(2, 7))
