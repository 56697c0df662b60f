import numpy as np
import pytest

from qlearn.networks import fold, load
from qlearn.views.granularity import SCOPES, UNRULY, rulers
from qlearn.views.style import figure

W = fold(load("digits_cnn")).layers[5].W.reshape(64, 288).astype(np.float64)
OTHERS = np.arange(64) != UNRULY


def brute(size, num_bits=4, unruly=1, weights=W):
    """(SQNR of the other rows, share of zeros), float16 scales, worked without the package."""
    V = weights.copy()
    V[UNRULY] *= unruly
    rows, top = V.reshape(-1, size), 2 ** (num_bits - 1)
    step = 2 * np.abs(rows).max(axis=1, keepdims=True) / (2 * top - 1)
    step = step.astype(np.float32).astype(np.float16).astype(np.float64)
    back = (step * np.clip(np.round(rows / step), -top, top - 1)).reshape(V.shape)[OTHERS]
    noise = np.sum((back - V[OTHERS]) ** 2)
    return 10 * np.log10(np.sum(V[OTHERS] ** 2) / noise), np.mean(back == 0)


def drawn(scene, **values):
    fig = figure()
    return scene(fig), fig


def test_the_scopes_divide_the_layer():
    assert list(SCOPES.values()) == [64 * 288, 16 * 288, 288, 96, 32, 16, 8]


@pytest.mark.parametrize("unruly", [1, 10, 100])
@pytest.mark.parametrize("scope", SCOPES)
def test_rulers_tell_what_the_other_rows_keep(scope, unruly):
    update, fig = drawn(rulers)
    said = update(scope=scope, unruly=unruly)
    dB, zeros = brute(SCOPES[scope], unruly=unruly)
    scales = 18432 // SCOPES[scope]
    assert said.startswith(f"{scales:,} scale") and ("unruly" in said) == (unruly > 1)
    assert f"keep {abs(dB):.1f} dB, {100 * zeros:.0f} % of their weights became 0." in said
    (x,), (y,) = fig.axes[2].lines[1].get_data()
    np.testing.assert_allclose([x, y], [16 / SCOPES[scope], dB], rtol=1e-3, atol=1e-3)


def test_one_unruly_channel_ruins_its_neighbours_unless_each_has_a_scale():
    assert brute(18432)[0] > 15 and brute(18432, unruly=10)[0] < 2
    assert brute(18432, unruly=10)[1] > 0.85
    np.testing.assert_allclose(brute(288, unruly=100), brute(288))


@pytest.mark.parametrize("unruly", [1, 37])
def test_reveal_shows_every_scope_and_what_a_channel_gains(unruly):
    update, fig = drawn(rulers)
    assert np.isnan(fig.axes[2].lines[0].get_ydata()).all()
    said = update(unruly=unruly, num_bits=3, reveal=True)
    dB = [brute(size, 3, unruly)[0] for size in SCOPES.values()]
    np.testing.assert_allclose(fig.axes[2].lines[0].get_ydata(), dB, rtol=1e-3, atol=1e-3)
    assert f"A scale a channel is {dB[2] - dB[0]:.1f} dB better than one for all." in said
    update()
    assert np.isnan(fig.axes[2].lines[0].get_ydata()).all()


@pytest.mark.parametrize(
    ("scope", "box"),
    [
        ("tensor", (-0.5, -0.5, 288, 64)),
        ("16 channels", (-0.5, 15.5, 288, 16)),
        ("channel", (-0.5, 19.5, 288, 1)),
        ("8 weights", (-0.5, 19.5, 8, 1)),
    ],
)
def test_the_frame_holds_what_shares_the_scale_of_the_unruly_row(scope, box):
    update, fig = drawn(rulers)
    update(scope=scope)
    assert fig.axes[0].patches[0].get_bbox().bounds == box


def test_what_became_zero_is_black_and_nothing_else():
    update, fig = drawn(rulers)
    update(unruly=10)
    fig.canvas.draw()
    pixels = np.asarray(fig.canvas.buffer_rgba())[..., :3]
    left, bottom, right, top = (round(v) for v in fig.axes[1].bbox.extents)
    inside = pixels[len(pixels) - top : len(pixels) - bottom, left:right]
    black = (inside == 0).all(axis=2)
    step = 2 * np.abs(W[UNRULY]).max() * 10 / 15  # nearly the float16 scale
    zero = np.abs(W * np.where(OTHERS, 1, 10)[:, None]) < step / 2
    rows = np.arange(top - bottom) * 64 // (top - bottom)
    columns = np.arange(right - left) * 288 // (right - left)
    assert np.mean(black == zero[rows[:, None], columns]) > 0.999
    before = pixels[len(pixels) - top : len(pixels) - bottom]
    left, _, right, _ = (round(v) for v in fig.axes[0].bbox.extents)
    assert before[8:-8, left + 8 : right - 8].min() >= 73  # nothing is black before
