import numpy as np
import pytest
from matplotlib.colors import same_color

from qlearn.views.limit import limit
from qlearn.views.style import BLACK, GREY, figure

BITS = np.arange(1, 9)


def axes(ylim, scale="linear"):
    ax = figure().subplots()
    ax.set(xlim=(0, 9), ylim=ylim, yscale=scale)
    return ax


def test_sqnr_and_error():
    line = limit(axes((0, 60)), [1, 2.5, 4])
    np.testing.assert_allclose(
        line.get_data(), [[1, 2.5, 4], [6.0206, 15.0515, 24.0824]], rtol=1e-5
    )
    assert line.get_label() == "Gaussian limit, 6.02 dB a bit"
    line = limit(axes((1e-6, 4), "log"), BITS, variance=4)
    np.testing.assert_allclose(line.get_ydata()[:3], [1, 1 / 4, 1 / 16])
    assert line.get_linestyle() == "--" and same_color(line.get_color(), BLACK)


def test_before_16_it_is_grey_and_says_where_to_read():
    line = limit(axes((0, 60)), BITS, known=False)
    assert same_color(line.get_color(), GREY)
    assert line.get_label() == "Gaussian: no quantizer above, see 16"
    line = limit(axes((0, 1)), BITS, variance=1, known=False)
    assert line.get_label() == "Gaussian: no quantizer below, see 16"


@pytest.mark.parametrize(
    ("variance", "ylim", "scale"),
    [(None, (-5, 70), "linear"), (1, (1e-6, 2), "log"), (9, (1e-6, 20), "log")],
)
def test_the_name_lies_along_the_far_side_of_the_line(variance, ylim, scale):
    ax = axes(ylim, scale)
    line = limit(ax, BITS, variance, at=4)
    (name,) = ax.texts
    ax.figure.draw_without_rendering()
    line = ax.transData.transform(np.transpose(line.get_data()))
    across, up = line[-1] - line[0]
    assert name.get_rotation() % 360 == pytest.approx(np.degrees(np.arctan2(up, across)) % 360)
    x, y = ax.transData.transform(name.get_position())
    assert y == pytest.approx(np.interp(x, *line.T))
    assert name.get_va() == ("bottom" if up > 0 else "top")


def test_bad_input():
    with pytest.raises(ValueError, match="variance is -1"):
        limit(axes((0, 1)), BITS, variance=-1)
    with pytest.raises(ValueError, match="num_bits is -2"):
        limit(axes((0, 1)), [-2, 3])
