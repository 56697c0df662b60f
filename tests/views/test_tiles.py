import numpy as np
import pytest

from qlearn.views.style import BLUE, figure
from qlearn.views.tiles import COLOURS, SAND, SHADES, Numbers, Picture, glyph, tiles


def rgb(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def painted(data, numbers=()):
    """The pixels of a picture that fills the figure, four to a side for every number."""
    fig = figure((3, 3))
    fig.set_layout_engine("none")
    ax = fig.add_axes((0, 0, 1, 1))
    picture, words = Picture(ax, ""), Numbers(ax)
    picture.show(np.array(data, float))
    words.show(numbers)
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())[..., :3].astype(int)


def test_tiles_stand_row_by_row_in_rings_and_share_one_scale():
    maps = np.array([[[1.0, 2.0]], [[3.0, -4.0]], [[0.0, 4.0]]])
    nan = np.nan
    expected = [
        [nan] * 8,
        [nan, 0.25, 0.5, nan, nan, 0.75, -1, nan],
        [nan] * 8,
        [nan] * 8,
        [nan, 0, 1, nan, nan, nan, nan, nan],
        [nan] * 8,
    ]
    np.testing.assert_array_equal(tiles(maps), expected)


def test_one_tile_without_a_ring_is_the_map_itself():
    np.testing.assert_array_equal(tiles(np.array([[[1.0, -2.0]]]), ring=0), [[0.5, -1]])


def test_tiles_of_zeros_stay_zero():
    np.testing.assert_array_equal(tiles(np.zeros((1, 2, 2)), ring=0), np.zeros((2, 2)))


@pytest.mark.parametrize("n", [1, 10, 16, 32, 64, 256])
def test_every_number_is_on_some_tile(n):
    maps = 1.0 + np.arange(n * 6).reshape(n, 2, 3)
    shown = tiles(maps)
    np.testing.assert_allclose(np.sort(shown[~np.isnan(shown)]), maps.ravel() / maps.max())


def test_colours_blue_white_black_and_sand_for_no_data():
    assert COLOURS[0, :3].tolist() == rgb(BLUE)
    assert COLOURS[SHADES].tolist() == [255] * 4
    assert COLOURS[2 * SHADES].tolist() == [0, 0, 0, 255]
    assert COLOURS[-1, :3].tolist() == rgb(SAND)


def test_no_data_looks_like_no_number():
    """Greys and blues have at least as much blue as red; sand has far less, in every shade."""
    red, _, blue = COLOURS[:-1, :3].astype(int).T
    assert (blue >= red).all() and rgb(SAND)[0] - rgb(SAND)[2] > 70


def test_a_picture_shows_each_number_where_it_stands():
    pixels = painted([[-1, 0], [1, np.nan]])
    h, w, _ = pixels.shape
    upper, lower = pixels[h // 4], pixels[3 * h // 4]
    assert upper[w // 4].tolist() == rgb(BLUE) and upper[3 * w // 4].tolist() == [255] * 3
    assert lower[w // 4].tolist() == [0] * 3 and lower[3 * w // 4].tolist() == rgb(SAND)


def test_numbers_lie_in_the_middle_of_their_pixels():
    pixels = painted(np.zeros((3, 3)), numbers=[0] * 4 + [-1.5] + [0] * 4)
    ink = pixels[..., 0] < 128
    h, w = ink.shape
    for row in range(3):
        for column in range(3):
            cell = ink[row * h // 3 : (row + 1) * h // 3, column * w // 3 : (column + 1) * w // 3]
            y, x = np.nonzero(cell)
            np.testing.assert_allclose([y.mean(), x.mean()], [h / 6, w / 6], atol=8)


def test_no_numbers_no_ink_and_no_minus_before_zero():
    assert (painted(np.zeros((3, 3))) == 255).all()
    fig = figure()
    words = Numbers(fig.subplots())
    words.show([-0.001, 0.126, -2.0])
    assert words.words == ["0.00", "0.13", "-2.00"]


def test_a_letter_is_whole():
    for letter in "0123456789.-":
        ink = glyph(letter, 144)
        assert ink.max() > 128
        assert ink[[0, -1]].max() == 0 and ink[:, 0].max() < 128 and ink[:, -1].max() < 128


def test_a_new_state_is_told_to_the_engine():
    fig = figure()
    ax = fig.subplots()
    picture, words = Picture(ax, ""), Numbers(ax)
    fig.canvas.draw()
    assert not picture.stale and not words.stale
    picture.show(np.ones((1, 1)))
    words.show([1] * 9)
    assert picture.stale and words.stale
