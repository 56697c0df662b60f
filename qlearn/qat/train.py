"""Train a torch model, quantized or not: AdamW on batches of 64, one cosine of learning rates."""

import warnings
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import nn

from .lsq import FakeQuantize


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
    model, called after each epoch. What a quantizer learns does not decay. A loss that is not
    finite ends the training with a warning, and the weights of the epoch before are kept.
    """
    model, device = deepcopy(model), as_device(device)
    rng = seed if isinstance(seed, torch.Generator) else torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(groups_of(model.to(device)), lr=rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    history = History([], [])
    for epoch in shown(range(epochs), progress):
        pair = data(epoch) if callable(data) else data
        x, y = (torch.as_tensor(a, device=device) for a in pair)
        good = deepcopy(model.state_dict())
        mean = one_epoch(model.train(), x, y, optimizer, loss, rng)
        if not mean < float("inf"):
            undone = f"epoch {epoch}: the loss is {mean}; its weights are undone"
            warnings.warn(undone, stacklevel=2)
            model.load_state_dict(good)
            break
        schedule.step()
        history.loss.append(mean)
        if watch:
            history.watched.append(watch(model.eval()))
    return model.cpu().eval(), history


def one_epoch(model, x, y, optimizer, loss, rng):
    """The mean loss of one pass over the images in a random order; nan or inf once one is."""
    total = 0.0
    for batch in torch.randperm(len(x), generator=rng).split(64):
        try:
            here = loss(model(x[batch]), y[batch])
        except ValueError:
            if all(p.isfinite().all() for p in model.parameters()):
                raise
            return float("nan")  # a quantizer refused weights that the last step broke
        if not here.isfinite():
            return here.item()
        optimizer.zero_grad()
        here.backward()
        optimizer.step()
        total += here.item() * len(batch)
    return total / len(x)


def groups_of(model):
    """The parameters to train: a quantizer's scale and offset would be wrong to decay towards 0."""
    learned = [m.parameters() for m in model.modules() if isinstance(m, FakeQuantize)]
    steps = {p: None for parameters in learned for p in parameters}
    rest = [p for p in model.parameters() if p not in steps]
    return [{"params": rest}, {"params": list(steps), "weight_decay": 0.0}]


def as_device(name):
    """The torch device; one that this machine does not have is refused."""
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"device is {name!r}: torch knows none of that name") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device is {name!r}: this torch finds no CUDA")
    return device


def shown(epochs, progress):
    """The epochs, with a bar that fills where progress is wanted."""
    from tqdm.auto import tqdm

    return tqdm(epochs, desc="training", unit="epoch", disable=not progress)
