"""The exercises of 01-networks: count a convolution, fold batch norm, read a coarse ruler."""

import numpy as np

from .verdict import checker, right, value_of, wrong

# (out, inputs, size, groups, height, width), in the order of asking: one in, all in, depthwise.
# Height differs from width, and size from both, so that each mistake has its own number.
LAYERS = [(32, 16, 3, 1, 8, 6), (16, 1, 5, 1, 8, 6), (16, 16, 3, 16, 8, 6), (32, 16, 3, 4, 8, 6)]


def counted(out, inputs, size, groups, height, width):
    """Weights and MACs of a convolution; each weight is used once at every pixel."""
    weights = out * (inputs // groups) * size * size
    return weights, weights * height * width


def weights_hint(weights, layer):
    """What went wrong with a wrong number of weights."""
    out, inputs, size, groups, height, width = layer
    expected = counted(*layer)[0]
    known = {
        out * inputs * size * size: "with groups, an output channel sees inputs / groups channels.",
        out * inputs * size // groups: "a kernel has size times size weights, not size.",
        out * inputs // groups: "a kernel has size times size weights.",
        inputs * size * size // groups: "that is one output channel: there are `out` of them.",
        out * size * size: "an output channel has a kernel for each of the channels that it sees.",
        size * size: "that is one kernel: count the channels in and out.",
        expected // groups: "divide by groups once: only the channels *in* are fewer.",
        expected + out: "that is with biases; count the weights alone.",
        expected * height * width: "those are the MACs: return (weights, MACs), in this order.",
    }
    return known.get(weights)


def macs_hint(macs, layer):
    """What went wrong with a wrong number of MACs."""
    out, inputs, size, _, height, width = layer
    weights = counted(*layer)[0]
    known = {
        weights: "every weight is used at each of the height * width pixels.",
        weights * height: "there are height * width pixels.",
        weights * height * height: "the image is height * width, and the two differ here.",
        weights * width * width: "the image is height * width, and the two differ here.",
        out * height * width: "that is one MAC a number that comes out: each needs inputs / "
        "groups * size * size of them.",
        weights * height * width * inputs: "the weights count the input channels already.",
        weights * height * width * out: "the weights count the output channels already.",
        2 * weights * height * width: "one MAC is one multiplication and one addition: count 1.",
        weights * (height - size + 1) * (width - size + 1): "the image is padded: it keeps its "
        "height and width.",
        out * inputs * size * size * height * width: "with groups, an output channel sees inputs "
        "/ groups channels.",
    }  # fmt: skip
    return known.get(macs)


def judge_count(answer):
    """Write it: weights and MACs of a convolution from its shape."""
    for layer in LAYERS:
        weights, macs = (float(number) for number in value_of(answer, *layer))
        expected = counted(*layer)
        asked = "out {}, inputs {}, size {}, groups {}, {} x {} pixels".format(*layer)
        for what, given, true, hint_for in (
            ("weights", weights, expected[0], weights_hint),
            ("MACs", macs, expected[1], macs_hint),
        ):
            if given != true:
                hint = hint_for(given, layer) or f"it should be {true:,}."
                return wrong(f"{asked}: {given:,.0f} {what}; {hint}")
    return right("ordinary, grouped and depthwise; each weight works once a pixel.")


# Square in all axes, so that a factor on a wrong axis fits as well; eps is large enough to see.
W = np.arange(1.0, 17).reshape(2, 2, 2, 2)
PROBE = dict(b=[3.0, 1.0], gamma=[8.0, 6.0], mean=[1.0, -2.0], beta=[0.5, 1.0], var=[3.75, 8.75])
PROBE = {name: np.array(values) for name, values in PROBE.items()}
EPS = 0.25
ORDER = "b", "gamma", "beta", "mean", "var"


def factor_hint(factor, gamma, var):
    """What went wrong with a wrong factor of the weights."""
    known = {
        "eps is missing: var + eps goes under the root, or a channel that never varies is divided "
        "by 0.": gamma / np.sqrt(var),
        "var is the square of the spread: divide by its root.": gamma / (var + EPS),
        "var is the square of the spread (and eps is missing).": gamma / var,
        "eps goes under the root, with var.": gamma / (np.sqrt(var) + EPS),
        "gamma is missing: it scales what was normalized.": 1 / np.sqrt(var + EPS),
        "divide by the root, don't multiply.": gamma * np.sqrt(var + EPS),
        "the weights are as they were: what multiplies x must multiply them.": np.ones(2),
        "gamma alone: the division by sqrt(var + eps) is missing.": gamma,
    }
    return next((hint for hint, other in known.items() if np.allclose(factor, other)), None)


def bias_hint(given, f, b, beta, mean):
    """What went wrong with a wrong bias where the weights are right."""
    known = {
        "the mean is not subtracted: beta + factor * (b - mean).": beta + f * b,
        "the mean has the wrong sign: it is subtracted.": beta + f * (b + mean),
        "the old bias is not scaled: it goes through batch norm, too.": b + beta - f * mean,
        "the mean is not scaled: subtract it first, then multiply.": beta + f * b - mean,
        "nothing is scaled: batch norm multiplies b - mean as well.": beta + b - mean,
        "the layer's own bias b is lost.": beta - f * mean,
        "beta is missing: it is added last.": f * (b - mean),
        "beta comes after the factor: add it last.": f * (b - mean + beta),
        "that is the old bias: it goes through batch norm, too.": b,
        "that is beta alone: where do b and the mean go?": beta,
    }
    return next((hint for hint, other in known.items() if np.allclose(given, other)), None)


def judge_fold(answer):
    """Write it: fold batch norm into the weights and the bias before it."""
    gamma, beta, mean, var, b = (PROBE[name] for name in ("gamma", "beta", "mean", "var", "b"))
    given = value_of(answer, W.copy(), *(PROBE[name].copy() for name in ORDER), EPS)
    weights, bias = (np.asarray(array, np.float64) for array in given)
    if weights.shape == b.shape and bias.shape == W.shape:
        return wrong("return (weights, bias), in this order.")
    if weights.shape != W.shape or bias.shape != b.shape:
        shapes = f"W has shape {W.shape} and b {b.shape}; yours have {weights.shape}, {bias.shape}"
        return wrong(f"{shapes}. A factor for axis 0 is factor[:, None, None, None].")
    f = gamma / np.sqrt(var + EPS)
    ratio = weights / W
    if not np.allclose(ratio, ratio[:, :1, :1, :1]):
        axes = "W is (out, in, height, width), and batch norm has a factor an *output* channel"
        return wrong(f"the factor is on the wrong axis: {axes}: factor[:, None, None, None].")
    if not np.allclose(weights, f[:, None, None, None] * W):
        hint = factor_hint(ratio[:, 0, 0, 0], gamma, var)
        return wrong(hint or f"the factors should be {f.tolist()}: gamma / sqrt(var + eps).")
    if not np.allclose(bias, beta + f * (b - mean)):
        hint = bias_hint(bias, f, b, beta, mean)
        return wrong(hint or f"weights are right; the bias should be {beta + f * (b - mean)}.")
    return right("factor times W, and the bias goes through batch norm like any other number.")


def judge_ruler(answer):
    """Decide: 98.9 against 98.7 % on the same 540 digits."""
    apart, error, tell = value_of(answer)
    if isinstance(apart, bool) or isinstance(apart, str) or isinstance(error, str):
        return wrong("give (digits apart, standard error in points, True or False).")
    apart, error = float(apart), float(error)
    if abs(apart) != 1:
        known = {0: "they differ: 534 and 533 digits.", 108: "0.2 is in percent: 0.2 / 100 * 540."}
        hint = known.get(round(apart), "digits are whole: how many are 98.9 %, how many 98.7 %?")
        return wrong(f"{apart:g} digits apart: {hint}")
    if not 0.43 <= error <= 0.5:
        return wrong(error_hint(error))
    if tell not in (False, True) or isinstance(tell, str):
        return wrong(f"{tell!r}: can you tell them apart? Give True or False.")
    if tell:
        return wrong("one digit decides, and the standard error is more than two digits: toss a "
                     "coin and you may get the same.")  # fmt: skip
    return right("one digit of 540. Count the decisions on which they differ, compare their "
                 "logits, and use all five seeds.")  # fmt: skip


def error_hint(error):
    """What went wrong with a wrong standard error."""
    p = 0.989
    known = {
        np.sqrt(p * (1 - p) / 540): "that is a share: times 100 for points.",
        100 * p * (1 - p) / 540: "that is the variance: take the root of p (1 - p) / n.",
        100 * np.sqrt(p * (1 - p)): "that is for one digit: divide by n under the root.",
        100 * np.sqrt(p / 540): "p (1 - p) goes under the root, not p.",
        100 / np.sqrt(540): "that is 1 / sqrt(n): p (1 - p) goes under the root.",
        np.sqrt(540 * p * (1 - p)): "that is in digits: in points it is 100 / 540 of it.",
        100 * np.sqrt(2 * p * (1 - p) / 540): "that is for the difference of two networks on "
        "*other* digits each; asked is the error of one of them.",
        200 * np.sqrt(p * (1 - p) / 540): "those are two standard errors.",
    }  # fmt: skip
    hint = next((h for value, h in known.items() if np.isclose(error, value, rtol=0.06)), None)
    return f"a standard error of {error:.2g}: {hint or '100 sqrt(p (1 - p) / n), p = 0.989.'}"


check = checker(judge_count, judge_fold, judge_ruler)
