"""Part 5, quantization-aware training: the only room that imports torch.

twin   the same network in torch and in numpy  to_torch, to_numpy
train  train the shipped networks again        train, train_nets
"""

from .train import train, train_nets
from .twin import to_numpy, to_torch

__all__ = ["to_numpy", "to_torch", "train", "train_nets"]
