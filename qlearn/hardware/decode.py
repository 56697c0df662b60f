"""Tokens a second: a language model that reads all its weights for each token.

With this module one can
- list who measured what: `decoders()`, and `tokens_s("M1 Pro")` for one chip,
- bound the speed: `decode_bound_s(num_bytes, bandwidth)`,
- fit two constants to two measurements and predict a third: `fit_decode(...)`, `decode_s(...)`.
"""

from typing import NamedTuple

from .place import positive
from .tables import number, rows

GIB = 2**30


class DecodeFit(NamedTuple):
    """The bandwidth that a chip reached, and what each token costs besides reading."""

    bandwidth_bytes_s: float
    fixed_s: float


def one_token_rows() -> list:
    return [row for row in rows("decodes") if row["tokens_at_once"] == "1"]


def decoders() -> tuple[str, ...]:
    """List the chips whose speed at one token after the other was measured."""
    return tuple(dict.fromkeys(row["chip"] for row in one_token_rows()))


def chip_rows(chip: str) -> list:
    """Find what was measured on a chip, one token after the other."""
    if chip not in decoders():
        raise ValueError(f"no decode speed of {chip!r}; there are {', '.join(decoders())}")
    return [row for row in one_token_rows() if row["chip"] == chip]


def tokens_s(chip: str) -> dict[str, tuple[float, float]]:
    """Give, for each stored format, (bytes, tokens a second) as measured on this chip."""
    found = chip_rows(chip)
    return {r["format"]: (GIB * number(r["stored_gib"]), number(r["tokens_s"])) for r in found}


def nominal_bytes_s(chip: str) -> float:
    """Give the bandwidth that the maker states, or zero where the table has none."""
    return 1e9 * number(chip_rows(chip)[0]["nominal_gb_s"])


def decode_bound_s(num_bytes: float, bandwidth_bytes_s: float) -> float:
    """t >= bytes / bandwidth, if all that is stored is read for every token.

    Of an embedding a token reads one row alone: 2 % of LLaMA-2-7B's weights stay unread.
    """
    what = "bytes and bandwidth"
    return positive(num_bytes, what) / positive(bandwidth_bytes_s, what)


def fit_decode(first: tuple[float, float], second: tuple[float, float]) -> DecodeFit:
    """Solve t = bytes / BW + t0 for two measurements (bytes, tokens a second)."""
    (bytes_1, speed_1), (bytes_2, speed_2) = first, second
    for value in (*first, *second):
        positive(value, "sizes and speeds")
    if bytes_1 == bytes_2:
        raise ValueError(f"two different sizes are needed, not {first} and {second}")
    slope = (1 / speed_1 - 1 / speed_2) / (bytes_1 - bytes_2)
    if slope <= 0:
        raise ValueError(f"more bytes took no longer in {first} and {second}: nothing to fit")
    return DecodeFit(1 / slope, 1 / speed_1 - slope * bytes_1)


def decode_s(num_bytes: float, fit: DecodeFit) -> float:
    """t = bytes / BW + t0."""
    return num_bytes / fit.bandwidth_bytes_s + fit.fixed_s
