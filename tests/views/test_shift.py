import numpy as np
import pytest

from qlearn.networks import compare, digits, fit_minmax, fold, load, quantize
from qlearn.views.shift import (
    BITS,
    LIGHT,
    NETWORKS,
    OPEN,
    STYLES,
    brief,
    by_batch,
    curves,
    darkness,
    logits,
    quantized,
    scores,
    shifted,
    ways,
)
from qlearn.views.style import figure


def rng():
    return np.random.default_rng(0)


def test_shifted_by_hand():
    x = np.float32([0, 0.5, 1])
    np.testing.assert_array_equal(shifted(x), x)
    np.testing.assert_array_equal(shifted(x, 0.5), np.float32([0, 0.25, 0.5]))
    assert shifted(x, 0.5).dtype == np.float32


def test_noise_is_gaussian_clipped_and_the_generators_own():
    x = np.full(100_000, 0.5)
    noisy = shifted(x, 0.8, 0.1, rng())
    np.testing.assert_allclose([noisy.mean(), noisy.std()], [0.4, 0.1], atol=1e-3)
    np.testing.assert_array_equal(noisy, shifted(x, 0.8, 0.1, rng()))
    wild = shifted(x, 1, 5, rng())
    assert wild.min() == 0 and wild.max() == 1


@pytest.mark.parametrize(
    ("light", "words"),
    [
        ((1.5,), "brightness is 1.5"),
        ((-0.1,), "brightness is -0.1"),
        ((np.nan,), "brightness is nan"),
        ((1, -1), "noise -1"),
        ((1, 0.1), "rng is None"),
        ((1, 0.1, 7), "rng is 7"),
    ],
)
def test_impossible_light_is_refused(light, words):
    with pytest.raises(ValueError, match=words):
        shifted(np.ones(3), *light)


def test_batches_are_cut_as_asked():
    sizes = []

    def net(x):
        sizes.append(len(x))
        return x

    x = np.arange(130.0, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(by_batch(net, x), x)
    assert sizes == [60, 60, 10]


@pytest.mark.parametrize("way", ["static", "per image"])
def test_scores_compare_with_the_float_network_in_the_same_light(way):
    found = scores("digits_cnn", 4, way, 0.5)
    net, (x, y) = fold(load("digits_cnn", 1)), digits("test")
    calibration = digits("calibration")[0]
    Qn = quantize(net, fit_minmax(8, axis=0, symmetric=True), ways(4)[way], calibration)
    expected = compare(Qn, net, np.float32(0.5) * x, y)
    one = [found.accuracy[1], found.changed[1], found.logit_sqnr[1]]
    np.testing.assert_allclose(one, expected, rtol=1e-5)


def test_a_batch_sees_its_neighbours_and_an_image_does_not():
    x = digits("test")[0][:60]
    for way, same in ("per batch", False), ("per image", True), ("static", True):
        net = quantized("digits_cnn", 4, way)
        alone, among = net(x[:1]), net(x)[:1]
        assert np.allclose(alone, among, atol=1e-4) is same, way


@pytest.mark.parametrize("name", NETWORKS)
def test_settled_weights_are_those_that_quantize_would_use(name):
    net, (x, _) = fold(load(name)), digits("calibration")
    asked = quantize(net, fit_minmax(8, axis=0, symmetric=True), ways(4)["per image"], x)
    made = quantized(name, 4, "per image")
    np.testing.assert_array_equal(made(x), asked(x))
    pairs = [(a, m) for a, m in zip(asked.layers, made.layers, strict=True) if hasattr(a, "W")]
    assert pairs and all(np.array_equal(a.W, m.W) for a, m in pairs)


def test_float_logits_are_those_of_the_network():
    x = digits("test")[0][::9]
    expected = fold(load("digits_cnn"))(np.float32(0.5) * x)
    np.testing.assert_allclose(logits("digits_cnn", 0.5, 0.0, every=9), expected, atol=1e-5)


def test_a_range_a_batch_is_measured_in_batches():
    net, x = quantized("digits_cnn", 4, "per batch"), digits("test")[0]
    found = logits("digits_cnn", 1.0, 0.0, 4, "per batch")
    np.testing.assert_array_equal(found[60:120], net(x[60:120]))
    assert not np.allclose(found, net(x), atol=1e-3)


def test_the_float_network_beside_itself_changes_nothing():
    found, (x, y) = scores("digits_cnn", 32, None, 0.5), digits("test")
    assert (found.changed == 0).all() and (found.logit_sqnr == np.inf).all()
    expected = 100 * np.mean(fold(load("digits_cnn", 2))(np.float32(0.5) * x).argmax(1) == y)
    assert found.accuracy[2] == expected


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([1.04, 2.0, 3.0], "holds +2.0, 3 of 3"),
        ([-1.0, -2.0, -3.0], "does not hold -2.0, 0 of 3"),
        ([-0.04, 0.02, 0.01], "can't tell +0.0, 2 of 3"),  # never minus zero
    ],
)
def test_a_brief_verdict_counts_the_seeds_that_gain(gains, said):
    assert brief(np.array(gains)) == said


# The figure


@pytest.fixture
def scene():
    fig = figure()
    return darkness(fig), fig


def test_before_reveal_there_are_points_and_no_curves(scene):
    update, fig = scene
    said = update(brightness=0.7)
    static, own = (curves("digits_mobilenet", 4, way)[0][3] for way in ("static", "per image"))
    assert said == f"Accuracy: static {static:.0f} %, per image {own:.0f} %."
    for ax in fig.axes:
        shown = [line.get_xdata() for line in ax.lines if len(line.get_xdata())]
        assert [list(x) for x in shown] == [[0.7]] * 3


def test_points_that_fall_together_can_all_be_seen(scene):
    update, fig = scene
    update(reveal=False)
    for ax in fig.axes:
        points = [line for line in ax.lines if len(line.get_xdata())]
        assert {p.get_markerfacecolor() for p in points} == {"none"}
        sizes = [p.get_markersize() for p in points]
        assert sizes == list(OPEN.values()) and (np.diff(sizes) <= -4).all()


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("num_bits", BITS)
def test_reveal_shows_all_and_the_float_network(scene, name, num_bits):
    update, fig = scene
    said = update(name, num_bits, 0.4, True)
    floats = curves(name, num_bits, "static")[2]
    assert said.endswith(f"; the float network has {floats[0]:.0f} %.")
    np.testing.assert_array_equal(fig.axes[0].lines[0].get_ydata(), floats)
    for ax in fig.axes:
        low, high = ax.get_ylim()
        for line in ax.lines:
            assert (low < np.array(line.get_ydata())).all()
            assert (np.array(line.get_ydata()) < high).all()


def test_the_curves_are_measured_on_every_fifth_test_digit():
    net, (x, y) = fold(load("digits_cnn")), digits("test")
    Qn = quantized("digits_cnn", 3, "per image")
    expected = compare(Qn, net, np.float32(0.6) * x[::5], y[::5])
    accuracy, dB, _ = curves("digits_cnn", 3, "per image")[:, 2]
    assert LIGHT[2] == 0.6 and set(STYLES) < set(ways(3))
    np.testing.assert_allclose([accuracy, dB], [expected[0], expected[2]], rtol=1e-4)
