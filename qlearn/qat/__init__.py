"""Part 5, quantization-aware training: the only room that imports torch.

twin   the same network in torch and in numpy  to_torch, to_numpy
train  train the shipped networks again        train, train_nets
ste    slopes for what has none                round_ste, clip_then_round, approx_sign, ...
lsq    the scale is learned like a weight      lsq, lsq_plus, lsq_start, FakeQuantize
"""

from .lsq import FakeQuantize, lsq, lsq_plus, lsq_start
from .ste import (
    approx_sign,
    clip_then_round,
    closed,
    ede,
    floor_ste,
    opened,
    round_soft,
    round_ste,
    round_then_clip,
    sign_ste,
    straight,
    swish_sign,
    with_slope,
)
from .train import train, train_nets
from .twin import to_numpy, to_torch

__all__ = [
    "FakeQuantize",
    "approx_sign",
    "clip_then_round",
    "closed",
    "ede",
    "floor_ste",
    "lsq",
    "lsq_plus",
    "lsq_start",
    "opened",
    "round_soft",
    "round_ste",
    "round_then_clip",
    "sign_ste",
    "straight",
    "swish_sign",
    "to_numpy",
    "to_torch",
    "train",
    "train_nets",
    "with_slope",
]
