"""The exercises of 73-roofline: predict a batch, predict a speed, explain a slow int8 model."""

import re

import numpy as np

from qlearn.hardware import device, fit_decode, peak

from .verdict import checker, right, value_of, wrong

OPS, RATE = peak("a100", "float16"), device("a100").bandwidth_bytes_s


def turning(num_bits):
    """batch = peak x bytes a weight / (2 operations x bandwidth), of one dense layer."""
    return OPS * num_bits / 8 / (2 * RATE)


def batch_slips(num_bits):
    """What typical slips give, each with its hint."""
    batch = turning(num_bits)
    return [
        (2 * batch, "one MAC is two operations (and the peak is float16's)."),
        (8 * batch, "the bandwidth counts bytes: divide the bits by 8."),
        (turning(16), "that is for 16 bits; others are read faster, but used as float16."),
        (OPS / (2 * RATE), f"a weight has {num_bits / 8:g} bytes here, not one."),
        (OPS * 16 / num_bits * 2 / (2 * RATE), "fewer bytes are read faster: divide by 8."),
        (turning(4), "that is for 4-bit weights: these have more bytes."),
        (1 / batch, "upside down: the time to read over the time to multiply."),
    ]


def judge_batch(answer):
    """Write: the batch at which a dense layer stops waiting for its weights, A100, float16."""
    for num_bits in (16, 4, 8):
        batch, expected = float(value_of(answer, num_bits)), turning(num_bits)
        if np.isclose(batch, expected, rtol=0.03):
            continue
        for slip, hint in batch_slips(num_bits):
            if np.isclose(batch, slip, rtol=0.015):
                return wrong(f"{batch:,.4g} for {num_bits} bits: {hint}")
        return wrong(f"{batch:,.4g} for {num_bits} bits: the time to read a weight, over that to "
                     "use it once.")  # fmt: skip
    return right("153 for 16 bits, 77 for 8, 38 for 4: in step with the bytes.")


STORED = np.array([16.0, 8.5, 4.54])  # bits a weight of F16, Q8_0 and Q4_0, scales included
SPEEDS = (9.89, 30.74), (12.75, 35.52)  # M3 Pro, M1 Pro


def eight(speed_16, speed_4):
    """Tokens a second at 8.5 bits: t = bits / BW + t0 through the other two."""
    fit = fit_decode((STORED[0], speed_16), (STORED[2], speed_4))
    return 1 / (STORED[1] / fit.bandwidth_bytes_s + fit.fixed_s)


def speed_slips(speed_16, speed_4):
    """What typical slips give, each with its hint."""
    sixteen, some, four = STORED
    share = (some - four) / (sixteen - four)
    time_16, time_4 = 1 / speed_16, 1 / speed_4
    good = eight(speed_16, speed_4)
    return [
        ((speed_16 + speed_4) / 2, "average seconds, not tokens, and weight them by bytes."),
        (2 / (time_16 + time_4), "8.50 does not lie halfway between 16.0 and 4.54."),
        ((speed_16 * speed_4) ** 0.5, "on a line lie the seconds, not their logarithms."),
        (speed_16 + share * (speed_4 - speed_16), "that share counts from 4.54, not from 16.0."),
        (speed_4 + share * (speed_16 - speed_4), "on a straight line lie the seconds."),
        (1 / (time_16 + share * (time_4 - time_16)), "the share counts from 4.54's seconds."),
        (speed_16 * sixteen / some, "the fixed time t0 does not shrink with the bytes."),
        (speed_4 * four / some, "the fixed time t0 does not grow with the bytes."),
        (speed_16 * 2, "twice as fast as 16 bits? 8.50 are stored, and t0 stays."),
        (speed_4 / 2, "half as fast as 4 bits? 8.50 are stored, and t0 stays."),
        (1 / (time_4 + (time_16 - time_4) / 3), "scales count: 8.50 and 4.54 are stored."),
        (1 / good, "those are the seconds for a token: take one over that."),
        (1e3 / good, "those are milliseconds for a token: take 1000 over that."),
    ]


def judge_speed(answer):
    """Write it: tokens a second at 8 bits, from those at 16 and 4."""
    speeds = [float(value_of(answer, *pair)) for pair in SPEEDS]
    if np.ptp(speeds) == 0:
        return wrong(f"{speeds[0]:.4g} for both Macs: use the two speeds that you are given.")
    for pair, speed in zip(SPEEDS, speeds, strict=True):
        if np.isclose(speed, eight(*pair), rtol=2e-3):
            continue
        for slip, hint in speed_slips(*pair):
            if np.isclose(speed, slip, rtol=3e-3):
                return wrong(f"{speed:.4g} from {pair}: {hint}")
        return wrong(f"{speed:.4g} from {pair}: fit t = bits / BW + t0, then put in 8.50.")
    return right("M3 Pro 17.8, measured 17.53; M1 Pro 22.0, measured 21.95.")


# A start or a pass, and a word that says that it costs: "kernel" or "quantize" alone says nothing.
COSTS = r"(extra|more|many|small|separate|additional|own|each|every|unfused|fused?|count the)"
STEPS = r"(pass(es)?|steps?|kernels?|quantiz(e|ing|ation)|conversions?|converting|casts?|unpacking)"
STARTS = re.compile(
    r"launch|(?<!memory )overhead|fixed (time|cost)|start(s|ing|ed)? (of |up )?"
    r"((a|the|each|every|all) )?(\w+ )?(kernel|layer|pass)|(kernel|layer)s?( is| are)? start"
)
PASSES = re.compile(
    rf"dequantiz(e|ing|ation)|\bq/?dq|{COSTS}\b[^.]{{0,40}}\b{STEPS}\b|"
    rf"\b{STEPS}\b[^.]{{0,60}}\b{COSTS}\b"
)
MEASURE = re.compile(
    r"profil|measur|trace|nsys|nsight|stopwatch|count the|timeline|batch (of )?\d+"
)
UNSUPPORTED = re.compile(
    r"(can't|cannot|can not|doesn't|does not|don't|do not|lacks?|without|missing|has no) "
    r"(\w+ ){0,3}int8|int8[^.]*not support"
)


def judge_explanation(answer):
    """Explain: an int8 ResNet-50 that got slower at batch 1 on an A100; and how to find out."""
    text = value_of(answer)
    if not isinstance(text, str):
        return wrong(f"your answer is {text!r}: give two or three sentences, between quotes.")
    text = text.lower()
    if UNSUPPORTED.search(text):
        return wrong("this one has 624 TOPS in int8: which part of your bar is the largest?")
    if not STARTS.search(text) and not PASSES.search(text):
        if re.search(r"memory|bandwidth|bound|weights", text):
            return wrong("reading its weights takes 13 of its 460 us: what takes the rest?")
        return wrong("look at the bar with two extra passes at batch 1: what is largest?")
    if not MEASURE.search(text):
        return wrong("a good suspicion. Which measurement would decide? Name one.")
    return right("starting kernels and extra passes, at batch 1; and a measurement decides it.")


check = checker(judge_batch, judge_speed, judge_explanation)
