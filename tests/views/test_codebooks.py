import numpy as np
import pytest
from scipy.spatial import cKDTree

from qlearn.views import explore
from qlearn.views.codebooks import (
    DATA,
    STARTS,
    cooling,
    cooling_path,
    lloyd_path,
    lloyd_steps,
    points_after,
    splitting,
)
from qlearn.views.history import layer

X = layer() / layer().std()


def nearest_sqnr(points, levels):
    """Decibels, with scipy's tree as the judge of who is nearest."""
    noise = np.sum(cKDTree(levels).query(points)[0] ** 2)
    return 10 * np.log10(np.sum(points**2) / noise)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("num_bits", [2, 3, 4])
def test_lloyd_climbs_and_tells_how_far(start, num_bits):
    path, dB = lloyd_path(start, num_bits)
    assert np.all(np.diff(dB) > -1e-9) and path.shape == (31, 2**num_bits)
    np.testing.assert_allclose(dB[7], nearest_sqnr(X[:, None], path[7][:, None]))
    said = explore(lloyd_steps).show(steps=7, num_bits=num_bits, start=start)
    assert said == f"7 steps from {start}: {dB[7]:.1f} dB, {dB[7] - dB[0]:+.1f} dB."


def test_the_companders_levels_are_nearly_there():
    for num_bits in 3, 4:
        (_, slow), (_, fast) = (lloyd_path(start, num_bits) for start in STARTS)
        assert fast[0] > slow[0] + 2 and fast[-1] - fast[0] < 0.7


def test_the_picture_shows_the_levels_and_edges_between_them():
    live = explore(lloyd_steps)
    live.show(steps=10)
    levels, edges = ([s[0][0] for s in c.get_segments()] for c in live.fig.axes[0].collections)
    np.testing.assert_allclose(levels, lloyd_path(STARTS[0], 3)[0][10])
    np.testing.assert_allclose(edges, np.mean([levels[1:], levels[:-1]], axis=0))


@pytest.mark.parametrize("splits", [0, 4, 8])
def test_points_after_splits(splits):
    levels, dB = points_after(splits)
    assert levels.shape == (2**splits, 2)
    np.testing.assert_allclose(dB, nearest_sqnr(X.reshape(-1, 2), levels), atol=0.05)
    said = explore(splitting).show(splits=splits)
    assert f", {splits / 2:g} bits a weight: {dB:.1f} dB" in said
    assert f"adds {2**splits * 2 * 32 / 18432:.2f} bits a weight" in said
    assert said.startswith("1 point," if splits == 0 else f"{2**splits} points,")


def test_points_of_the_plane_are_drawn_as_wide_as_high_and_none_is_cut_off():
    live = explore(splitting)
    plane = live.fig.axes[0]
    assert plane.get_aspect() == 1
    assert np.abs(points_after(8)[0]).max() < min(plane.get_xlim()[1], plane.get_ylim()[1])
    assert ", 1 bit a weight" in live.show(splits=2)


def test_annealing_escapes_the_lumps_and_gains_nothing_on_the_bell():
    for data, least, most in (DATA[0], 10, 30), (DATA[1], -0.1, 0.3):
        x, path, alone = cooling_path(data)
        dB = nearest_sqnr(x[:, None], path[-1][:, None])
        assert least < dB - alone < most
        said = explore(cooling).show(data=data)
        assert said == f"Cooled: {dB:.1f} dB; Lloyd alone, from its start, stops at {alone:.1f} dB."


def test_levels_part_as_it_cools():
    live = explore(cooling)
    apart = [int(live.show(step=step).split(": ")[1].split()[0]) for step in (0, 15, 58)]
    assert apart[0] == 1 and apart[0] < apart[1] <= apart[2] == 4
