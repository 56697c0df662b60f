"""The cost of the network of notebook 00, and what its table says."""

import numpy as np
import pytest

from qlearn.hardware import cost, table
from qlearn.networks.layers import AvgPool, Conv2d, Dense, Flatten, ReLU, Sequential
from qlearn.networks.quantized import Quantized
from qlearn.numbers import Affine, minmax_range

RNG = np.random.default_rng(0)


def layer(*shape):
    W, b = RNG.normal(size=shape).astype(np.float32), np.zeros(shape[0], np.float32)
    return Conv2d(W, b, padding=1) if len(shape) == 4 else Dense(W, b)


LAYERS = [layer(16, 1, 3, 3), ReLU(), layer(32, 16, 3, 3), ReLU(), AvgPool(2)]
LAYERS += [layer(64, 32, 3, 3), ReLU(), AvgPool(2), Flatten(), layer(10, 256)]
NET = Sequential(
    tuple(LAYERS),
    (1, 8, 8),
)


def at_bits(num_bits, input_bits, axis=None):
    """The network with its weights and inputs on symmetric grids."""

    def quantized(n):
        if not isinstance(n, Conv2d | Dense):
            return n
        W = Affine.from_range(*minmax_range(n.W, axis=axis), num_bits=num_bits, symmetric=True)
        return Quantized(n, W, Affine(np.float32(0.1), 0, 0, 2**input_bits - 1))

    return Sequential(tuple(map(quantized, NET.layers)), NET.input_shape)


def test_worked_example():
    float32, per_tensor = cost(NET), cost(at_bits(8, 8))
    assert (float32.macs, float32.bytes, per_tensor.bytes) == (601_600, 103_464, 26_248)
    assert sum(n.weights for n in float32.layers) == 25_744
    assert sum(n.biases for n in float32.layers) == 122
    assert cost(at_bits(8, 8, axis=0)).bytes == 26_720
    assert cost(at_bits(4, 4, axis=0)).bytes == 13_848


def test_energy_and_time():
    float32, eight, four = cost(NET), cost(at_bits(8, 8)), cost(at_bits(4, 4, axis=0))
    floors = [float32.energy_uj, eight.energy_uj, four.energy_uj]
    np.testing.assert_allclose(floors, [19.24, 4.284, 2.120], rtol=1e-3)
    np.testing.assert_allclose(eight.time_ms, 10.78, rtol=1e-3)
    assert four.time_ms == eight.time_ms < float32.time_ms
    np.testing.assert_allclose(eight.chip_energy_uj, 507.7, rtol=1e-3)
    assert [c.peak_activation_bytes for c in (float32, eight, four)] == [12288, 3072, 1536]
    assert (eight.bops, four.bops) == (601_600 * 64, 601_600 * 16)


def test_the_table():
    assert repr(cost(at_bits(4, 4, axis=0))).splitlines() == [
        "cost on cortex-m4 (STM32L4R5), batch 1",
        "quantity              value  unit   kind      where it comes from",
        "MACs                601,600         exact     one for each use of a weight, batch of 1",
        "stored               13,848  bytes  exact     "
        "codes 12,872 + scales 488 + zero points 0 + biases 488",
        "peak activations      1,536  bytes  exact     largest input + output of a layer",
        "BOPs              9,625,600         exact     "
        "MACs x weight bits x input bits: neither energy nor time",
        "energy floor           2.12  uJ     estimate  "
        "45 nm: MACs 0.0602 + every weight code once from DRAM 2.06",
        "data types             int8         exact     "
        "4-bit weights and 4-bit inputs run as int8: unpacked, "
        "which is not counted",
        "time                   10.8  ms     estimate  "
        "int8 on STM32L4R5: 2.14 cycles a conv MAC, 3.80 others; 120 MHz",
        "chip energy             508  uJ     estimate  47.1 mW (measured on int8 ResNet-8) x time",
        "fits                    yes         exact     flash 2048 KiB, SRAM 640 KiB; no program",
    ]


def test_the_float_path_says_on_which_chip_it_was_measured():
    time = {row.quantity: row for row in cost(NET).rows}["time"]
    assert time.source.startswith("float32 on CY8C: 5.72 cycles")
    assert time.kind == "estimate"


def test_a_gpu_gives_a_bound():
    one, many = cost(at_bits(4, 4), "h100"), cost(at_bits(4, 4), "h100", batch=2**20)
    rows = {row.quantity: row for row in one.rows}
    assert rows["data types"].source.startswith(
        "4-bit weights and 4-bit inputs run as int8: unpacked"
    )
    assert (rows["time"].kind, one.chip_energy_uj) == ("bound", None)
    np.testing.assert_allclose(one.time_ms, one.bytes / 3350e9 * 1e3)
    np.testing.assert_allclose(many.time_ms, 2 * many.macs / 1979e12 * 1e3, rtol=1e-2)


def test_a_batch_multiplies_work_and_shares_the_weights():
    one, four = cost(at_bits(8, 8)), cost(at_bits(8, 8), batch=4)
    assert (four.macs, four.bops, four.bytes) == (4 * one.macs, 4 * one.bops, one.bytes)
    assert four.peak_activation_bytes == 4 * one.peak_activation_bytes
    np.testing.assert_allclose(four.time_ms, 4 * one.time_ms)
    assert one.energy_uj < four.energy_uj < 4 * one.energy_uj


def test_a_network_too_large_for_the_chip():
    large = Sequential((Dense(np.zeros((1024, 1024), np.float32)),), (1024,))
    fits = {row.quantity: row.value for row in cost(large).rows}["fits"]
    assert (fits, cost(large).bytes) == ("no", 4 * 2**20)
    batches = cost(at_bits(8, 8), batch=213), cost(at_bits(8, 8), batch=214)  # x 3,072 bytes
    assert [c.rows[-1].value for c in batches] == ["yes", "no"]


def test_settings_side_by_side():
    shown = table({"float32": cost(NET), "A100": cost(at_bits(8, 8), "a100")})
    assert repr(shown) == str(shown)
    assert [line.split("  ")[0] for line in shown.splitlines()] == [
        "quantity", "MACs", "stored", "peak activations", "BOPs", "energy floor", "data types",
        "time", "chip energy", "fits",
    ]  # fmt: skip
    lines = {line.split("  ")[0]: line.split() for line in shown.splitlines()}
    assert lines["stored"] == ["stored", "103,464", "bytes", "26,248", "bytes", "exact"]
    assert lines["time"][-3:] == ["estimate", "/", "bound"]
    assert lines["chip energy"][-2:] == ["-", "estimate"]


def test_bad_input():
    for batch in (0, -1, 1.5, "2", True):
        with pytest.raises(ValueError, match=f"batch must be a whole number .*not {batch!r}"):
            cost(NET, batch=batch)
    with pytest.raises(ValueError, match="no device 'abacus' in the tables; there are cortex-m4"):
        cost(NET, "abacus")
    with pytest.raises(ValueError, match="cortex-m0plus has no float32 path"):
        cost(NET, "cortex-m0plus")
    with pytest.raises(ValueError, match="no layer with weights"):
        cost(Sequential((ReLU(),), (1, 8, 8)))
    with pytest.raises(ValueError, match="no input_shape"):
        cost(NET.layers[0])
