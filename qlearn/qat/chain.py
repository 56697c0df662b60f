"""The layers of a torch model in the order in which x passes them, read off its own forward."""

import torch
from torch import fx, nn
from torch.nn import functional as F

from .model import FakeQuantized

AS_MODULE = {
    torch.relu: nn.ReLU,
    F.relu: nn.ReLU,
    "relu": nn.ReLU,
    torch.flatten: nn.Flatten,
    "flatten": nn.Flatten,
    F.avg_pool2d: nn.AvgPool2d,
}
PASSED = nn.Identity, nn.Dropout, nn.Dropout2d  # they do nothing once a network is trained


class Tracer(fx.Tracer):
    """Follow x through a forward, but not into quantized layers."""

    def is_leaf_module(self, module, name):
        return isinstance(module, FakeQuantized) or super().is_leaf_module(module, name)


def chain(model):
    """The modules that x passes, one after the other; ValueError where its path forks."""
    if isinstance(model, FakeQuantized):
        return [model]
    try:
        nodes = Tracer().trace(model).nodes
    except fx.proxy.TraceError as error:
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
        raise ValueError(f"{node.name} has no numpy twin: write it as a module that has one")
    return AS_MODULE[node.target](*node.args[1:], **node.kwargs)
