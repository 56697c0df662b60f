"""Any layer with quantizers on it is a layer like any other."""

from dataclasses import dataclass, replace

from qlearn.numbers import Affine, minmax_range

from .layers import Conv2d, Dense, Sequential


@dataclass(frozen=True, eq=False)
class Quantized:
    """y = layer(inputs(x)) with the layer's weights W replaced by weights(W).

    layer: a Conv2d or Dense; weights, inputs: quantizers, or None for floats. The bias stays float
    here (on integer hardware it has 32 bits).
    """

    layer: object
    weights: object = None
    inputs: object = None

    def __post_init__(self):
        if not isinstance(self.layer, Conv2d | Dense):
            raise ValueError(f"layer is a {type(self.layer).__name__}: only weights are quantized")

    @property
    def W(self):
        """The weights as they are used: on their grid."""
        return self.layer.W if self.weights is None else self.weights(self.layer.W)

    def __call__(self, x):
        return replace(self.layer, W=self.W)(x if self.inputs is None else self.inputs(x))


def quantize(net, fit_weights=None, fit_inputs=None, x=None):
    """Put quantizers on every Conv2d and Dense of a network; x are calibration inputs.

    fit_weights, fit_inputs: functions array -> quantizer, or None for floats. Each input quantizer
    is fitted to what the layer receives in the float network.
    """
    if fit_inputs is not None and x is None:
        raise ValueError("fit_inputs is given but x is None: give calibration inputs")
    layers = []
    for i, layer in enumerate(net.layers):
        if isinstance(layer, Quantized):
            raise ValueError(f"layer {i} is quantized already: start from the float network")
        quantized = layer
        if isinstance(layer, Conv2d | Dense):
            weights = fit_weights(layer.W) if fit_weights else None
            quantized = Quantized(layer, weights, fit_inputs(x) if fit_inputs else None)
        layers.append(quantized)
        x = layer(x) if fit_inputs else None
    return Sequential(tuple(layers), net.input_shape)


def fit_minmax(num_bits, axis=None, **grid):
    """How to fit a quantizer to an array: min/max ranges, one for each index of the kept axis.

    grid: what else `Affine.from_range` takes, symmetric=True for instance.
    """
    return lambda x: Affine.from_range(*minmax_range(x, axis=axis), num_bits, **grid)


def with_bits(num_bits, input_bits=32, per_channel=False):
    """The plainest recipe, as a function (net, calibration images) -> network; 32 bits are floats.

    Weights: symmetric, min/max, one scale a layer or output channel. Inputs: asymmetric, min/max.
    """
    for name, bits in ("num_bits", num_bits), ("input_bits", input_bits):
        if bits not in (*range(1, 17), 32):
            raise ValueError(f"{name} is {bits}: 1 to 16 make a grid, 32 are floats")
    fit_weights = fit_minmax(num_bits, 0 if per_channel else None, symmetric=True)
    fit_weights = fit_weights if num_bits < 32 else None
    fit_inputs = fit_minmax(input_bits) if input_bits < 32 else None
    return lambda net, x: quantize(net, fit_weights, fit_inputs, x)
