"""The shipped networks: as large and as good as the course says."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from qlearn.networks import Conv2d, Dense, evaluate, fold, load
from qlearn.networks.trained import HERE, NETWORKS, arrays_of, digits_cnn, with_arrays
from qlearn.qat import to_torch

NAMES = ["digits_cnn", "digits_mobilenet"]


def weighted(net):
    return [layer for layer in net.layers if isinstance(layer, Conv2d | Dense)]


def macs(net):
    """torch's count for one image: two operations are one multiply and accumulate."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        to_torch(net)(torch.zeros(1, *net.input_shape))
    return counter.get_total_flops() // 2


def test_worked_example_digits_cnn():
    """144 + 4,608 + 18,432 + 2,560 weights, a bias for each of 16 + 32 + 64 + 10 outputs."""
    layers = weighted(fold(load("digits_cnn")))
    shapes = [(16, 1, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3), (10, 256)]
    assert [layer.W.shape for layer in layers] == shapes
    assert sum(layer.W.size for layer in layers) == 25_744
    assert sum(layer.b.size for layer in layers) == 122


def test_worked_example_digits_mobilenet():
    layers = weighted(fold(load("digits_mobilenet")))
    assert [layer.W.size for layer in layers] == [144, 144, 512, 288, 2048, 576, 4096, 640]
    assert sum(layer.W.size for layer in layers) == 8_448
    assert [layer.groups for layer in layers[:-1]] == [1, 16, 1, 32, 1, 64, 1]


def test_oracle_torch_counts_the_macs():
    assert macs(fold(load("digits_cnn"))) == 601_600


@pytest.mark.parametrize("name", NAMES)
def test_the_five_seeds_are_small_files_of_different_float32_arrays(name):
    firsts = set()
    for seed in range(5):
        path = HERE / f"{name}-{seed}.npz"
        assert path.stat().st_size < 110_000
        with np.load(path, allow_pickle=False) as arrays:  # refuses anything but numbers
            assert {arrays[key].dtype.name for key in arrays} == {"float32"}
            assert all(np.isfinite(arrays[key]).all() for key in arrays)
        firsts.add(load(name, seed).layers[0].W.tobytes())
    assert len(firsts) == 5


def test_seed_0_is_the_default_and_loading_gives_arrays_of_ones_own():
    first = load("digits_cnn").layers[0].W
    np.testing.assert_array_equal(first, load("digits_cnn", seed=0).layers[0].W)
    first[:] = 0
    assert load("digits_cnn").layers[0].W.any()


def test_arrays_are_named_by_their_layer():
    assert list(arrays_of(digits_cnn()))[:6] == [
        *("0.W", "1.gamma", "1.beta", "1.mean", "1.var"),
        "3.W",
    ]


@given(st.sampled_from(NAMES), st.integers(0, 4))
def test_taking_the_arrays_out_and_putting_them_back_changes_nothing(name, seed):
    net = load(name, seed)
    back = with_arrays(NETWORKS[name](), arrays_of(net))
    assert back.input_shape == net.input_shape
    assert [type(layer) for layer in back.layers] == [type(layer) for layer in net.layers]
    for key, array in arrays_of(back).items():
        np.testing.assert_array_equal(array, arrays_of(net)[key])


@pytest.mark.parametrize(("name", "least"), [("digits_cnn", 98.5), ("digits_mobilenet", 97)])
def test_claim_the_networks_read_digits(name, least):
    assert evaluate(name).accuracy.mean() >= least


@pytest.mark.parametrize("name", NAMES)
def test_claim_hard_digits_leave_room_to_tell_methods_apart(name):
    assert 90 <= evaluate(name, hard=True).accuracy.mean() <= 95


def test_an_unknown_network_or_seed_is_refused():
    message = "name is 'resnet': the shipped networks are digits_cnn, digits_mobilenet"
    with pytest.raises(ValueError, match=message):
        load("resnet")
    for seed in (5, -1):
        with pytest.raises(ValueError, match=f"seed is {seed}: five are shipped, 0 to 4"):
            load("digits_cnn", seed)


def test_a_missing_array_or_one_of_another_shape_is_refused():
    arrays = arrays_of(load("digits_cnn"))
    message = r"12.b of shape \(10,\) is missing from the file"
    with pytest.raises(ValueError, match=message):
        with_arrays(digits_cnn(), {key: arrays[key] for key in arrays if key != "12.b"})
    with pytest.raises(ValueError, match=message):
        with_arrays(digits_cnn(), {**arrays, "12.b": np.zeros(9, np.float32)})
