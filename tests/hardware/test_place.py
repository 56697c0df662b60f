"""Where a model runs: names however spelled, GPUs in numbers, and the room for weights."""

import pytest

from qlearn.hardware import Gpu, batch_bound, device, memory_of, rows
from qlearn.hardware.place import find, path_in, peak_in, size_text
from qlearn.views.roofline import GPUS

MINE = Gpu("RTX 4090", 1008e9, {"float16": 165e12}, memory_bytes=24e9)


def test_worked_example():
    """One weight of two bytes used once: it waits for the memory, 2 / 1008e9 seconds."""
    bound = batch_bound((1, 1), MINE)
    assert bound.seconds == 2 / 1008e9 and bound.path == "float16"
    assert batch_bound((1, 1), MINE, batch=10**6).seconds == 2e6 / 165e12


@pytest.mark.parametrize(
    ("said", "name"),
    [("A100", "a100"), ("a100", "a100"), ("Orin Nano", "jetson-orin-nano"), ("M4", "cortex-m4"),
     ("Cortex M0plus", "cortex-m0plus"), *GPUS.items()],
)  # fmt: skip
def test_any_spelling(said, name):
    assert find(said) == find(device(name)) == device(name)


@pytest.mark.parametrize("said", ["RTX 4090", "cortex", "m", "", "00"])
def test_what_is_not_there_is_listed(said):
    with pytest.raises(ValueError, match=f"no device '{said}' in the tables; there are cortex-m4"):
        find(said)


@pytest.mark.parametrize("wrong", [None, 7, {}])
def test_no_device_at_all(wrong):
    with pytest.raises(ValueError, match=r"a name of the tables or a Gpu\(...\), not"):
        find(wrong)


def test_the_next_wider_type_multiplies():
    assert [path_in(MINE, t) for t in ("int4", "int8", "float16")] == ["float16"] * 3
    assert path_in("h100", "int4") == "int8" and peak_in("H100", "int8") == 1979e12
    assert peak_in(MINE, "float16") == 165e12
    with pytest.raises(ValueError, match=r"RTX 4090 has no peak for float32 .*: float16"):
        path_in(MINE, "float32")


def test_room():
    """From the makers' pages: 80, 80, 16 and 8 GB; a microcontroller's flash, 2,048 KiB."""
    gpus = [memory_of(name) for name in ("a100", "h100", "t4", "Orin Nano")]
    assert gpus == [80e9, 80e9, 16e9, 8e9]
    assert memory_of("cortex-m4") == 2048 * 1024 and memory_of(MINE) == 24e9
    assert {row["device"] for row in rows("memories")} == {
        row["name"] for row in rows("devices") if row["kind"] == "gpu"
    }


def test_bad_numbers():
    with pytest.raises(ValueError, match=r"peaks must give some of int4, .*, not \{'fp16': 1\}"):
        Gpu("x", 1, {"fp16": 1})
    with pytest.raises(ValueError, match=r"peaks must give some of .*, not 165"):
        Gpu("x", 1, 165)
    with pytest.raises(ValueError, match=r"peaks must give some of .*, not \{\}"):
        Gpu("x", 1, {})
    with pytest.raises(ValueError, match="bandwidth and peaks must be positive numbers, not 0"):
        Gpu("x", 0, {"int8": 1})
    with pytest.raises(ValueError, match="bandwidth and peaks must be positive numbers, not -1"):
        Gpu("x", 1, {"int8": -1})


def test_sizes():
    told = [size_text(n) for n in (13.48e9, 999.9e6, 2.1e6, 5e3, 12, 0)]
    assert told == ["13.5 GB", "1 GB", "2.1 MB", "5 kB", "12 bytes", "0 bytes"]
