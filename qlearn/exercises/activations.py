"""The exercises of 15-activations: a moving average, a darker picture, a service with moods."""

import numpy as np

from .verdict import checker, right, value_of, wrong

# name: (batches, momentum, the average of their ranges, each of which holds 0), in asking order.
PROBES = {
    "three": ([[0, 4], [-1, 2], [0, 8]], 0.75, (-0.1875, 4.625)),
    "positive": ([[1, 3], [2, 5]], 0.9, (0, 3.2)),
    "negative": ([[-3, -1], [-5, -2]], 0.9, (-3.2, 0)),
    "crossing": ([[-2, 1], [2, 4]], 0.5, (-1, 2.5)),
    "one": ([[-1, 2]], 0.9, (-1, 2)),
}
HINTS = [
    ("three", (-0.1875, 2.9375), "you started with 0: xmax is too small until many batches have "
     "come. The first batch's range is the start."),
    ("three", (-0.1875, 6.625), "momentum is the share of the *old* range, 1 - momentum that of "
     "the new one: you have them the other way round."),
    ("three", (-0.1875, 6.5625), "momentum is the share of the *old* range, and the first batch's "
     "range is the start."),
    ("three", (-0.1875 / 0.578125, 2.9375 / 0.578125), "you started with 0 and divided by 1 - "
     "momentum^n, as Adam does. Here the first batch's range is the start, nothing is corrected."),
    ("three", (4.625, -0.1875), "both numbers are right, their order is not: (xmin, xmax)."),
    ("three", (-1, 8), "that is the running min/max: it only widens. Average the ranges."),
    ("three", (-1 / 3, 14 / 3), "that is the plain mean of the ranges: here momentum decides how "
     "much each weighs."),
    ("three", (0, 8), "that is the last batch's range alone."),
    ("three", (0, 4), "that is the first batch's range: the others have a say, too."),
    ("three", (2.21875, 2.21875), "you averaged the batches' means: average their ranges, min and "
     "max."),
    ("positive", (1.1, 3.2), "hold zero: a range from 1.1 has no code for 0. All these values are "
     "positive, so xmin is 0."),
    ("positive", (0.9, 3.2), "hold zero in the first batch, too."),
    ("negative", (-3.2, -1.1), "hold zero on the other side, too: all these values are negative, "
     "so xmax is 0."),
    ("negative", (-3.2, -0.9), "hold zero in the first batch, too."),
    ("crossing", (0, 2.5), "you averaged the minima, then held zero, as torch does. Here each "
     "batch's range holds 0, then they are averaged."),
]  # fmt: skip


def judge_average(answer):
    """Write it: the exponential moving average of ranges that hold 0."""
    for name, (batches, momentum, expected) in PROBES.items():
        given = value_of(answer, [np.array(b, np.float64) for b in batches], momentum)
        given = np.asarray(given, np.float64)
        if given.shape != (2,):
            return wrong(f"your answer has shape {given.shape}: return two numbers, (xmin, xmax).")
        if np.allclose(given, expected, atol=1e-6):
            continue
        for probe, known, hint in HINTS:
            if probe == name and np.allclose(given, known, atol=1e-6):
                return wrong(hint)
        got = tuple(given.round(4).tolist())
        return wrong(f"{batches}, momentum {momentum}: you give {got}, not {expected}.")
    return right("the first batch starts it, and every range holds zero.")


DECIBELS = {
    0: "the step is the same and so is the error; but the picture is four times smaller.",
    2: "that is in bits: how many decibels are two bits?",
    4: "that is the factor: decibels are 10 log10 of its *square*.",
    6.02: "that would be half as bright: 10 log10 of 4. The power falls by 4 squared, 16.",
    18.06: "that would be eight times darker.",
    24.08: "the square is counted twice: 20 log10 of 4, or 10 log10 of 16.",
}


def judge_dark(answer):
    """Predict two numbers: codes left and decibels lost when a picture is four times darker."""
    given = np.asarray(value_of(answer), np.float64)
    if given.shape != (2,):
        return wrong(f"your answer has shape {given.shape}: two numbers, (codes, decibels).")
    codes, dB = given.tolist()
    if codes in (16, 17):
        return wrong(f"{codes:g} codes: that is 16 times darker. A quarter of the range is left.")
    if codes in (6, 8) or codes in (62, 252):
        return wrong(f"{codes:g} is not a number of codes: the step is 1/255, how many of them "
                     "fit between 0 and 0.25?")  # fmt: skip
    if codes in (255, 256):
        return wrong("all codes would be used if the grid shrank, too; a static one stays.")
    if codes == 63:
        return wrong("63 codes: 0 is one, too; and 63.75 is rounded.")
    if not 63.7 <= codes <= 65:
        return wrong(f"{codes:g} codes: the step is 1/255, how many fit between 0 and 0.25?")
    if dB < 0:
        return wrong(f"{dB:g}: the question is by how much it *falls*, so give it as positive.")
    if abs(dB - 20 * np.log10(4)) < 0.3:
        return right("codes 0 .. 64: 65, about a quarter, and 12 dB. Two bits are gone, though "
                     "nothing is clipped and the error has not changed.")  # fmt: skip
    for known, hint in DECIBELS.items():
        if abs(dB - known) < 0.3:
            return wrong(f"the codes are right. {known:g} dB: {hint}")
    return wrong(f"the codes are right. {dB:g} dB: by which factor does mean(x^2) fall?")


def judge_service(answer):
    """Find the bug: a fit_inputs by which an image's codes do not depend on its neighbours."""
    h = np.random.default_rng(0).uniform(0, 4, (6, 3, 8, 8)).astype(np.float32)
    h[1] *= 5  # the neighbour that spoils the range of the others
    Q = value_of(answer, h)
    if isinstance(Q, np.ndarray):
        return wrong("you called it: return the quantizer, not what it makes of h.")
    if isinstance(Q, type):
        return wrong(f"{Q.__name__} is a class: return a quantizer that is made with it.")
    if not callable(Q):
        return wrong(f"fit_inputs(h) returned {repr(Q)[:60]}: it must return a quantizer.")
    try:
        alone = Q(h[:1].copy())
        if hasattr(alone, "quantize"):
            return wrong("that is a function that *makes* a quantizer, as fit_minmax(4) does. Call "
                         "it with h, or give it to something that calls it each time.")  # fmt: skip
        third = Q(h[2:3].copy())  # an image that is never the first of several
        together, few, darker = Q(h.copy()), Q(h[:4].copy()), 64 * Q(h[:1] / 64)
    except ValueError as error:
        return wrong("a quantizer with a scale for each *calibration* image can't take another "
                     f"number of images ({str(error)[:80]}). Dynamic(...) fits to each "
                     "call.")  # fmt: skip
    if np.shape(alone) != h[:1].shape:
        return wrong(f"Q(h) has shape {np.shape(alone)}, h has {h[:1].shape}: return a quantizer.")
    if np.array_equal(alone, h[:1]):
        return wrong("that quantizes nothing: 4 bits are asked for.")
    first = [image[:1] for image in (together, few)]
    if not np.array_equal(third, together[2:3]) or not np.array_equal(first, [alone] * 2):
        return wrong("an image alone and among neighbours still comes back different: its range "
                     "is shared. Which axis numbers the images?")  # fmt: skip
    static = not np.allclose(alone, darker, atol=1e-3)  # a range that is measured shrinks, too
    most = max(len(np.unique(image)) for image in together)
    if most > 16 and len(np.unique(alone[:, 0])) <= 16:
        whose = "channel" if static else "image *and* channel"
        return wrong(f"a scale for each {whose} cures the moods, but channels are summed over, so "
                     "that this scale can't leave the integer sum (14).")  # fmt: skip
    if most > 16 or (most <= 8 and getattr(Q, "num_bits", None) != 4):
        return wrong(f"an image has up to {most} levels: at 4 bits there are 16.")
    if most <= 8:
        return right("no moods. But h is never negative, and half of a symmetric grid lies idle.")
    if not static:
        return right("each image has its own range, whoever comes with it. A static range would "
                     "do, too.")  # fmt: skip
    if h.max() - Q(h).max() > 1:
        return right("a static range: always the same answer. But it clips what h has beyond "
                     f"{Q(h).max():.3g}, and here h goes up to {h.max():.3g}.")  # fmt: skip
    return right("a static range: always the same answer, and the cheapest cure. It is as good as "
                 "its calibration images.")  # fmt: skip


check = checker(judge_average, judge_dark, judge_service)
