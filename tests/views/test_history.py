import heapq

import numpy as np
import pytest

from qlearn.networks import fold, load
from qlearn.views import explore
from qlearn.views.history import BITS, ENTRIES, century, curve, gap, layer, limit, reached, spots

W = fold(load("digits_cnn")).layers[5].W.ravel().astype(np.float64)
EVERY = [(entry, b) for entry in ENTRIES for b in BITS if (entry, b) != ("1980 pairs", 5)]


def test_the_layer_is_the_third_convolution():
    np.testing.assert_array_equal(layer(), W)


@pytest.mark.parametrize(("entry", "num_bits"), EVERY)
def test_what_comes_back_has_no_more_values_than_its_bits_can_name(entry, num_bits):
    W_hat, stored, dB = reached(entry, num_bits)
    noise = np.sum((W_hat - W) ** 2)
    np.testing.assert_allclose(dB, 10 * np.log10(np.sum(W**2) / noise))
    assert stored >= num_bits
    values, most = {
        "1980 pairs": (np.unique(W_hat.reshape(-1, 2), axis=0), 4**num_bits),
        "1952 Huffman": (np.unique(W_hat), 2 ** (num_bits + 1)),
    }.get(entry, (np.unique(W_hat), 2**num_bits))
    assert len(values) <= most


def test_stored_bits_by_hand():
    assert reached("1948 PCM", 3)[1] == 3 + 64 / 18432
    assert reached("1948 compander", 3)[1] == 3 + 32 / 18432
    assert reached("1957 Lloyd", 3)[1] == 3 + 8 * 32 / 18432
    assert reached("1980 pairs", 3)[1] == 3 + 64 * 2 * 32 / 18432


def test_huffmans_bits_are_the_sum_of_all_joins():
    W_hat, stored, _ = reached("1952 Huffman", 3)
    heap = np.unique(W_hat, return_counts=True)[1].tolist()
    words, total = len(heap), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        heapq.heappush(heap, joined := heapq.heappop(heap) + heapq.heappop(heap))
        total += joined
    assert stored == (total + 64 + 8 * words) / 18432


def test_the_limit_rises_six_decibels_a_bit_from_nothing():
    np.testing.assert_allclose(limit(0), 10 * np.log10(np.mean(W**2) / W.var()), atol=1e-12)
    np.testing.assert_allclose(limit(4) - limit(3), 20 * np.log10(2))


def test_nobody_passes_the_limit_and_the_story_of_the_page_holds():
    below = {e: gap(*reached(e, 3)[1:]) for e in ENTRIES}
    assert all(curve(e)[1].min() > 0 for e in ENTRIES)
    assert min(below, key=below.get) == "1952 Huffman"
    assert 1.53 < below["1952 Huffman"] < 2.1
    assert reached("1957 Lloyd", 3)[2] > reached("1948 compander", 3)[2] > reached("1948 PCM", 3)[2]
    for b in 2, 3, 4:
        pair, alone = reached("1980 pairs", b), reached("1957 Lloyd", b)
        assert pair[2] > alone[2]  # at equal code bits
        assert (gap(*pair[1:]) > gap(*alone[1:])) == (b > 2)  # the table is stored


def test_the_caption_and_the_point_tell_what_was_measured():
    live = explore(century, entry=list(ENTRIES), num_bits=(2, 5))
    for entry, b in EVERY:
        said = live.show(entry=entry, num_bits=b)
        _, stored, dB = reached(entry, b)
        here = live.fig.axes[1].lines[-1].get_data()
        np.testing.assert_allclose(here, [[stored], [gap(stored, dB)]])
        assert said.startswith(f"{entry[5:]}, {stored:.2f} stored bits: {dB:.1f} dB, ")


def test_a_lattice_for_single_weights_and_none_for_pairs():
    for entry, lattice in ("1948 PCM", True), ("1980 pairs", False):
        x, y = spots(entry, 3)
        assert (max(len(set(x)), len(set(y))) <= 8) == lattice


def test_a_table_larger_than_the_layer_is_refused_and_the_picture_stays():
    live = explore(century, entry=list(ENTRIES), num_bits=(2, 5))
    live.show()
    before = live.pixels()
    said = live.show(entry="1980 pairs", num_bits=5)
    assert live.refused and said == (
        "pairs stop at 4 bits: 1,024 points for 9,216 pairs are no saving; "
        "the picture is the last one."
    )
    np.testing.assert_array_equal(live.pixels(), before)


def test_no_point_is_cut_by_the_edges():
    live = explore(century, entry=list(ENTRIES), num_bits=(2, 5))
    plane, right = live.fig.axes
    for entry, b in EVERY:
        bits, below = curve(entry)
        assert bits.min() >= right.get_xlim()[0] and below.max() < right.get_ylim()[0] - 0.5
        outside = np.abs(spots(entry, b)).max(axis=0) > plane.get_xlim()[1]
        assert outside.sum() <= 2  # the largest weight, seldom
