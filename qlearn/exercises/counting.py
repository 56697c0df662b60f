"""An exercise of 01-networks, count a convolution; and how hints are found."""

import numpy as np

from .verdict import Stopped, right, value_of, wrong


def hint_for(given, slips, rtol=1e-5):
    """The hint of the first slip, {hint: what it gives}, that gives the same."""
    same = (hint for hint, slip in slips.items() if np.allclose(given, slip, rtol=rtol, atol=0))
    return next(same, None)


def several(value, words, kinds=(tuple, list, np.ndarray)):
    """What was returned, if it has as many parts as the words ask for."""
    if not isinstance(value, kinds) or len(value) != words.count(",") + 1:
        raise Stopped(f"return {words}.")
    return value


# (out, inputs, size, groups, height, width), in the order of asking: one in, all in, depthwise.
# Height differs from width, and size from both, so that each mistake has its own number.
LAYERS = [(32, 16, 3, 1, 8, 6), (16, 1, 5, 1, 8, 6), (16, 16, 3, 16, 8, 6), (32, 16, 3, 4, 8, 6)]


def counted(out, inputs, size, groups, height, width):
    """Weights and MACs of a convolution; each weight is used once at every pixel."""
    weights = out * (inputs // groups) * size * size
    return weights, weights * height * width


def weight_slips(out, inputs, size, groups, height, width):
    """What typical slips give for the weights, each with its hint."""
    expected, macs = counted(out, inputs, size, groups, height, width)
    return {
        "with groups, an output channel sees inputs / groups channels.": out * inputs * size**2,
        "divide by groups once: only the channels *in* are fewer.": expected // groups,
        "a kernel has size times size weights, not size.": out * inputs * size // groups,
        "a kernel has size times size weights.": out * inputs // groups,
        "that is one kernel: count the channels in and out.": size**2,
        "that is one output channel: there are `out` of them.": inputs * size**2 // groups,
        "an output channel has a kernel for each of the channels that it sees.": out * size**2,
        "that is with biases; count the weights alone.": expected + out,
        "those are the MACs: return (weights, MACs), in this order.": macs,
    }


def mac_slips(out, inputs, size, groups, height, width):
    """What typical slips give for the MACs, each with its hint."""
    weights, macs = counted(out, inputs, size, groups, height, width)
    pixels, differ = height * width, "the image is height * width, and the two differ here."
    return {
        "with groups, an output channel sees inputs / groups channels.": macs * groups,
        "every weight is used at each of the height * width pixels.": weights,
        "those are the pixels: each weight is used at every one of them.": pixels,
        "each weight is used at every pixel: multiply by them.": weights / pixels,
        "there are height * width pixels.": weights * height,
        f"height twice: {differ}": weights * height**2,
        f"width twice: {differ}": weights * width**2,
        "one MAC a number that comes out: each needs inputs / groups * size * size.": out * pixels,
        "the weights count the input channels already.": macs * inputs,
        "the weights count the output channels already.": macs * out,
        "one MAC is one multiplication and one addition: count 1.": 2 * macs,
        "the image is padded: it keeps its height and width.": weights
        * ((height - size + 1) * (width - size + 1)),
    }


def judge_count(answer):
    """Write it: weights and MACs of a convolution from its shape."""
    for layer in LAYERS:
        given = several(value_of(answer, *layer), "two numbers: weights, MACs")
        asked = "out {}, inputs {}, size {}, groups {}, {} x {} pixels".format(*layer)
        slips = ("weights", weight_slips), ("MACs", mac_slips)
        for number, true, (what, known) in zip(given, counted(*layer), slips, strict=True):
            if float(number) != true:
                hint = hint_for(float(number), known(*layer)) or f"it should be {true:,}."
                return wrong(f"{asked}: {float(number):,.0f} {what}; {hint}")
    return right("ordinary, grouped and depthwise; each weight works once a pixel.")
