"""The tables: every row has a source, every device has its figures."""

import pytest

from qlearn.hardware import device, dtypes, rows
from qlearn.hardware.tables import DATA

TABLES = sorted(path.stem for path in DATA.glob("*.csv"))


def test_tables_are_there():
    ours = ["chips", "decodes", "devices", "energy", "launches", "mcu_times", "memories", "models"]
    assert TABLES == [*ours, "networks", "peaks", "runs"]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_where_it_comes_from(table):
    for row in rows(table):
        assert len(row["source"]) > 15, row
        assert row["evidence"] in {"primary", "secondary", "derived"}, row


def test_worked_example():
    chip = device("cortex-m4")
    assert (chip.chip, chip.clock_hz) == ("STM32L4R5", 120e6)
    assert (chip.sram_bytes, chip.flash_bytes) == (640 * 1024, 2048 * 1024)
    assert device("a100").bandwidth_bytes_s == 2039e9


@pytest.mark.parametrize("name", [row["name"] for row in rows("devices")])
def test_a_device_has_a_speed_and_at_least_int8(name):
    chip = device(name)
    speed = {"microcontroller": chip.clock_hz, "gpu": chip.bandwidth_bytes_s}[chip.kind]
    assert speed > 1e6
    assert "int8" in dtypes(name)


def test_required_devices_are_there():
    names = {row["name"] for row in rows("devices")}
    assert names >= {"cortex-m4", "cortex-m7", "jetson-orin-nano", "t4", "a100", "h100"}


def test_unknown_device_lists_those_there_are():
    with pytest.raises(
        ValueError, match=r"no device 'cortex-m5' in the tables; .*cortex-m4, .*h100"
    ):
        device("cortex-m5")


def test_runs_are_of_known_devices_and_networks():
    networks = {row["name"] for row in rows("networks")}
    for row in rows("runs"):
        assert row["dtype"] in dtypes(row["device"]) and row["network"] in networks, row
        assert bool(row["time_ms"]) != bool(row["images_s"]), row


def test_the_float_runs_are_those_that_the_constants_rest_on():
    """Both tables hold the float32 runs of HALE; int8 is another software than X-CUBE-AI."""
    key = ("device", "dtype", "network", "time_ms")
    floats = {tuple(r[k] for k in key) for r in rows("mcu_times") if r["dtype"] == "float32"}
    ours = {tuple(r[k] for k in key) for r in rows("runs") if r["dtype"] == "float32"}
    assert floats == {r for r in ours if r[0] != "t4"}


def test_macs_of_resnet50():
    """4.089 GMACs (torchvision, v1.5) and 3.858 GMACs (pytorchcv, v1)."""
    macs = {r["name"]: int(r["macs_conv"]) + int(r["macs_other"]) for r in rows("networks")}
    assert macs["ResNet-50 v1.5"] == 4_089_184_256 and macs["ResNet-50 v1"] == 3_857_973_248


def test_a_row_cannot_be_changed_and_an_unknown_table_is_named():
    with pytest.raises(TypeError):
        rows("energy")[0]["pj"] = "99"
    with pytest.raises(ValueError, match="no table 'prices'; there are chips, decodes"):
        rows("prices")
