"""The exercises of 50-training: write a step, predict a gradient, find what was forgotten."""

import numpy as np

from .verdict import Stopped, checker, right, value_of, wrong

WAYS = {  # the weight after three steps from 0 on (w - 1)^2 at rate 0.1, for each slip
    "uphill": (-0.728, "you went uphill: the slope points to where the loss grows; subtract."),
    "kept": (1.008, "the second step was too long: .grad still held the first gradient. Empty it "
     "before or after each step."),
    "no rate": (2.0, "w jumps to and fro between 0 and 2: the learning rate is missing."),
    "sign": (0.3, "all your steps are equally long: use w.grad itself, not its sign."),
}  # fmt: skip
LEAF = ("your new w is the result of a computation, no leaf: torch fills .grad of leaves alone. "
        "Use `w -= ...`, inside `with torch.no_grad():`.")  # fmt: skip
NO_GRAD = ("after your step w no longer requires a gradient: the next one would fail. "
           "`w = w - ...` makes a new tensor; `w -= ...` changes w itself.")  # fmt: skip
ARRAY = ("an array meets a tensor that requires a gradient: make tensors of x and y first, "
         "torch.tensor(x); and return w.item().")  # fmt: skip
STOPS = {  # a part of torch's message: what to do about it
    "in-place operation": "torch refuses: the update itself would be recorded. Put it inside "
    "`with torch.no_grad():`.",
    "'NoneType'": "you emptied .grad before you used it, or `backward` was never called.",
    "'function' object has no attribute": "loss is a function: call loss(w) first, and "
    "`backward` on what it returns.",
    "numpy() on Tensor": ARRAY,
    "'numpy.ndarray' and 'Tensor'": ARRAY,
}


def torch_value_of(answer, *args):
    """What the reader's function returns, with a word on the errors that torch raises most."""
    try:
        return value_of(answer, *args)
    except Stopped as stop:
        hints = [hint for part, hint in STOPS.items() if part in str(stop)]
        raise Stopped((hints or [str(stop)])[0]) from stop


def judge_step(answer):
    """Write it: one step of gradient descent."""
    import torch

    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    for taken in range(3):
        w = torch_value_of(answer, w, lambda w: ((w - 1) ** 2).sum(), 0.1)
        if not torch.is_tensor(w):
            return wrong(f"return the tensor w itself, not a {type(w).__name__}.")
        if not w.is_leaf:
            return wrong(LEAF)
        if not w.requires_grad:
            return wrong(NO_GRAD)
        if taken == 0 and torch.equal(w, torch.zeros_like(w)):
            return wrong("w did not move. Is .grad filled (backward) and still there when you use "
                         "it? Emptying it too early gives a step of 0.")  # fmt: skip
    if np.allclose(w.tolist(), 1 - 0.8**3):
        return right("three steps of it, each on a fresh gradient.")
    for known, hint in WAYS.values():
        if np.allclose(w.tolist(), known):
            return wrong(hint)
    return wrong(f"after three steps on (w - 1)², from 0 at rate 0.1, w is {w[0].item():.4f}, "
                 "not 0.4880.")  # fmt: skip


SECOND = {
    6: "the second `backward` does not replace .grad: it adds to it.",
    0: "nothing empties .grad by itself.",
    36: "gradients of two calls are added, not multiplied.",
    18: "w is still 3: both calls add the same 6.",
    9: "that is the loss, not its slope.",
}


def judge_grad(answer):
    """Predict: .grad of w², w = 3, after one and after two backward calls."""
    values = np.asarray(value_of(answer), np.float64)
    if values.shape != (2,):
        return wrong(f"return two numbers, after one call and after two, not {values.tolist()}.")
    first, second = values
    if first != 6:
        hint = "that is the loss itself. " if first == 9 else ""
        return wrong(f"{first:g} after one call: {hint}the slope of w² is 2 w.")
    if second != 12:
        hint = SECOND.get(second, "what does `backward` do with the 6 that is there?")
        return wrong(f"{second:g} after two calls: {hint}")
    return right("`backward` adds. That is why every step empties .grad.")


def buggy_fit(x, y, rate, steps):
    """The weight that training on mean((w x - y)^2) / 2 finds; it has a bug."""
    import torch

    x, y = torch.tensor(x), torch.tensor(y)
    w = torch.tensor(0.0, dtype=x.dtype, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x - y) ** 2).mean() / 2
        loss.backward()
        with torch.no_grad():
            w -= rate * w.grad
    return w.item()


def judge_fit(answer):
    """Find the bug: gradients of all steps so far are added up."""
    import torch

    x, y = np.array([-2.0, -1, 0, 1, 2]), np.array([-3.0, -1, 0, 2, 3])  # best 1.5, curvature 2
    for rate, steps in (0.2, 2), (0.1, 5), (0.2, 40):
        w = torch_value_of(answer, x.copy(), y.copy(), rate, steps)
        w = float(w.detach() if torch.is_tensor(w) else w)
        if np.isclose(w, 1.5 - 1.5 * (1 - 2 * rate) ** steps):
            continue
        where = f"rate {rate}, {steps} steps: w = {w:.4f}, "
        if np.isclose(w, buggy_fit(x, y, rate, steps)):
            return wrong(f"{where}as before: look at .grad from one step to the next.")
        if w == 0:
            return wrong(f"{where}it never moves: you empty .grad between `backward` and the step.")
        for other in (rate / 2, rate / 10):
            if np.isclose(w, buggy_fit(x, y, other, steps)):
                return wrong(f"{where}a smaller rate only hides it: w still swings, more slowly.")
        if np.isclose(w, 1.5, atol=1e-3):
            return wrong(f"{where}that is where it should end, but training would not be there "
                         "yet: mend the loop, keep the method.")  # fmt: skip
        return wrong(f"{where}not {1.5 - 1.5 * (1 - 2 * rate) ** steps:.4f}.")
    return right("each step on its own gradient; now it comes to rest at 1.5.")


check = checker(judge_step, judge_grad, judge_fit)
