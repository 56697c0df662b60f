"""Part 5, quantization-aware training: the only room that imports torch.

train    a training step, many times                train, History
ste      slopes for what has none                   round_ste, clip_then_round, approx_sign, ...
lsq      the scale is learned like a weight         lsq, lsq_plus, FakeQuantize
starts   where it starts                            lsq_start, lsq_plus_start
tracked  or the range follows the numbers           Tracked
model    quantizers on each layer of a model        quantize_model, FakeQuantized
twin     the same network in torch and in numpy     to_torch, to_numpy
chain    the layers in the order of a forward       chain
nets     train the shipped networks again           train_nets
"""

from .chain import chain
from .lsq import FakeQuantize, lsq, lsq_plus
from .model import FakeQuantized, quantize_model
from .nets import train_nets
from .starts import lsq_plus_start, lsq_start
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
from .tracked import Tracked
from .train import History, train
from .twin import to_numpy, to_torch

__all__ = [
    "FakeQuantize",
    "FakeQuantized",
    "History",
    "Tracked",
    "approx_sign",
    "chain",
    "clip_then_round",
    "closed",
    "ede",
    "floor_ste",
    "lsq",
    "lsq_plus",
    "lsq_plus_start",
    "lsq_start",
    "opened",
    "quantize_model",
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
