import matplotlib
import numpy as np
from matplotlib.colors import to_rgb

from qlearn.views import style


def contrast_on_white(color):
    """(1 + 0.05) / (luminance + 0.05), luminance from linear RGB (WCAG 2.1, relative luminance)."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


def test_contrast_of_known_colours():
    np.testing.assert_allclose(contrast_on_white("k"), 21)
    np.testing.assert_allclose(contrast_on_white("#0072B2"), 5.2, atol=0.05)


def test_colours_for_lines_and_text_stand_out_from_white():
    for color in (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.BLACK, style.GREY):
        assert contrast_on_white(color) >= 3, color


def test_all_text_has_12_points_or_more():
    sizes = {name: size for name, size in style.LOOK.items() if name.endswith("size")}
    del sizes["lines.markersize"]
    assert len(sizes) == 7 and min(sizes.values()) >= 12


def test_look_ends_with_its_block():
    before = matplotlib.rcParams["lines.linewidth"]
    with style.look():
        assert matplotlib.rcParams["lines.linewidth"] == 2
    assert matplotlib.rcParams["lines.linewidth"] == before


def test_figure_is_1296_pixels_wide():
    fig = style.figure((9, 3.2))
    assert fig.canvas.get_width_height() == (1296, 460)
