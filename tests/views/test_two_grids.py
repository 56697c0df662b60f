import numpy as np
import pytest

from qlearn.networks import digits, fold, load
from qlearn.views.style import figure
from qlearn.views.two_grids import BRIGHTNESS, NOISE, two_grids

net = fold(load("digits_cnn"))


def drawn(scene):
    fig = figure()
    return scene(fig), fig


def brute(brightness, num_bits, own=False):
    """(levels used, SQNR), worked without the package's quantizers."""
    x = net.outputs(np.float32(brightness) * digits("test")[0][:1])[1].ravel().astype(float)
    top = x.max() if own else net.outputs(digits("calibration")[0])[1].max()
    step = float(top) / (2**num_bits - 1)
    q = np.clip(np.round(x / step), 0, 2**num_bits - 1)
    return len(np.unique(q)), 10 * np.log10(np.sum(x**2) / np.sum((step * q - x) ** 2))


@pytest.mark.parametrize("brightness", [1.0, 0.5, 0.2])
@pytest.mark.parametrize("num_bits", [8, 4])
def test_captions_count_levels_and_the_gain(brightness, num_bits):
    update, _ = drawn(two_grids)
    used, dB = brute(brightness, num_bits)
    said = f"The static grid uses {used} of its {2**num_bits} levels"
    assert update(brightness=brightness, num_bits=num_bits) == f"{said}: {dB:.1f} dB."
    gain = brute(brightness, num_bits, own=True)[1] - dB
    revealed = update(brightness=brightness, num_bits=num_bits, reveal=True)
    assert revealed == f"{said}; the image's own grid is {gain:.1f} dB better."


def test_marks_show_used_and_unused_levels_and_the_own_grid_only_after_reveal():
    update, fig = drawn(two_grids)
    update(brightness=0.2, num_bits=4)
    _, right, rows = fig.axes
    unused, used, *own = rows.lines
    assert (len(unused.get_xdata()), len(used.get_xdata())) == (16 - brute(0.2, 4)[0], 5)
    assert all(len(line.get_xdata()) == 0 for line in [*own, *right.lines[:2], right.lines[3]])
    update(brightness=0.2, num_bits=4, reveal=True)
    assert sum(len(line.get_xdata()) for line in own) == 16
    top = net.outputs(np.float32(0.2) * digits("test")[0][:1])[1].max()
    np.testing.assert_allclose(own[1].get_xdata()[-1], top, rtol=1e-6)
    expected = [brute(b, 4)[1] for b in BRIGHTNESS]
    np.testing.assert_allclose(right.lines[0].get_ydata(), expected, atol=0.01)


def test_everything_stays_inside_the_axes():
    update, fig = drawn(two_grids)
    for noise in NOISE:
        for num_bits in (2, 8):
            update(brightness=0.1, noise=noise, num_bits=num_bits, reveal=True)
            low, high = fig.axes[1].get_ylim()
            for line in fig.axes[1].lines:
                assert (low < line.get_ydata()).all() and (line.get_ydata() < high).all()


def test_darkness_costs_the_static_grid_its_levels_and_not_its_step():
    bright, dark = brute(1.0, 8), brute(0.2, 8)
    assert dark[0] < bright[0] / 2 and dark[1] < bright[1] - 6
    assert brute(0.2, 8, own=True)[1] > dark[1] + 9
