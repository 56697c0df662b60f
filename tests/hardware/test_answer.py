"""The answer as a value: what follows from its times and its pairs, and how it shows itself."""

import numpy as np
import pytest

from qlearn.hardware import Faster, Pair, device
from qlearn.hardware.answer import time_text


def pair(gain, device="a100", widths=(16, 4)):
    """A pair of three promised and so much measured, with fewer bits on both sides."""
    return Pair(f"chip {gain}", device, "gpu", "a net", widths, 3, 3, gain, batch=8)


def answer(times=(4e-3, 1e-3), starts=0.0, gains=(), kind="bound", paths=("float16", "int8"),
           limits=("memory", "memory"), **values):  # fmt: skip
    given = dict(stored_bytes=(8e9, 2e9), memory_bytes=80e9, bits=(4, 4))
    given |= dict(pairs=tuple(map(pair, gains))) | values
    names = "W16A16", "W4A4"
    return Faster(device("a100"), 8, names, paths, times, limits, kind, starts, **given)


def test_worked_example():
    one = answer(starts=1e-3, gains=[1.5, 2.0], notes=("something",))
    assert (one.ratio, one.started) == (4, 2.5)
    np.testing.assert_allclose((one.low, one.high), (1.6, 16 / 7))
    assert repr(one).splitlines() == [
        "a100 (NVIDIA A100 SXM 80GB), batch 8",
        "        runs as  bound  waits for",
        "W16A16  float16   4 ms  memory",
        "W4A4    int8      1 ms  memory",
        "promised  4.00 times the speed (bounds); 2.50 with 1 ms of starts (estimate)",
        "measured  1.50 of 3.00 promised: chip 1.5, a net",
        "measured  2.00 of 3.00 promised: chip 2.0, a net",
        "expect    1.6 to 2.3 times the speed (estimate)",
        "note      something",
        "fairly sure: faster, something like it was measured on this device.",
    ]


@pytest.mark.parametrize(
    ("values", "words", "expected"),
    [
        (dict(times=(1, 2)), "sure, with software as good: slower", (0.5, 0.5)),
        (dict(times=(1, 1)), "sure, with software as good: no faster, it waits for", (1, 1)),
        (dict(times=(0.7, 1)), "sure, with software as good: slower", (0.7, 0.7)),
        (dict(times=(1, 1), limits=("memory", "arithmetic")),
         "sure, with software as good: no faster, it waits for arithmetic instead", (1, 1)),
        (dict(times=(1.05, 1), starts=0.1), "fairly sure: hardly faster, more is not", (1, 1.045)),
        (dict(times=(1.2, 1)), "not sure: nobody", (1, 1.2)),
        (dict(times=(4, 1), starts=100),
         "fairly sure: hardly faster, starting the layers takes most of", (1, 1.03)),
        (dict(times=(1.11, 1), starts=0.5),
         "fairly sure: hardly faster, starting the layers takes part of", (1, 1.073)),
        (dict(times=(4, 1)), "not sure: nobody", (1, 4)),
        (dict(times=(4, 1), gains=[2]), "fairly sure: faster", (16 / 7, 16 / 7)),
        (dict(times=(4, 1), gains=[3.5]), "fairly sure: faster", (4, 4)),
        (dict(times=(4, 1), gains=[2], starts=1), "fairly sure: faster", (16 / 7, 16 / 7)),
        (dict(times=(4, 1), gains=[2], starts=3), "fairly sure: faster", (1.75, 1.75)),
        (dict(gains=[2], bits=(3, 4)), "half sure: on this device 16 to 4 bits", (16 / 7,) * 2),
        (dict(pairs=(pair(2, widths=(8, 4)),)), "half sure: on this device 8 to 4 bits were",
         (16 / 7, 16 / 7)),
        (dict(gains=[2], bits=(4, 16)), "half sure: on this device fewer bits on both sides were",
         (16 / 7, 16 / 7)),
        (dict(pairs=(pair(2)._replace(weights_only=True),)),
         "half sure: on this device fewer bits of the weights alone were", (16 / 7, 16 / 7)),
        (dict(pairs=(pair(2)._replace(weights_only=True),), bits=(4, 16)), "fairly sure: faster",
         (16 / 7, 16 / 7)),
        (dict(pairs=(pair(2)._replace(batch=1),)),
         "half sure: on this device a batch of 1 was measured", (16 / 7, 16 / 7)),
        (dict(pairs=(pair(2, "t4"),)), "half sure: faster on others", (16 / 7, 16 / 7)),
    ],
)  # fmt: skip
def test_how_sure(values, words, expected):
    one = answer(**values)
    assert one.sure.startswith(words)
    np.testing.assert_allclose((one.low, one.high), expected, rtol=4e-3)


def test_where_weights_do_not_fit():
    one = answer(memory_bytes=4e9, gains=[2])
    assert one.fits == (False, True) and "expect" not in repr(one)
    assert "weights   W16A16 8 GB, W4A4 2 GB; there is room for 4 GB" in repr(one)
    assert one.sure == "sure: W16A16 can't run here, the weights do not fit"
    none = answer(memory_bytes=1e9)
    assert none.sure.startswith("sure: W16A16 and W4A4 can't") and none.fits == (False, False)
    assert answer(memory_bytes=0).fits == (True, True)  # not known


def test_layers_not_given():
    one = answer(starts=None)
    assert one.started == one.ratio
    assert "(bounds); layers not given: starts not counted" in repr(one)


def test_unpacking_is_told_where_nothing_is_gained():
    assert "unpacking" not in answer(times=(1, 1)).sure
    told = answer(times=(1, 1), paths=("float16", "float16, weights unpacked")).sure
    assert told.endswith("unpacking costs extra")


def test_an_estimate_spans_what_was_measured():
    one = answer(times=(2.7, 1), kind="estimate", gains=[2.0, 2.8])
    assert (one.low, one.high) == (2.0, 2.8)
    assert "(bounds)" not in repr(one)


def test_one_number_where_there_is_one():
    assert "expect    about 2.3 times" in repr(answer(gains=[2]))
    assert "expect    2.0 to 2.2 times" in repr(answer(gains=[1.8, 1.95]))


def test_times():
    values = [2.5, 0.0123, 7.5e-6, 12e-9, 0.0]
    assert [time_text(t) for t in values] == ["2.5 s", "12.3 ms", "7.5 us", "12 ns", "0 ns"]
    values = [0.9999, 0.9994, 999.96e-6, 249.7, 1000, 12345]
    told = ["1 s", "999 ms", "1 ms", "250 s", "1,000 s", "12,300 s"]
    assert [time_text(t) for t in values] == told
