"""The layers of a torch model in the order in which x passes them, read off its own forward."""

import torch
from torch import fx, nn
from torch.nn import functional as F

from .model import FakeQuantized, evaluating

AS_MODULE = {
    torch.relu: nn.ReLU,
    F.relu: nn.ReLU,
    "relu": nn.ReLU,
    torch.flatten: nn.Flatten,
    "flatten": nn.Flatten,
    F.avg_pool2d: nn.AvgPool2d,
    F.dropout: nn.Dropout,
}
SHAPING = "view", "reshape", "size", getattr
PASSED = nn.Identity, nn.Dropout, nn.Dropout2d  # they do nothing once a network is trained


class Tracer(fx.Tracer):
    """Follow x through a forward, but not into quantized layers."""

    def is_leaf_module(self, module, name):
        return isinstance(module, FakeQuantized) or super().is_leaf_module(module, name)


def chain(model):
    """The modules that x passes, one after the other; ValueError where its path forks."""
    for m in model.modules():
        if m._forward_hooks or m._forward_pre_hooks or "forward" in vars(m):
            raise ValueError(f"{m} computes something of its own: it has no numpy twin")
    if isinstance(model, FakeQuantized):
        return [model]
    try:
        with evaluating(model):
            nodes = Tracer().trace(model).nodes
    except (fx.proxy.TraceError, RuntimeError, TypeError) as error:
        name = type(model).__name__
        raise ValueError(f"the forward of {name} can't be followed: {error}") from error
    last, modules = None, []
    for node in nodes:
        if node.all_input_nodes != ([] if last is None else [last]):
            what = "takes more or less than what came just before it"
            raise ValueError(f"{node.name} {what}: only a chain has a numpy twin")
        if node.op not in ("placeholder", "output"):
            modules.append(module_at(node, model))
        last = node
    return [module for module in modules if not isinstance(module, PASSED)]


def module_at(node, model):
    """The module that a step of the forward calls, or one that does the same."""
    if node.op == "call_module":
        return model.get_submodule(node.target)
    if node.target not in AS_MODULE:
        flat = "; flatten with x.flatten(1)" * (node.target in SHAPING)
        raise ValueError(f"{node.name} has no numpy twin{flat}")
    options = {k: v for k, v in node.kwargs.items() if k not in ("input", "training")}
    return AS_MODULE[node.target](*node.args[1:], **options)
