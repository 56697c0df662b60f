"""Pairs of measurements: the published ratios, and what was promised."""

import numpy as np
import pytest

from qlearn.hardware import Pair, decode_s, decoders, evidence, fit_decode, pairs, tokens_s
from qlearn.hardware.evidence import pair_texts

MEMORY = {
    ("M1 Pro", "Q8_0"): 21.95 / 12.75,
    ("M1 Pro", "Q4_0"): 35.52 / 12.75,
    ("M3 Pro", "Q8_0"): 17.53 / 9.89,
    ("M3 Pro", "Q4_0"): 30.74 / 9.89,
    ("M2 Ultra", "Q8_0"): 62.05 / 41.35,
    ("M2 Ultra", "Q4_0"): 88.54 / 41.35,
    ("A100 80GB", "Q4_0"): 136.24 / 73.83,
    ("H100 PCIe", "Q4_0"): 133.77 / 83.32,
    ("RTX 4090", "Q4_0"): 149.37 / 60.78,
    ("RTX 3090", "Q4_0"): 120.6 / 51.85,
}
OTHERS = {
    ("NVIDIA T4", "float32 to int8"): (26.2 / 8.5, 130 / 8.1),  # HAWQ-V3, TVM, batch 8
    ("NVIDIA T4", "int8 to int4"): (8.5 / 5.8, 2),
}
TINY = {  # MLPerf Tiny v1.2, Bosch
    ("CY8C", "ResNet-8"): 2.96, ("CY8C", "MobileNet"): 2.33, ("CY8C", "autoencoder"): 2.81,
    ("STM32H7A3", "ResNet-8"): 2.71, ("STM32H7A3", "MobileNet"): 1.86,
    ("STM32H7A3", "autoencoder"): 3.85,
}  # fmt: skip


def test_worked_example():
    """6 bytes and 2 besides, then 1 and 2: 8 / 3 of 6 promised; half a byte takes 2.5."""
    pair = Pair("here", "a100", "gpu", "a net, 16 to 4 bits", (16, 4), 4, 6.0, 8 / 3)
    np.testing.assert_allclose(pair.gain(6), 8 / 3)
    np.testing.assert_allclose(pair.gain(12), 8 / 2.5)
    assert pair.gain(1) == 1 and pair.kept == 2 / 3


@pytest.mark.parametrize("chip", ["A100 80GB", "M1 Pro", "RTX 3090"])
@pytest.mark.parametrize("num_bits", [1, 2, 3, 4, 8])
def test_a_gain_is_what_the_fit_of_that_chip_predicts(chip, num_bits):
    (pair,) = (p for p in pairs("memory") if p.where == chip and p.what.endswith("Q4_0"))
    speeds = tokens_s(chip)
    fit, size = fit_decode(speeds["F16"], speeds["Q4_0"]), speeds["F16"][0]
    ours = decode_s(size, fit) / decode_s(size * num_bits / 16, fit)
    np.testing.assert_allclose(pair.gain(16 / num_bits), ours)


def test_gains_of_an_a100():
    """LLaMA-2-7B at 8, 3, 2 and 1 bits: the fixed 4.88 ms do not shrink."""
    (pair,) = (p for p in pairs("memory") if p.device == "a100")
    gains = [pair.gain(16 / bits) for bits in (8, 3, 2, 1)]
    np.testing.assert_allclose(gains, [1.47, 2.08, 2.27, 2.50], atol=0.006)


def test_more_than_promised_and_nothing_gained():
    good, bad = (Pair("x", "", "gpu", "y", (16, 8), 2, 2.0, m) for m in (2.5, 0.9))
    assert good.gain(3) == 3 and bad.gain(3) == 0.9


def test_a_suspect_is_no_evidence():
    """The M1 Max's two points give no fixed time and less bandwidth than an M1 Pro's."""
    left_out = set(decoders()) - {pair.where for pair in pairs("memory")}
    assert left_out == {"M1 Max 24-core"}


def test_of_many_pairs_the_ends():
    some = [Pair(f"chip {m}", "", "gpu", "a net", (16, 4), 3, 3, m) for m in (2, 1.2, 2.8, 1.6)]
    told = pair_texts(some)
    assert told[0] == "1.20 of 3.00 promised: chip 1.2, a net, least of 4"
    assert told[1].endswith("chip 2.8, a net, most") and len(told) == 2
    assert len(pair_texts(some[:3])) == 3


def test_decodes():
    found = {(p.where, p.what[-4:]): p for p in pairs("memory")}
    assert found.keys() == MEMORY.keys()
    for key, pair in found.items():
        np.testing.assert_allclose(pair.measured, MEMORY[key])
        np.testing.assert_allclose(pair.promised, 12.55 / (3.56 if key[1] == "Q4_0" else 6.67))
        assert 0.4 < pair.kept < 1 and pair.bits == pair.promised
        assert pair.widths == (16, 4 if key[1] == "Q4_0" else 8)
        assert pair.weights_only and pair.batch == 1
    assert list(found) == sorted(found)
    assert [p.where for p in pairs("memory") if p.device == "a100"] == ["A100 80GB"]


def test_resnet50_on_a_t4():
    found = {(p.where, p.what.split(", ")[1]): (p.measured, p.promised)
             for p in pairs("arithmetic")}  # fmt: skip
    assert found.keys() == OTHERS.keys()
    for key, numbers in found.items():
        np.testing.assert_allclose(numbers, OTHERS[key])

    assert [(p.weights_only, p.batch) for p in pairs("arithmetic")] == [(False, 8)] * 2


def test_what_differs_in_more_than_the_bits_is_no_pair(monkeypatch):
    """The same ResNet-50 with another batch, by another program, and one width twice."""
    row = dict(device="t4", chip="NVIDIA T4", network="ResNet-50 v1", software="TVM", batch="8",
               dtype="float16", time_ms="9")  # fmt: skip
    fast = row | dict(dtype="int8", time_ms="4.5")
    runs = [row, row | dict(dtype="bfloat16"), fast | dict(batch="1"), fast | dict(software="x")]
    monkeypatch.setattr(evidence, "rows", lambda table: runs)
    assert pairs("arithmetic") == []
    monkeypatch.setattr(evidence, "rows", lambda table: [*runs, fast])
    assert [(p.measured, p.widths) for p in pairs("arithmetic")] == [(2, (16, 8))]


def test_microcontrollers():
    found = {(p.where, p.what.split(",")[0]): p for p in pairs("microcontroller")}
    assert {key: round(p.measured, 2) for key, p in found.items()} == TINY
    assert all(p.promised == p.bits == 4 for p in found.values())


def test_bad_input():
    with pytest.raises(ValueError, match="limit is 'luck': memory, arithmetic or microcontroller"):
        pairs("luck")
