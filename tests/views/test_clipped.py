from functools import cache

import numpy as np
import pytest

from qlearn.networks import Quantized, digits, fold, load, quantize
from qlearn.numbers import Affine, minmax_range, sqnr
from qlearn.views.clipped import (
    BITS,
    NAME,
    SHARES,
    WHAT,
    clipped,
    curves,
    fitted,
    logit_sqnr,
    over_seeds,
    shrunk,
    tensor_sqnr,
)
from qlearn.views.style import figure

X = digits("calibration")[0][::9]


@cache
def built():
    fig = figure()
    return fig, clipped(fig)


def drawn(**state):
    fig, update = built()
    said = update(**state)
    return fig.axes, said


@pytest.mark.parametrize("name", ["digits_cnn", NAME])
@pytest.mark.parametrize("seed", [0, 3])
def test_quantized_weights_are_those_of_the_plain_recipe(name, seed):
    net = fold(load(name, seed))

    def fit(W):
        return Affine.from_range(*minmax_range(W), 4, symmetric=True)

    plain = quantize(net, fit)
    np.testing.assert_array_equal(fitted(name, seed, minmax_range, 4, "weights")(X), plain(X))
    expected = sqnr(net(X), plain(X))
    np.testing.assert_allclose(logit_sqnr(name, minmax_range, 4, "weights", seed), expected)


def test_quantized_activations_are_those_of_the_plain_recipe_but_for_the_image():
    net = fold(load(NAME))
    plain = quantize(net, None, lambda x: Affine.from_range(*minmax_range(x), 4), X)
    ours = fitted(NAME, 0, minmax_range, 4, "activations")
    assert not isinstance(ours.layers[0], Quantized)
    for layer, other in list(zip(ours.layers, plain.layers, strict=True))[1:]:
        if isinstance(other, Quantized):
            np.testing.assert_allclose(layer.inputs.scale, other.inputs.scale)
            assert layer.weights is None


@pytest.mark.parametrize("what", WHAT)
def test_nothing_looks_at_test_digits(what, monkeypatch):
    import qlearn.networks.data as data
    import qlearn.views.clipped as module

    def digits(part, hard=False):
        assert part == "calibration"
        return data.digits(part, hard)

    monkeypatch.setattr(module, "digits", digits)
    monkeypatch.setattr(module, "twin", module.twin.__wrapped__)
    assert np.isfinite(logit_sqnr(NAME, minmax_range, 4, what))


def test_one_number_a_seed():
    rows = over_seeds("digits_cnn", minmax_range, 3, "weights")
    expected = [logit_sqnr("digits_cnn", minmax_range, 3, "weights", s) for s in range(5)]
    assert rows.tolist() == expected and len(set(expected)) == 5


def test_a_share_shrinks_both_ends():
    low, high = shrunk(50)(np.float32([-2, 1, 4]), 8)
    assert (low, high) == (-1, 2) and high.dtype == np.float32


def test_the_mean_of_the_tensors():
    net = fold(load(NAME))
    Qs = [Affine.from_range(*minmax_range(W), 3, symmetric=True) for W in net.weights]
    expected = np.mean([sqnr(W, Q(W)) for W, Q in zip(net.weights, Qs, strict=True)])
    np.testing.assert_allclose(tensor_sqnr(NAME, minmax_range, 3, "weights"), expected)
    received = [X, *net.outputs(X)]
    hs = [h for h, layer in zip(received, net.layers, strict=False) if hasattr(layer, "W")][1:]
    expected = np.mean([sqnr(h, Affine.from_range(*minmax_range(h), 3)(h)) for h in hs])
    np.testing.assert_allclose(tensor_sqnr(NAME, minmax_range, 3, "activations"), expected)


@pytest.mark.parametrize("num_bits", BITS)
@pytest.mark.parametrize("what", WHAT)
def test_the_caption_tells_both_scores_and_revealed_both_best_shares(num_bits, what):
    tensors, logits = curves(num_bits, what)
    state = dict(num_bits=num_bits, what=what, share=60)
    axes, said = drawn(**state)
    start = f"Ranges at 60 % of min/max: {tensors[3]:.1f} dB in the tensors, {logits[3]:.1f} dB"
    assert said == start + " in the logits (seed 0)."
    for ax, y in zip(axes, (tensors, logits), strict=True):
        assert np.isnan(ax.lines[0].get_ydata()).all()
        assert ax.lines[1].get_data() == ([60], [y[3]])
        assert ax.get_ylim()[0] + 2 < y.min() and y.max() < ax.get_ylim()[1] - 2
    axes, said = drawn(**state, reveal=True)
    best = SHARES[tensors.argmax()], SHARES[logits.argmax()]
    assert said.endswith(f"The tensors are best at {best[0]} %, the network at {best[1]} %.")
    for ax, y in zip(axes, (tensors, logits), strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), y)


def test_the_best_shares_of_five_seeds_are_near_each_other():
    best = np.array([SHARES[curves(4, "weights", seed).argmax(axis=1)] for seed in range(5)])
    assert (best[:, 0] == 80).all() and set(best[:, 1]) == {70, 80}
    for seed in range(5):
        assert (curves(8, "activations", seed).argmax(axis=1) == len(SHARES) - 1).all()


def test_claim_clipping_activations_hurts_at_8_bits_and_helps_at_3():
    assert (np.diff(curves(8, "activations")[1]) > 0).all()
    logits = curves(3, "activations")[1]
    assert logits.max() > logits[-1] + 2
