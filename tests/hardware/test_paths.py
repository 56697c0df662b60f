"""Paths: every data type a device lacks is refused with the one that runs instead."""

from types import SimpleNamespace

import pytest

from qlearn.hardware import dtypes, peak, rows, runs_as
from qlearn.hardware.paths import WIDTH, layer_path, layer_paths, unpacking


def layer(weight_bits, input_bits):
    return SimpleNamespace(weight_bits=weight_bits, input_bits=input_bits)


def test_worked_example():
    assert dtypes("a100") == ("float32", "float16", "bfloat16", "int8", "int4")
    assert dtypes("cortex-m4") == ("int8", "float32")


@pytest.mark.parametrize(
    ("name", "dtype", "path"),
    [
        ("a100", "float8", "float16"),
        ("h100", "int4", "int8"),
        ("h100", "float8", "float8"),
        ("t4", "bfloat16", "float32"),
        ("t4", "int4", "int4"),
        ("jetson-orin-nano", "int4", "int8"),
        ("cortex-m4", "int4", "int8"),
        ("cortex-m7", "float8", "float32"),
    ],
)
def test_what_runs_instead(name, dtype, path):
    assert runs_as(name, dtype) == path


def test_a_path_holds_every_value_of_the_type_it_replaces():
    for name in [row["name"] for row in rows("devices") if row["kind"] == "gpu"]:
        assert all(WIDTH[runs_as(name, dtype)] >= WIDTH[dtype] for dtype in WIDTH)


@pytest.mark.parametrize(
    ("name", "bits", "path", "words"),
    [
        ("cortex-m4", (8, 8), "int8", ""),
        ("cortex-m4", (4, 4), "int8", "4-bit weights and 4-bit inputs run as int8: unpacked"),
        ("cortex-m4", (4, 8), "int8", "4-bit weights run as int8: unpacked"),
        ("cortex-m4", (4, 32), "float32", "4-bit weights run as float32: unpacked"),
        ("cortex-m4", (32, 32), "float32", ""),
        ("t4", (4, 4), "int4", ""),
        ("t4", (2, 4), "int4", "2-bit weights run as int4: unpacked"),
        ("h100", (4, 4), "int8", "4-bit weights and 4-bit inputs run as int8: unpacked"),
        ("a100", (12, 8), "float16", "12-bit weights and 8-bit inputs run as float16: unpacked"),
        ("a100", (16, 16), "float16", ""),
        ("a100", (17, 8), "float32", "17-bit weights and 8-bit inputs run as float32: unpacked"),
    ],
)
def test_layers(name, bits, path, words):
    assert layer_path(name, layer(*bits)) == path
    assert unpacking(name, layer(*bits)) == words


def test_a_network_names_each_path_once():
    mixed = [layer(8, 8), layer(4, 4), layer(4, 32), layer(8, 8)]
    assert layer_paths("a100", mixed) == ["int8", "int4", "float32"]


def test_missing_paths():
    with pytest.raises(ValueError, match=r"a100 has no float8 path .*: float8 runs as float16"):
        peak("a100", "float8")
    with pytest.raises(ValueError, match=r"h100 has no int4 path .*: int4 runs as int8"):
        peak("h100", "int4")
    with pytest.raises(ValueError, match=r"unknown data type 'int5'; there are float32, .*int4"):
        runs_as("a100", "int5")
    with pytest.raises(ValueError, match="no device 'z80'"):
        runs_as("z80", "int8")
    no_float = "cortex-m33 has no float32 path in the tables and none in its place: int8"
    with pytest.raises(ValueError, match=no_float):
        runs_as("cortex-m33", "float32")
