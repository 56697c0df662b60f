import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageColor

from qlearn.views.picture import as_text, footer, quick_png, small_png, strip
from qlearn.views.style import COLORS

RNG = np.random.default_rng(0)


def opened(png):
    image = Image.open(io.BytesIO(png))
    image.load()  # checks every chunk's sum
    return np.asarray(image.convert("RGBA"))


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (30, 40)])
def test_quick_png_is_exact(shape):
    pixels = RNG.integers(0, 256, (*shape, 4), dtype=np.uint8)
    np.testing.assert_array_equal(opened(quick_png(pixels)), pixels)


def test_small_png_keeps_few_colours_and_is_smaller():
    pixels = np.full((60, 80, 4), 255, np.uint8)
    pixels[20:40, 10:30] = 0, 114, 178, 255
    pixels[30:50, 40:70] = 213, 94, 0, 255
    png = small_png(pixels)
    np.testing.assert_array_equal(opened(png), pixels)
    assert len(png) < len(quick_png(pixels))


def test_small_png_keeps_the_colours_of_the_look_however_thin():
    pixels = np.full((200, 200, 4), 255, np.uint8)
    pixels[20:180, 20:180, :3] = RNG.integers(0, 256, (160, 160, 3))  # far too many colours
    for i, color in enumerate(COLORS):
        pixels[i, :3, :3] = ImageColor.getrgb(color)
    np.testing.assert_array_equal(opened(small_png(pixels))[:20], pixels[:20])


def test_small_png_keeps_what_is_frequent_exactly():
    pixels = np.full((200, 200, 4), 255, np.uint8)
    pixels[:40, :40, :3] = RNG.integers(0, 256, (40, 40, 3))  # rare ones
    shades = RNG.integers(0, 256, (20, 3))
    pixels[100:, ::10, :3] = shades[:, None].repeat(100, 1).transpose(1, 0, 2)
    np.testing.assert_array_equal(opened(small_png(pixels))[40:], pixels[40:])


def test_footer_grows_with_its_text_and_stays_inside():
    short, long = footer("One line.", 9), footer("A long sentence goes on. " * 8, 9)
    assert short.shape[1] == long.shape[1] == 1296
    assert short.shape[0] < long.shape[0]
    assert (long < 128).any()
    for edge in (long[0], long[-1], long[:, :4], long[:, -4:]):
        assert (edge == 255).all()


def test_widest_line_fits_on_the_footer():
    assert (footer("64 scales MORE, 0.012345 x " * 20, 9)[:, -4:] == 255).all()


def test_strip_stacks_pictures_and_captions():
    pixels = np.zeros((10, 1296, 4), np.uint8)
    one = strip([(pixels, "Dark.")], 9)
    assert len(strip([(pixels, "Dark."), (pixels, "Dark.")], 9)) == 2 * len(one)
    np.testing.assert_array_equal(one[:10], pixels)


def test_as_text_is_base64():
    assert base64.b64decode(as_text(b"\x89PNG")) == b"\x89PNG"
