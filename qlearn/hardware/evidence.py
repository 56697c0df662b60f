"""What the measurements of the tables say of a promise: how much of the promised gain came.

With this module one can
- list pairs of measurements that differ in their bits alone: `pairs("memory")`,
- read off what came of the bits, `pair.kept`, and what the pair lets expect: `pair.gain(4)`.
"""

from itertools import pairwise
from typing import NamedTuple

from .batched import batch_bound
from .decode import decoders, tokens_s
from .paths import WIDTH
from .tables import device, number, rows

STORED = {"F16": 16, "Q8_0": 8, "Q4_0": 4}
SAME = "device", "chip", "network", "software", "batch"


class Pair(NamedTuple):
    """One measurement in two widths: how much faster it was promised to be, and was."""

    where: str
    device: str  # a name of the tables, or ""
    kind: str  # gpu or microcontroller
    what: str
    widths: tuple[int, int]  # of the weights, before and after
    bits: float  # how many times fewer are stored
    promised: float
    measured: float
    weights_only: bool = False  # the inputs kept their bits
    batch: int = 1

    @property
    def kept(self) -> float:
        """What came of the bits: measured speed-up / bits."""
        return self.measured / self.bits

    def gain(self, promised: float) -> float:
        """(1 + k) / (1 / promised + k); k = (p - m) / (p (m - 1)) is what did not shrink.

        It is t = bytes / BW + t0 through both measurements, with k = t0 / (bytes / BW) of the
        first; a model of its own size may have another k.
        """
        if self.measured <= 1:
            return self.measured
        rest = max(self.promised - self.measured, 0) / (self.promised * (self.measured - 1))
        return (1 + rest) / (1 / promised + rest)


def decode_pairs() -> list[Pair]:
    """Compare 16 bits with fewer where one token at a time waits for memory (LLaMA-2-7B).

    A chip whose 16-bit run waited for something else, a suspect, proves nothing.
    """
    chips = {row["chip"]: row for row in rows("decodes") if not row["suspect"]}
    found = []
    for chip in (name for name in decoders() if name in chips):
        speeds = tokens_s(chip)
        size, speed = speeds["F16"]
        for form in speeds.keys() - {"F16"}:
            times, what = size / speeds[form][0], f"LLaMA-2-7B, F16 to {form}"
            place = chip, chips[chip]["device"], "gpu", what, (16, STORED[form])
            found.append(Pair(*place, times, times, speeds[form][1] / speed, weights_only=True))
    return sorted(found, key=lambda pair: (pair.where, pair.what))


def run_pairs() -> list[Pair]:
    """Compare each data type with the next narrower one: the rest being the same."""
    runs = {}
    for row in rows("runs"):
        if row["time_ms"]:
            runs.setdefault(tuple(row[part] for part in SAME), []).append(row)
    twos = [two for of_one in runs.values() for two in pairwise(of_one)]
    return [run_pair(*two) for two in twos if len({WIDTH[row["dtype"]] for row in two}) == 2]


def run_pair(before, after) -> Pair:
    """Set two runs side by side; on a microcontroller the bits are all that promises."""
    name, network, chip = before["device"], before["network"], device(before["device"])
    widths = WIDTH[before["dtype"]], WIDTH[after["dtype"]]
    bits, batch = widths[0] / widths[1], int(before["batch"])
    promised = bits
    if chip.kind == "gpu":
        slow, fast = (batch_bound(network, name, b, b, batch).seconds for b in widths)
        promised = slow / fast
    measured = number(before["time_ms"]) / number(after["time_ms"])
    what = f"{network}, {before['dtype']} to {after['dtype']}"
    return Pair(before["chip"], name, chip.kind, what, widths, bits, promised, measured,
                batch=batch)  # fmt: skip


def pairs(limit: str) -> list[Pair]:
    """List the pairs that waited for "memory", for "arithmetic", or ran on a "microcontroller"."""
    if limit == "memory":
        return decode_pairs()
    kinds = {"arithmetic": "gpu", "microcontroller": "microcontroller"}
    if limit not in kinds:
        raise ValueError(f"limit is {limit!r}: memory, {' or '.join(kinds)}")
    return [pair for pair in run_pairs() if pair.kind == kinds[limit]]


def pair_texts(pairs) -> list[str]:
    """Say what was measured; of more than three the pairs that kept least and most."""
    told = [(pair, "") for pair in pairs]
    if len(pairs) > 3:
        ordered = sorted(pairs, key=lambda pair: pair.gain(4))
        told = [(ordered[0], f", least of {len(pairs)}"), (ordered[-1], ", most")]
    return [
        f"{pair.measured:.2f} of {pair.promised:.2f} promised: {pair.where}, {pair.what}{note}"
        for pair, note in told
    ]
