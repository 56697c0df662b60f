"""The lists say what the tables say, with sources, in lines that fit a page."""

import pytest

from qlearn.hardware.lists import price_list, speed, speed_list, type_list


def words(table):
    """Map the first two columns of a list to its line."""
    return {tuple(line.split()[:2]): line for line in str(table).splitlines()}


def test_prices_stand_with_their_sources():
    prices = words(price_list(45))
    assert prices["multiply", "int8"].split()[2:5] == ["0.2", "282", "secondary"]
    assert prices["read", "byte"].split()[2:4] == ["dram", "160"]
    assert all("Horowitz" in prices[key] for key in prices if key[0] not in ("op", "um2:"))
    assert "Dally" in prices["um2:", "TSMC"]
    assert "0.07 " in words(price_list(7))["multiply", "int8"]


def test_a_technology_without_prices():
    with pytest.raises(ValueError, match="no published energies at 28 nm"):
        price_list(28)


def test_types_tell_what_int4_runs_as():
    last = {line.split()[0]: line.split()[-1] for line in str(type_list()).splitlines()}
    assert last["cortex-m4"] == last["h100"] == last["jetson-orin-nano"] == "int8"
    assert last["t4"] == last["a100"] == "int4"


def test_the_speed_of_a_device():
    assert (speed("a100"), speed("cortex-m4")) == ("2,039 GB/s", "120 MHz")


def test_measured_speeds():
    """M4: 479.8464 / 162.206 ms; T4: 26.2 / 8.5 and 26.2 / 5.8 ms."""
    speeds = words(speed_list())
    assert "int8 2.96 " in speeds["cortex-m4", "ResNet-8"]
    assert "int8 3.08, int4 4.52 " in speeds["t4", "ResNet-50"]
    assert speeds["t4", "ResNet-50"].endswith("TVM       HAWQ-V3's README")
    assert speeds["cortex-m7", "MobileNet"].endswith("HALE      MLPerf Tiny v1.2")
    assert not any("TensorRT" in line for line in speeds.values())  # one data type alone


@pytest.mark.parametrize(
    ("listing", "most"), [(price_list, 104), (type_list, 92), (speed_list, 92)]
)
def test_a_line_fits_a_page(listing, most):
    assert max(map(len, str(listing()).splitlines())) <= most


def test_hbm_stands_with_the_prices_of_7_nm():
    assert "31.25" in str(price_list(7)) and "56.25" in str(price_list(7))
