import re
from functools import cache

import numpy as np
import pytest

from qlearn.hardware import cost
from qlearn.networks import Sequential, digits, fold, load, with_bits
from qlearn.views import explore
from qlearn.views.start_here import BITS, NO_GUESS, caption, depthwise_network, one_network
from qlearn.views.style import figure, look

SCENES = {one_network: "digits_cnn", depthwise_network: "digits_mobilenet"}


@cache
def network(name, *bits):
    net = fold(load(name, seed=0))
    return with_bits(*bits)(net, digits("calibration")[0]) if bits else net


@cache
def decisions(name, *bits):
    return network(name, *bits)(digits("test")[0]).argmax(axis=1)


def right(name, *bits):
    return 100 * np.mean(decisions(name, *bits) == digits("test")[1])


def cliff(name, input_bits, per_channel):
    """The first width below 90 %, going down; None where there is none."""
    return next((b for b in BITS[::-1] if right(name, b, input_bits, per_channel) < 90), None)


@cache
def built(scene):
    """A figure and its update: one for all tests, as an update depends on its arguments alone."""
    with look():
        fig = figure((9, 4.5))
        return fig, scene(fig)


def panels(scene=one_network, **values):
    """Accuracy, feature map before, after, costs; and the caption."""
    fig, update = built(scene)
    said = update(**values)
    by_label = {ax.get_label(): ax for ax in fig.axes}
    return [by_label[label] for label in "AFQC"], said


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("bits", [(8, 8, False), (5, 8, False), (3, 32, False), (2, 4, True)])
def test_without_a_guess_the_caption_tells_this_state_and_no_answer(scene, bits):
    name = SCENES[scene]
    (ax, *_), said = panels(scene, num_bits=bits[0], input_bits=bits[1], per_channel=bits[2])
    smaller = cost(network(name), "cortex-m4").bytes / cost(network(name, *bits), "cortex-m4").bytes
    assert said == (
        f"Weights of {bits[0]} bits: {right(name, *bits):.1f} % right, "
        f"{smaller:.1f} times smaller than float32."
    )
    *_, curve, diamond, point = ax.lines
    assert np.isnan(curve.get_ydata()).all() and not diamond.get_visible()
    np.testing.assert_allclose(point.get_data(), [[bits[0]], [right(name, *bits)]])


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("input_bits", "per_channel"), [(8, False), (8, True), (4, False)])
def test_a_guess_is_answered_with_the_cliff(scene, input_bits, per_channel):
    name = SCENES[scene]
    breaks = cliff(name, input_bits, per_channel)
    state = dict(input_bits=input_bits, per_channel=per_channel)
    for guess in BITS:
        said = caption(8, 99.0, 4.0, guess, curve_of(name, **state))
        answer = "so it is." if guess == breaks else f"it is {breaks}."
        assert said.endswith(f"You said it falls below 90 % at {guess} bits: {answer}")
    (ax, *_), said = panels(scene, guess=5, **state)
    assert said.endswith("at 5 bits: so it is." if breaks == 5 else f"it is {breaks}.")
    *_, curve, diamond, _ = ax.lines
    np.testing.assert_allclose(curve.get_ydata(), curve_of(name, **state))
    assert diamond.get_visible() and diamond.get_data() == ([5], [90])


def curve_of(name, input_bits, per_channel):
    return np.array([right(name, b, input_bits, per_channel) for b in BITS])


def test_a_network_that_never_breaks_is_called_so():
    said = caption(8, 99.0, 4.0, 5, np.full(7, 95.0))
    assert said.endswith("You said 5, yet here even 2 bits stay above 90 %.")


def test_the_cliff_is_the_first_width_that_fails_on_the_way_down():
    accuracy = np.array([95.0, 80, 95, 80, 99, 99, 99])  # 4 bits pass again, and 2
    assert caption(8, 99.0, 4.0, 5, accuracy).endswith("at 5 bits: so it is.")


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("bits", [(8, 8, False), (4, 4, True), (2, 32, False)])
def test_the_bars_are_the_costs_of_hardware_cost(scene, bits):
    name = SCENES[scene]
    (*_, ax), _ = panels(scene, num_bits=bits[0], input_bits=bits[1], per_channel=bits[2])
    ours, theirs = (cost(network(name, *b), "cortex-m4") for b in (bits, ()))
    changed = 100 * np.mean(decisions(name, *bits) != decisions(name))
    shown = [f"{ours.bytes / 1000:.1f} kB", f"{ours.energy_uj:.1f} µJ", f"{ours.time_ms:.1f} ms"]
    assert [t.get_text() for t in ax.texts[4:]] == [*shown, f"{changed:.1f} %"]
    shares = [ours.bytes / theirs.bytes, ours.energy_uj / theirs.energy_uj]
    shares += [ours.time_ms / theirs.time_ms, changed / 100]
    widths = [bar.get_width() / 100 for bar in ax.patches[:4]]
    np.testing.assert_allclose(widths, shares)


def test_the_bars_say_what_each_number_is_worth():
    (*_, ax), _ = panels()
    kinds = {row.quantity: row.kind for row in cost(network("digits_cnn"), "cortex-m4").rows}
    for text, row in zip(ax.texts, ("stored", "energy floor", "time"), strict=False):
        assert f"({kinds[row][:3]}" in text.get_text()


def test_the_feature_map_is_float_above_and_quantized_below_on_one_scale():
    (_, above, below, _), _ = panels(num_bits=3)
    nets = network("digits_cnn"), network("digits_cnn", 3, 8, False)
    maps = [Sequential(net.layers[:4])(digits("test")[0][:1])[0] for net in nets]
    channel = maps[0].sum(axis=(1, 2)).argmax()
    before, after = (m[channel] for m in maps)
    np.testing.assert_array_equal(above.images[0].get_array(), before)
    np.testing.assert_array_equal(below.images[0].get_array(), after)
    assert above.images[0].get_clim() == below.images[0].get_clim() == (0, before.max())
    off = 100 * np.linalg.norm(after - before) / np.linalg.norm(before)
    assert [t.get_text() for t in below.texts] == [f"off by {off:.0f} %"]


def test_bits_are_free_down_to_a_cliff_that_per_channel_moves():
    curve = curve_of("digits_cnn", 8, False)
    assert curve[BITS.index(5) :].min() > right("digits_cnn") - 1
    assert curve[0] < 50
    assert right("digits_cnn", 2, 8, True) > curve[0] + 20
    assert cliff("digits_mobilenet", 8, False) > cliff("digits_cnn", 8, False)


def test_four_bits_save_bytes_and_no_time():
    eight, four = (cost(network("digits_cnn", b, b, True), "cortex-m4") for b in (8, 4))
    assert (eight.bytes, four.bytes) == (26_720, 13_848)
    assert eight.time_ms == four.time_ms


def test_stills_of_the_start_do_not_answer():
    for said in (panels()[1], panels(num_bits=5)[1]):
        assert not re.search("said|below", said)
    assert explore(one_network, size=(9, 4.5)).defaults["guess"] == NO_GUESS


def test_no_two_labels_of_the_bars_touch_and_none_leaves_its_panel():
    (*_, ax), _ = panels(num_bits=8, input_bits=32)
    with look():
        ax.figure.canvas.draw()
    boxes, panel = [t.get_window_extent() for t in ax.texts], ax.get_window_extent()
    for i, box in enumerate(boxes):
        assert panel.x0 <= box.x0 < box.x1 <= panel.x1
        assert not any(box.padded(8, 0).overlaps(other) for other in boxes[:i])
