import numpy as np
import pytest
import torch

from qlearn.exercises.training import buggy_fit, check


def step(w, loss, rate, factor=-1.0, empty=True, no_grad=True):
    loss(w).backward()
    with torch.set_grad_enabled(not no_grad):
        w += factor * rate * w.grad
    if empty:
        w.grad = None
    return w


def optimizer(w, loss, rate):
    sgd = torch.optim.SGD([w], lr=rate)
    sgd.zero_grad()
    loss(w).backward()
    sgd.step()
    return w


def on_data(w, loss, rate):
    loss(w).backward()
    w.data -= rate * w.grad
    w.grad.zero_()
    return w


def fresh(w, loss, rate):
    """A new leaf each time."""
    (grad,) = torch.autograd.grad(loss(w), w)
    return (w - rate * grad).detach().requires_grad_()


@pytest.mark.parametrize("answer", [step, optimizer, on_data, fresh])
def test_step_right(answer):
    assert check(1, answer).right is True


def early(w, loss, rate):
    loss(w).backward()
    w.grad.zero_()
    with torch.no_grad():
        w -= rate * w.grad
    return w


def new(w, loss, rate):
    loss(w).backward()
    return w - rate * w.grad


def too_early(w, loss, rate):
    loss(w).backward()
    w.grad = None
    with torch.no_grad():
        w -= rate * w.grad
    return w


def numb(w, loss, rate):
    return new(w, loss, rate).detach()


def signs(w, loss, rate):
    (grad,) = torch.autograd.grad(loss(w), w)
    return (w - rate * grad.sign()).detach().requires_grad_()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda w, f, r: step(w, f, r, factor=1), "uphill"),
        (lambda w, f, r: step(w, f, r, empty=False), ".grad still held"),
        (lambda w, f, r: step(w, f, 1), "rate is missing"),
        (lambda w, f, r: step(w, f, r, factor=-0.5), "0.4880"),
        (lambda w, f, r: step(w, f, r, no_grad=False), "torch refuses"),
        (lambda w, f, r: step(w, f, r).tolist(), "not a list"),
        (lambda w, f, r: w, "did not move"),
        (early, "did not move"),
        (new, "no leaf"),
        (new, "-="),
        (numb, "`w -= ...` changes w itself"),
        (too_early, "emptied .grad before"),
        (lambda w, f, r: f.backward(), "call loss(w) first"),
        (signs, "not its sign"),
        (lambda w, f, r: w.foo, "stopped with AttributeError"),
    ],
)
def test_step_hints(answer, hint):
    said = check(1, answer)
    assert said.right is False and hint in said.hint, said


@pytest.mark.parametrize("answer", [(6, 12), [6.0, 12.0], np.array([6, 12])])
def test_grad_right(answer):
    assert check(2, lambda: answer).right is True


def test_grad_is_what_torch_says():
    w, seen = torch.tensor(3.0, requires_grad=True), []
    for _ in range(2):
        (w**2).backward()
        seen.append(w.grad.item())
    assert seen == [6, 12]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((9, 9), "loss itself"),
        ((3, 6), "slope of w²"),
        ((6, 6), "adds to it"),
        ((6, 0), "nothing empties"),
        ((6, 36), "not multiplied"),
        ((6, 18), "still 3"),
        ((6, 9), "not its slope"),
        ((6, 7), "the 6 that is there"),
        (12, "two numbers"),
    ],
)
def test_grad_hints(answer, hint):
    said = check(2, lambda: answer)
    assert said.right is False and hint in said.hint, said


def fixed(x, y, rate, steps, where="before"):
    x, y = torch.tensor(x), torch.tensor(y)
    w = torch.zeros((), dtype=x.dtype, requires_grad=True)
    for _ in range(steps):
        if where == "before":
            w.grad = None
        (((w * x - y) ** 2).mean() / 2).backward()
        if where == "between":
            w.grad.zero_()
        with torch.no_grad():
            w -= rate * w.grad
    return w.item()


def in_numpy(x, y, rate, steps):
    w = np.float64(0)
    for _ in range(steps):
        w -= rate * np.mean((w * x - y) * x)
    return w


def kept_in_torch(x, y, rate, steps):
    return torch.tensor(fixed(x, y, rate, steps), requires_grad=True)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("answer", [fixed, in_numpy, kept_in_torch])
def test_fit_right(answer):
    assert check(3, answer).right is True


def on_arrays(x, y, rate, steps):
    w = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    (((w * x - y) ** 2).mean() / 2).backward()
    return w.item()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (buggy_fit, "as before"),
        (lambda x, y, r, n: fixed(x, y, r, n, where="between"), "never moves"),
        (lambda x, y, r, n: buggy_fit(x, y, r / 2, n), "only hides it"),
        (lambda x, y, r, n: buggy_fit(x, y, r / 10, n), "only hides it"),
        (lambda x, y, r, n: (x @ y) / (x @ x), "keep the method"),
        (on_arrays, "make tensors of x and y first"),
        (lambda x, y, r, n: -fixed(x, y, r, n), "not 0.9600"),
    ],
)
def test_fit_hints(answer, hint):
    said = check(3, answer)
    assert said.right is False and hint in said.hint, said


def test_the_bug_makes_it_swing():
    x, y = np.array([-2.0, -1, 0, 1, 2]), np.array([-3.0, -1, 0, 2, 3])
    ends = [buggy_fit(x, y, 0.2, n) for n in range(20, 40)]
    assert max(ends) > 2.5 and min(ends) < 0.5  # about 1.5, for ever
    assert fixed(x, y, 0.2, 40) == pytest.approx(1.5)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_stub_is_not_yet(number):
    assert check(number, lambda *x: None).right is None
