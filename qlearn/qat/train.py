"""Train a torch model, quantized or not: AdamW on batches of 64, one cosine of learning rates."""

import warnings
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import nn

from qlearn.numbers.arrays import NotFinite, finite

from .model import FakeQuantized


class History(NamedTuple):
    """What happened, one entry an epoch: the mean loss, and what `watch` saw after it."""

    loss: list
    watched: list


def train(
    model,
    data,
    epochs=30,
    seed=0,
    rate=5e-3,
    loss=nn.functional.cross_entropy,
    watch=None,
    progress=False,
    device="cpu",
):
    """A trained copy of a torch model, and the History of its training.

    data: (images, labels), or a function epoch -> (images, labels), so that each may see new ones.
    seed: for the order of the images; a number or a torch.Generator. watch: a function of the
    model, called after each epoch. What quantizers learn does not decay, and takes shorter steps.
    An epoch after which the loss or a weight is not finite is undone and ends the training, with a
    warning.
    """
    if epochs < 0:
        raise ValueError(f"epochs is {epochs}: it counts, from 0 on")
    model = on_device(deepcopy(model), device)
    rng = seed if isinstance(seed, torch.Generator) else torch.Generator().manual_seed(int(seed))
    optimizer = torch.optim.AdamW(groups_of(model, rate), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(epochs, 1))
    history = History([], [])
    for epoch in shown(range(epochs), progress):
        x, y = as_pair(data(epoch) if callable(data) else data, next(model.parameters()))
        good = deepcopy(model.state_dict())
        mean = one_epoch(model.train(), x, y, optimizer, loss, rng)
        if not mean < float("inf"):
            warnings.warn(f"epoch {epoch} is undone: its loss is {mean}", stacklevel=2)
            model.load_state_dict(good)
            break
        schedule.step()
        history.loss.append(mean)
        if watch:
            history.watched.append(watch(model.eval()))
    return model.cpu().eval(), history


def one_epoch(model, x, y, optimizer, loss, rng):
    """The mean loss of one pass over the images in a random order; nan once a number is lost."""
    total = 0.0
    for batch in batches(len(x), rng):
        try:
            here = loss(model(x[batch]), y[batch])
        except NotFinite:  # a quantizer met numbers that the last steps broke
            return float("nan")
        optimizer.zero_grad()
        here.backward()
        optimizer.step()
        total += here.item() * len(batch)
    whole = all(value.isfinite().all() for value in model.state_dict().values())
    return total / len(x) if whole else float("nan")


def batches(count, rng):
    """A random order in pieces of 64; one left over joins the last, for batch norm needs two."""
    *full, last = torch.randperm(count, generator=rng).split(64)
    if full and len(last) == 1:
        full[-1] = torch.cat([full[-1], last])
        return full
    return [*full, last]


def groups_of(model, rate):
    """Parameters with their rates: all decay but those of quantizers, which would shrink to 0.

    Adam's steps are about as long as the rate, whatever the gradient. For a small scale that is far
    too long: a quantizer's rate is at most 10 times the mean of its scales.
    """
    layers = [m for m in model.modules() if isinstance(m, FakeQuantized)]
    both = [q for m in layers for q in (m.weights, m.inputs) if isinstance(q, nn.Module)]
    quantizers = [q for q in dict.fromkeys(both) if list(q.parameters())]
    learned = {p: None for q in quantizers for p in q.parameters()}
    rest = [p for p in model.parameters() if p not in learned]
    return [{"params": rest, "lr": rate}] + [
        {"params": list(q.parameters()), "lr": rate * share_of(q), "weight_decay": 0.0}
        for q in quantizers
    ]


def share_of(quantizer):
    """The rate of a quantizer as a share of that of the weights."""
    scale = getattr(quantizer, "scale", torch.ones(()))
    return min(1, 10 * scale.detach().mean().item())


def as_pair(data, weight):
    """(images, labels) as tensors where the model is; float images in the type of its weights."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(f"data is a {type(data).__name__}: give (images, labels)")
    x, y = (a if torch.is_tensor(a) else torch.tensor(a) for a in data)
    if not 0 < len(x) == len(y):
        raise ValueError(f"data has {len(x)} images and {len(y)} labels: one for each")
    x = x.to(weight.device, weight.dtype if x.is_floating_point() else x.dtype)
    y = y.to(weight.device, weight.dtype if y.is_floating_point() else torch.long)
    return finite(x, "data"), y


def on_device(model, name):
    """The model on a device of torch; one that this machine does not have is refused."""
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device is {name!r}, which torch does not find here") from error
    return model.to(name)


def shown(epochs, progress):
    """The epochs, with a bar that fills where progress is wanted."""
    from tqdm.auto import tqdm

    return tqdm(epochs, desc="training", unit="epoch", disable=not progress)
