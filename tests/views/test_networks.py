import re
from functools import cache

import numpy as np
import pytest

from qlearn.networks import digits, fold, load
from qlearn.views.networks import LAYERS, convolution, layer_names, steps, walk
from qlearn.views.style import figure, look
from qlearn.views.tiles import COLOURS, SHADES, tiles

X, Y = digits("test")


@cache
def built(scene, size=(9, 3.2)):
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    with look():
        fig = figure(size)
        return fig, scene(fig)


def drawn(scene, **values):
    fig, update = built(scene)
    return fig.axes, update(**values)


def shades(ax):
    """The number of the shade of each pixel of a panel's picture."""
    return ax.artists[0].shades


def expected_shades(data):
    data = np.asarray(data)
    return np.where(
        np.isnan(data), len(COLOURS) - 1, np.rint(SHADES * np.nan_to_num(data)) + SHADES
    )


def numbers(ax):
    return [float(word) for word in ax.artists[1].words]


def summed(layer, channel, row, column):
    """One pixel, product by product, worked here from the formula."""
    name, at = LAYERS[layer]
    net = load(name)
    x = [X[:1], *net.outputs(X[:1])][at][0]
    total, count = 0.0, 0
    inputs = [channel] if layer.endswith("depthwise") else range(len(x))
    for place, i in enumerate(inputs):
        for j in range(3):
            for k in range(3):
                r, c = row + j - 1, column + k - 1
                inside = 0 <= r < 8 and 0 <= c < 8
                total += net.layers[at].W[channel, place, j, k] * (x[i, r, c] if inside else 0)
                count += not inside
    return total, count, 9 * len(inputs)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 4), (3, 3), (7, 2), (7, 7), (5, 0)])
def test_a_pixel_is_the_sum_that_the_caption_says(layer, row, column):
    for channel in 0, 7, 15:
        total, outside, count = summed(layer, channel, row, column)
        said = drawn(convolution, layer=layer, channel=channel, row=row, column=column)[1]
        found = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", said)]
        assert found[0] == count
        sums = found[2] if count == 144 else found[1]
        np.testing.assert_allclose(sums, total, atol=0.0051)
        assert ("padding" in said) == (outside > 0)
        assert outside == 0 or found[-2] == outside


@pytest.mark.parametrize("layer", LAYERS)
def test_the_framed_pixel_is_the_layers_own(layer):
    name, at = LAYERS[layer]
    net = load(name)
    outputs = net.outputs(X[:1])
    for channel in 0, 5, 15:
        (*_, out), _ = drawn(convolution, layer=layer, channel=channel, row=2, column=6)
        expected = tiles(outputs[at][0, [channel]])
        np.testing.assert_array_equal(shades(out), expected_shades(expected))
        (frame,) = out.collections[0].get_segments()
        np.testing.assert_allclose(frame.mean(axis=0), [0.74, 0.34], atol=0.03)  # (6, 2) + ring


def test_kernel_and_products_are_written_where_nine_make_a_pixel():
    (_, kernel, products, _), _ = drawn(convolution, channel=2, row=3, column=3)
    W = load("digits_cnn").layers[0].W[2, 0]
    np.testing.assert_allclose(numbers(kernel), W.ravel(), atol=0.0051)
    np.testing.assert_allclose(
        numbers(products), (W * X[0, 0, 2:5, 2:5]).ravel(), atol=0.0051, rtol=1e-6
    )
    (_, kernel, products, _), _ = drawn(convolution, layer="16 channels in")
    assert numbers(kernel) == numbers(products) == []


@pytest.mark.parametrize(("layer", "windows"), list(zip(LAYERS, (1, 16, 1), strict=True)))
def test_as_many_windows_as_channels_are_used(layer, windows):
    (ax, *_), _ = drawn(convolution, layer=layer, channel=6, row=7, column=0)
    frames = np.array(ax.collections[0].get_segments())
    assert len(frames) == windows
    assert frames.min() >= 0 and frames.max() <= 1
    if layer.endswith("depthwise"):  # channel 6 stands in the second row, third column
        np.testing.assert_allclose(frames[0].min(axis=0), [20 / 40, 17 / 40])


def test_steps_are_the_first_test_digit_of_the_class():
    for digit in 0, 7:
        image = X[Y == digit][0]
        np.testing.assert_array_equal(steps(digit)[0], image)
        net = fold(load("digits_cnn"))
        np.testing.assert_allclose(steps(digit)[-1], net(image[None])[0], atol=1e-5)
        assert len(steps(digit)) == len(net.layers) + 1 == 11


def test_layers_that_come_twice_are_numbered():
    names = layer_names()
    assert names[:3] == ["image", "convolution 1", "ReLU 1"]
    assert names[5:7] == ["average pool 1", "convolution 3"]
    assert names[-2:] == ["flatten", "dense"]


@pytest.mark.parametrize("layer", range(11))
def test_walk_shows_every_channel_and_says_the_range(layer):
    for digit in 3, 9:
        (left, right), said = drawn(walk, digit=digit, layer=layer)
        values = steps(digit)[layer]
        maps = values if values.ndim == 3 else values[:, None, None]
        np.testing.assert_array_equal(shades(left), expected_shades(tiles(maps)))
        assert f"from {values.min():.2f} to {values.max():.2f}" in said
        assert ("Ten logits" if layer == 10 else f"{values.size:,} numbers") in said
        here = right.lines[-1]
        np.testing.assert_allclose(here.get_xdata(), [values.min(), values.max()])
        assert set(here.get_ydata()) == {layer}
        bars = np.array(right.collections[0].get_segments())
        assert bars.shape == (layer + 1, 2, 2)
        np.testing.assert_allclose(bars[layer, :, 0], here.get_xdata())


@pytest.mark.parametrize("layer", range(11))
def test_shapes_show_up_to_the_chosen_layer_and_no_further(layer):
    (_, right), _ = drawn(walk, digit=5, layer=layer)
    cover = right.patches[0].get_bbox()
    assert len(right.texts) == 11
    for i, (text, values) in enumerate(zip(right.texts, steps(5), strict=True)):
        assert text.get_text() == " × ".join(map(str, values.shape))
        assert (cover.y0 < i < cover.y1) == (i > layer)
        assert text.get_position()[1] == i and text.get_zorder() < right.patches[0].get_zorder()
    assert cover.y0 <= layer + 0.5 and cover.y1 >= 10.5


def test_every_range_is_inside_the_panel_and_left_of_the_shapes():
    (_, right), _ = drawn(walk)
    right.figure.canvas.draw()
    to_data = right.transData.inverted()
    boxes = [text.get_window_extent().transformed(to_data) for text in right.texts]
    cover = right.patches[0].get_bbox()
    assert min(box.x0 for box in boxes) > cover.x0 and max(box.x1 for box in boxes) < cover.x1
    for digit in range(10):
        for v in steps(digit):
            assert right.get_xlim()[0] < v.min() and v.max() < cover.x0


def test_names_carry_the_number_of_the_control():
    (_, right), _ = drawn(walk)
    ticks = [label.get_text().split() for label in right.get_yticklabels()]
    assert [words[-1] for words in ticks] == [str(i) for i in range(11)]
    assert [" ".join(words[:-1]) for words in ticks] == layer_names()


def test_after_relu_nothing_is_below_zero_and_the_second_convolution_gives_most_numbers():
    for digit in range(10):
        values = dict(zip(layer_names(), steps(digit), strict=True))
        assert all(v.min() >= 0 for name, v in values.items() if name.startswith("ReLU"))
        assert all(v.min() < 0 for name, v in values.items() if name.startswith("conv"))
        most = max(v.size for v in values.values())
        assert [n for n, v in values.items() if v.size == most] == ["convolution 2", "ReLU 2"]
        assert max(values, key=lambda name: np.ptp(values[name])) == "dense"


def test_the_last_layer_says_the_digit():
    for digit in range(10):
        _, said = drawn(walk, digit=digit, layer=10)
        assert said.endswith(f"the largest says {digit}, it is a {digit}.")
