"""Any torch model on fake-quantized weights and inputs, ready to be trained."""

from contextlib import contextmanager
from copy import deepcopy

import torch
from torch import nn
from torch.func import functional_call

from qlearn.numbers import Affine
from qlearn.numbers.arrays import work_floats

from .lsq import FakeQuantize
from .tracked import Tracked

LAYERS = nn.Conv2d, nn.Linear
NORMS = nn.LayerNorm, nn.RMSNorm  # theirs may have two axes, yet only scale and shift


class FakeQuantized(nn.Module):
    """y = layer(inputs(x)) with the layer's weight W replaced by weights(W); the bias stays float.

    layer: a Conv2d or Linear; weights, inputs: modules such as FakeQuantize, or None for floats.
    """

    def __init__(self, layer, weights=None, inputs=None):
        super().__init__()
        if not isinstance(layer, LAYERS):
            raise ValueError(f"layer is a {type(layer).__name__}: it must be a Conv2d or a Linear")
        check_plain("the layer", layer)
        self.layer, self.weights, self.inputs = layer, weights, inputs

    def forward(self, x):
        x = x if self.inputs is None else self.inputs(x)
        if self.weights is None:
            return self.layer(x)
        return functional_call(self.layer, {"weight": self.weights(self.layer.weight)}, x)


def quantize_model(model, fit_weights=None, fit_inputs=None, x=None, wrap=FakeQuantize):
    """A copy of a model with quantizers on each Conv2d and Linear; x: calibration inputs.

    fit_weights, fit_inputs: functions array -> Affine as in `networks.quantize`, or None for
    floats. wrap: (Affine, batched=...) -> module; FakeQuantize learns the scale from this start,
    Tracked takes over its bits and axes and follows the range. Normalization stays float; other
    modules with weight matrices are refused.
    """
    for name, fit in (("fit_weights", fit_weights), ("fit_inputs", fit_inputs)):
        if isinstance(fit, Affine):
            raise ValueError(f"{name} is an Affine: give a function that fits one to an array")
    if fit_inputs is not None and x is None:
        raise ValueError("fit_inputs is given but x is None: give calibration inputs")
    layers_of(model)  # refuses what can't be quantized, before it is copied
    layers = layers_of(model := deepcopy(model))
    seen = inputs_of(model, layers, x) if fit_inputs else {}
    made = {}
    for name, layer in layers.items():
        if fit_inputs and layer not in seen:
            raise ValueError(f"{name} got no input: x never reaches it")
        weights = wrap(fit_weights(as_array(layer.weight)), batched=False) if fit_weights else None
        inputs = wrap(fit_inputs(seen[layer]), batched=True) if fit_inputs else None
        quantized = FakeQuantized(layer, weights, inputs).to(layer.weight.device)
        made.setdefault(layer, quantized.train(layer.training))
        if name:
            model.set_submodule(name, made[layer])
    return made.get(model, model)


def layers_of(model):
    """Each Conv2d and Linear by its path; a shared layer has several."""
    layers = {}
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, FakeQuantized | FakeQuantize | Tracked):
            raise ValueError(f"{name or 'the model'} is quantized already: start from the floats")
        if isinstance(module, LAYERS):
            check_plain(name or "the model", module)
            layers[name] = module
        elif not isinstance(module, NORMS) and holds_matrix(module):
            raise ValueError(
                f"{name or 'the model'} is a {type(module).__name__}: only the weights of "
                "Conv2d and Linear can be quantized"
            )
    if not layers:
        raise ValueError(f"the {type(model).__name__} holds no Conv2d and no Linear")
    return layers


def check_plain(name, layer):
    """Refuse a layer that writes its own weight before each forward (old-style pruning, norms)."""
    if "weight" not in dict(layer.named_parameters()) or layer._forward_pre_hooks:
        raise ValueError(f"{name} makes its weight anew in each pass: make it permanent first")


def holds_matrix(module):
    """Has the module itself, without its children, a parameter of two axes or more?"""
    return any(p.ndim > 1 for p in module.parameters(recurse=False))


def inputs_of(model, layers, x):
    """What each layer receives when the float model, in evaluation mode, sees x."""
    seen = {}

    def look(layer, args):
        seen.setdefault(layer, []).append(args[0].clone())  # the next module may work in place

    hooks = [layer.register_forward_pre_hook(look) for layer in set(layers.values())]
    with torch.no_grad(), evaluating(model):
        weight = next(model.parameters())
        model(torch.as_tensor(x).to(weight, copy=True))
    for hook in hooks:
        hook.remove()
    return {layer: as_array(torch.cat(parts)) for layer, parts in seen.items()}


@contextmanager
def evaluating(model):
    """The model in evaluation mode for a while; each module goes back to its own."""
    training = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, was in training.items():
            module.training = was


def as_array(tensor):
    """A tensor as an array that the numpy estimators take."""
    return work_floats(tensor.detach().cpu()).numpy()
