"""The answer to "will fewer bits be faster?", as a value that shows itself.

With this module one can
- read what `faster` says: `.ratio`, `.started`, `.low`, `.high`, `.limits`, `.pairs`, `.sure`,
- ask whether the weights fit: `.fits`,
- write a time: `time_text(1.65e-3)` is 1.65 ms.
"""

from dataclasses import dataclass

from .evidence import Pair, pair_texts
from .place import Gpu, size_text
from .show import aligned, in_unit
from .tables import Device

EVEN = 1.02  # nobody would notice two percent
HARDLY = 1.1


@dataclass(frozen=True)
class Faster:
    """Weights and inputs of so many bits, beside 16 and 16, on one device."""

    device: Device | Gpu
    batch: int
    names: tuple[str, str]  # 16 bits first, in all pairs of this class
    paths: tuple[str, str]
    times_s: tuple[float, float]
    limits: tuple[str, str]
    kind: str  # of those times: bound, or on a microcontroller estimate
    starts_s: float | None  # what starting the layers takes, the same for both; None: not given
    stored_bytes: tuple[float, float]
    memory_bytes: float  # zero: not known
    bits: tuple[int, int]  # of weights and inputs
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """What the two times promise; of two bounds it is a promise, and no bound itself."""
        return self.times_s[0] / self.times_s[1]

    @property
    def started(self) -> float:
        """What is left of the promise when every layer has to be started."""
        starts_s = self.starts_s or 0.0
        return (self.times_s[0] + starts_s) / (self.times_s[1] + starts_s)

    @property
    def fits(self) -> tuple[bool, bool]:
        """Whether the weights alone fit; where the memory is not known, they do."""
        room = self.memory_bytes or float("inf")
        return tuple(num_bytes <= room for num_bytes in self.stored_bytes)

    @property
    def low(self) -> float:
        return self._expected(min)

    @property
    def high(self) -> float:
        return self._expected(max)

    def _expected(self, choose) -> float:
        """The least or the largest gain that a measured pair lets expect; at most `started`."""
        if self.started <= EVEN:
            return self.started
        if self.kind == "estimate":
            return choose([self.ratio, *(pair.measured for pair in self.pairs)])
        unknown = [1.0, self.started]
        gain = choose([pair.gain(self.ratio) for pair in self.pairs] or unknown)
        return min(gain, self.started)

    @property
    def sure(self) -> str:
        """Say in one sentence how sure that is."""
        if not all(self.fits):
            both = zip(self.names, self.fits, strict=True)
            lost = " and ".join(name for name, fits in both if not fits)
            return f"sure: {lost} can't run here, the weights do not fit"
        if self.ratio < 1 / EVEN:
            return "sure, with software as good: slower"
        if self.ratio <= EVEN:
            waits = "the same" if len(set(self.limits)) == 1 else f"{self.limits[1]} instead"
            extra = "; unpacking costs extra" if "unpacked" in self.paths[1] else ""
            return f"sure, with software as good: no faster, it waits for {waits}{extra}"
        if self.ratio < HARDLY:
            return "fairly sure: hardly faster, more is not promised"
        if self.started < HARDLY:
            share = "most" if self.starts_s > self.times_s[1] else "part"
            return f"fairly sure: hardly faster, starting the layers takes {share} of the time"
        if not self.pairs:
            return "not sure: nobody in our tables measured such a change"
        return self._evidence()

    def _evidence(self) -> str:
        """What kind of pairs there are: of this device, these bits, sides and batch, or others."""
        here = [p for p in self.pairs if self.device.name in (p.device, p.where)]
        if not here:
            return "half sure: faster on others, nobody in our tables measured it on this device"
        least, most = (choose(w for p in here for w in p.widths) for choose in (min, max))
        if least > self.bits[0] or most < 16:
            return f"half sure: on this device {most} to {least} bits were measured, no others"
        like = [p for p in here if p.weights_only == (self.bits[1] >= 16)]
        if not like:
            sides = "of the weights alone" if here[0].weights_only else "on both sides"
            return f"half sure: on this device fewer bits {sides} were measured"
        if self.kind == "bound" and self.batch not in (p.batch for p in like):
            return f"half sure: on this device a batch of {like[0].batch} was measured, no other"
        return "fairly sure: faster, something like it was measured on this device"

    def __repr__(self) -> str:
        lines = [("", "runs as", self.kind, "waits for")]
        rows = zip(self.names, self.paths, map(time_text, self.times_s), self.limits, strict=True)
        said = [f"{self.device.name} ({self.device.chip}), batch {self.batch}"]
        said += [aligned([*lines, *rows], right=[2]), *self._room(), self._promise()]
        said += [f"measured  {words}" for words in pair_texts(self.pairs)]
        span = f"{self.low:.1f} to {self.high:.1f}"
        if self.high - self.low < 0.05:
            span = f"about {self.high:.1f}"
        said += [f"expect    {span} times the speed (estimate)"] if all(self.fits) else []
        return "\n".join([*said, *(f"note      {note}" for note in self.notes), f"{self.sure}."])

    def _room(self) -> list[str]:
        """A line where the weights do not fit."""
        if all(self.fits):
            return []
        needs = zip(self.names, self.stored_bytes, strict=True)
        told = ", ".join(f"{name} {size_text(num_bytes)}" for name, num_bytes in needs)
        return [f"weights   {told}; there is room for {size_text(self.memory_bytes)}"]

    def _promise(self) -> str:
        """The line of what is promised, and what starting the layers leaves of it."""
        said = f"promised  {self.ratio:.2f} times the speed"
        if self.kind == "estimate":
            return said
        if self.starts_s is None:
            return f"{said} (bounds); layers not given: starts not counted"
        starts = f"{time_text(self.starts_s)} of starts"
        starts += "" if self.device.name == "a100" else ", an A100's"
        return f"{said} (bounds); {self.started:.2f} with {starts} (estimate)"


def time_text(seconds: float) -> str:
    """Write a time with three digits, in the unit that suits it."""
    return in_unit(seconds, {"s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9})
