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

    def __call__(self, x):
        layer = self.layer
        if self.weights is not None:
            layer = replace(layer, W=self.weights(layer.W))
        return layer(x if self.inputs is None else self.inputs(x))


def quantize(net, fit_weights=None, fit_inputs=None, x=None):
    """Put quantizers on every Conv2d and Dense of a network; x are calibration inputs.

    fit_weights, fit_inputs: functions array -> quantizer, or None for floats. Each input quantizer
    is fitted to what the layer receives in the float network.
    """
    if fit_inputs is not None and x is None:
        raise ValueError("fit_inputs is given but x is None: give calibration inputs")
    layers = []
    for layer in net.layers:
        quantized = layer
        if isinstance(layer, Conv2d | Dense):
            weights = fit_weights(layer.W) if fit_weights else None
            quantized = Quantized(layer, weights, fit_inputs(x) if fit_inputs else None)
        layers.append(quantized)
        x = layer(x) if fit_inputs else None
    return Sequential(tuple(layers), net.input_shape)


def with_bits(num_bits, input_bits=32, per_channel=False):
    """The plainest recipe, as a function (net, calibration images) -> network; 32 bits are floats.

    Weights: symmetric, min/max, one scale a layer or output channel. Inputs: asymmetric, min/max.
    """
    axis = 0 if per_channel else None

    def fit_weights(W):
        return Affine.from_range(*minmax_range(W, axis=axis), num_bits, symmetric=True)

    def fit_inputs(x):
        return Affine.from_range(*minmax_range(x), input_bits)

    def make(net, x):
        return quantize(
            net, fit_weights if num_bits < 32 else None, fit_inputs if input_bits < 32 else None, x
        )

    return make
