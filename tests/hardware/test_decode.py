"""Tokens a second: the third measurement, which the fit has not seen, is the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qlearn.hardware import (
    decode_bound_s,
    decode_s,
    decoders,
    fit_decode,
    nominal_bytes_s,
    rows,
    tokens_s,
)

GIB = 2**30
F16, Q8_0, Q4_0 = 12.55 * GIB, 6.67 * GIB, 3.56 * GIB  # LLaMA-2-7B's files


def test_worked_example():
    """10 bytes in 3 s and 4 bytes in 2 s: 6 bytes a second, and 4/3 s besides."""
    fit = fit_decode((10, 1 / 3), (4, 1 / 2))
    np.testing.assert_allclose(fit, (6, 4 / 3))
    np.testing.assert_allclose(decode_s(7, fit), 2.5)


@pytest.mark.parametrize(
    ("chip", "f16", "q8_0", "q4_0", "ours", "gb_s", "fixed_ms"),
    [
        ("M1 Pro", 12.75, 21.95, 35.52, 21.955633, 192, 8.2),
        ("M3 Pro", 9.89, 17.53, 30.74, 17.775905, 141, 5.4),
        ("M2 Ultra", 41.35, 62.05, 88.54, 63.478717, 749, 6.2),
    ],
)
def test_two_widths_predict_the_third(chip, f16, q8_0, q4_0, ours, gb_s, fixed_ms):
    """llama.cpp on Macs (gist andrewginns/cf95867c; PRs 2891 and 2917): within 3 %."""
    fit = fit_decode((F16, f16), (Q4_0, q4_0))
    np.testing.assert_allclose(1 / decode_s(Q8_0, fit), ours, rtol=1e-6)
    assert abs(ours / q8_0 - 1) < 0.03
    assert round(fit.bandwidth_bytes_s / 1e9) == gb_s
    assert round(1e3 * fit.fixed_s, 1) == fixed_ms
    assert tokens_s(chip) == {"F16": (F16, f16), "Q8_0": (Q8_0, q8_0), "Q4_0": (Q4_0, q4_0)}


@pytest.mark.parametrize(
    ("gb_s", "measured", "bound"),
    [(200, 35.52, 52.321493), (150, 30.74, 39.24112), (800, 88.54, 209.285972),
     (2039, 136.24, 533.417621)],
)  # fmt: skip
def test_the_plain_bound_of_four_bits(gb_s, measured, bound):
    """Bandwidth over bytes, Q4_0: 47, 28, 136 and 292 % above what was measured."""
    np.testing.assert_allclose(1 / decode_bound_s(Q4_0, gb_s * 1e9), bound, rtol=1e-6)
    assert measured < bound


def test_an_a100_keeps_half_of_the_promise():
    """XiongjieDai@00dd2bd: 73.83 and 136.24 tokens/s, 1.85 times for 3.53 times fewer bytes."""
    speeds = tokens_s("A100 80GB")
    np.testing.assert_allclose(speeds["Q4_0"][1] / speeds["F16"][1], 1.8453203304889614)
    np.testing.assert_allclose(speeds["F16"][0] / speeds["Q4_0"][0], 3.525281, rtol=1e-6)


def test_where_the_fit_cannot_be_believed():
    """M1 Max with 24 cores: 187 GB/s and no fixed time at all (48.65 and 13.83 tokens/s)."""
    speeds = tokens_s("M1 Max 24-core")
    fit = fit_decode(speeds["F16"], speeds["Q4_0"])
    np.testing.assert_allclose(fit.bandwidth_bytes_s, 187e9, rtol=0.005)
    assert abs(fit.fixed_s) < 1e-4
    assert "Q8_0" not in speeds


@given(st.floats(1e9, 1e13), st.floats(1e-4, 0.1), st.floats(1e9, 1e11), st.floats(1.1, 10))
def test_a_fit_goes_through_both_points(rate, fixed, size, times):
    pair = [(n, 1 / (n / rate + fixed)) for n in (size * times, size)]
    fit = fit_decode(*pair)
    for (num_bytes, speed), again in zip(pair, (fit, fit_decode(*pair[::-1])), strict=True):
        np.testing.assert_allclose(decode_s(num_bytes, again), 1 / speed, rtol=1e-9)


def test_nominal_bandwidths():
    assert [nominal_bytes_s(c) for c in ("M1 Pro", "M3 Pro", "RTX 3090")] == [200e9, 150e9, 0]


def test_every_chip_has_both_ends_and_every_row_a_speed_or_a_time():
    for chip in decoders():
        assert {"F16", "Q4_0"} <= tokens_s(chip).keys()
    for row in rows("decodes"):
        assert bool(row["tokens_s"]) != bool(row["time_ms"]), row
        assert bool(row["tokens_s"]) == (row["tokens_at_once"] == "1"), row


def test_stored_sizes_are_those_of_the_formats():
    """16.0, 8.50 and 4.54 bits for each of 6,738,415,616 parameters."""
    bits = [8 * size / 6_738_415_616 for size in (F16, Q8_0, Q4_0)]
    np.testing.assert_allclose(bits, [16.0, 8.5, 4.54], atol=0.01)


def test_bad_input():
    with pytest.raises(ValueError, match="no decode speed of 'M9'; there are M1 Pro, M3 Pro"):
        tokens_s("M9")
    with pytest.raises(ValueError, match="two different sizes"):
        fit_decode((1, 2), (1, 3))
    for speed in (0, -1, float("nan"), "3"):
        with pytest.raises(ValueError, match=f"sizes and speeds must be positive .* {speed!r}"):
            fit_decode((1, speed), (2, 3))
    for chip in ("M9", "A100"):  # the second was measured with many tokens at once alone
        with pytest.raises(ValueError, match=f"no decode speed of '{chip}'; there are M1 Pro"):
            nominal_bytes_s(chip)
    with pytest.raises(ValueError, match=r"bytes and bandwidth must be positive numbers, not 0\.0"):
        decode_bound_s(Q4_0, nominal_bytes_s("RTX 3090"))
    with pytest.raises(ValueError, match="more bytes took no longer"):
        fit_decode((1, 2), (2, 3))
    with pytest.raises(ValueError, match="more bytes took no longer"):
        fit_decode((1, 2), (2, 2))
