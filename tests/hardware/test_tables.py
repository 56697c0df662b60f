"""The tables: every row has a source, every device has its figures."""

import pytest

from qlearn.hardware import device, dtypes, rows
from qlearn.hardware.tables import DATA

TABLES = sorted(path.stem for path in DATA.glob("*.csv"))


def test_tables_are_there():
    assert TABLES == ["devices", "energy", "mcu_times", "networks", "peaks"]


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
