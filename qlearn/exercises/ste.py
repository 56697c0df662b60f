"""The exercises of 51-ste: the survey's Fig. 5 with a clip, round_ste, a weight that dithers."""

import numpy as np

from .verdict import checker, right, value_of, wrong

R, GRAD = np.array([1.1, 2.2, -1.7, 3.6]), np.array([0.1, -0.1, -0.2, 0.2])
ROUNDED, CLIPPED = [0.1, -0.1, -0.2, 0.0], [0.1, 0.0, -0.2, 0.0]  # the row of each order
SLIPS = [
    ([0.1, -0.1, -0.2, 0.2], "3.6 was clipped to 2: does wiggling it change q?"),
    ([1, 2, -2, 2], "those are the values that go on; asked is the gradient that comes back."),
    ([0, 0, 0, 0], "that is the true gradient; the estimator says 1 wherever nothing is clipped."),
    ([0.1, 0.0, 0.0, 0.0], "-1.7 lies inside -2 .. 2: its gradient passes."),
    ([1, 1, 1, 0], "that is the mask; multiply it by dL/dq."),
    ([1, 0, 1, 0], "that is the mask; multiply it by dL/dq."),
]


def judge_figure(answer):
    """By hand: dL/dr of the survey's Fig. 5 for the two orders that clip."""
    rows = np.asarray(value_of(answer), np.float64)
    if rows.shape != (2, 4):
        return wrong(f"return two rows of four gradients, not shape {rows.shape}.")
    names = "round, then clip: ", "clip, then round: "
    if np.allclose(rows, [CLIPPED, ROUNDED]):
        return wrong("the rows are swapped: which order asks whether *2.2* is inside, and which "
                     "asks about 2, what it was rounded to?")  # fmt: skip
    for name, row, expected in zip(names, rows, (ROUNDED, CLIPPED), strict=True):
        if np.allclose(row, expected):
            continue
        for known, hint in SLIPS:
            if np.allclose(row, known):
                return wrong(name + hint)
        if np.allclose(row, ROUNDED):
            return wrong(name + "2.2 itself lies outside; that it would round to 2 comes later.")
        if np.allclose(row, CLIPPED):
            return wrong(name + "2.2 is rounded first, and 2 is inside.")
        return wrong(f"{name}{row.tolist()}: where r is inside dL/dq passes, elsewhere 0.")
    return right("one number, 2.2, tells the two orders apart.")


def judge_round(answer):
    """Write it: round_ste with detach."""
    import torch

    values, pull = [-1.5, 0.5, 1.2, 2.5], [1.0, 2, 3, 4]
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    y = value_of(answer, x)
    if not torch.is_tensor(y) or y.shape != x.shape:
        return wrong(f"return a tensor shaped like x, not {y!r}.")
    if not y.requires_grad:
        return wrong("nothing leads back to x: you detached x itself, or left torch.")
    (grad,) = torch.autograd.grad(y, x, torch.tensor(pull).double(), allow_unused=True)
    grad = [0.0] * 4 if grad is None else grad.tolist()
    if (fault := wrong_value(y.tolist(), values)) is not None:
        return wrong(fault)
    if grad == [0.0] * 4:
        return wrong("the values are right, the gradient is 0: without `detach` "
                     "x + (round(x) - x) is round(x) again, and +1 - 1 = 0.")  # fmt: skip
    if grad == [-p for p in pull]:
        return wrong("the gradient comes back with the wrong sign: the x that must keep its "
                     "gradient is the one you detached.")  # fmt: skip
    if grad != pull:
        return wrong(f"the gradient {pull} came back as {grad}: it should pass unchanged.")
    return right("rounded on the way out, straight through on the way back.")


def wrong_value(values, x):
    """What is wrong with the rounded values, or None."""
    if np.allclose(values, [-2, 0, 1, 2]):
        return None
    known = {
        "the value is still x: the part that rounds is missing, or undone.": x,
        "-1.5, 0.5 and 2.5 are ties: torch.round goes to the even neighbour.": [-1, 1, 1, 3],
        "ties go to the even neighbour (torch.round), not away from zero.": [-2, 1, 1, 3],
        "0.5 is a tie, -1.5 as well: truncating is another rule.": [-1, 0, 1, 2],
        "all of x is added to round(x): take x.detach() away again.": [-3.5, 0.5, 2.2, 4.5],
        "you detached x - round(x): the difference has the wrong sign.": [-1, 1, 1.4, 3],
    }
    hints = [hint for hint, other in known.items() if np.allclose(values, other)]
    return (hints or [f"{x} became {values}, not [-2, 0, 1, 2]."])[0]


def judge_dither(answer):
    """Predict: t = 0.25: the share of steps at code 1, and flips in 1,000 steps."""
    values = np.asarray(value_of(answer), np.float64)
    if values.shape != (2,):
        return wrong(f"return two numbers, share and flips, not {values.tolist()}.")
    share, flips = values
    shares = {
        0: "0 is the nearest code, but w does not stop there.",
        0.75: "that is the share of code 0. The mean of the codes must be the target.",
        0.5: "only at t = 0.5 both codes are as far from the target.",
        25: "as a share, from 0 to 1: not in percent.",
    }
    if not np.isclose(share, 0.25, atol=0.011):
        hint = shares.get(share, "which share s gives the codes the mean t, so that pulls cancel?")
        return wrong(f"share {share:g}: {hint}")
    counts = {
        250: "each visit to code 1 is two flips: there and back.",
        0: "the codes 0 and 1 both occur, so there are flips.",
        999: "not each step is a flip: three steps of 0.25 up make up for one of 0.75 down.",
        1000: "not each step is a flip: three steps of 0.25 up make up for one of 0.75 down.",
        750: "750 steps *stay* at code 0 or come back to it; count the changes.",
    }
    if not 490 <= flips <= 505:
        return wrong(f"{flips:g} flips: " + counts.get(flips, "how many visits, how many flips a "
                                                       "visit?"))  # fmt: skip
    return right("a quarter of the steps, each visit two flips: about 500 in 1,000.")


check = checker(judge_figure, judge_round, judge_dither)
