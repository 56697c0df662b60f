"""Tokens a second: a language model that reads all its weights for each token.

With this module one can
- list who measured what: `decoders()`, and `tokens_s("M1 Pro")` for one chip,
- bound the speed: `decode_bound_s(num_bytes, bandwidth)`,
- fit two constants to two measurements and predict a third: `fit_decode(...)`, `decode_s(...)`.
"""

from typing import NamedTuple

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


def tokens_s(chip: str) -> dict[str, tuple[float, float]]:
    """Give, for each stored format, (bytes, tokens a second) as measured on this chip."""
    if chip not in decoders():
        raise ValueError(f"no decode speed of {chip!r}; there are {', '.join(decoders())}")
    of_chip = [row for row in one_token_rows() if row["chip"] == chip]
    return {r["format"]: (GIB * number(r["stored_gib"]), number(r["tokens_s"])) for r in of_chip}


def nominal_bytes_s(chip: str) -> float:
    """Give the bandwidth that the maker states, or zero where the table has none."""
    return max(1e9 * number(r["nominal_gb_s"]) for r in one_token_rows() if r["chip"] == chip)


def decode_bound_s(num_bytes: float, bandwidth_bytes_s: float) -> float:
    """t >= bytes / bandwidth: every weight is read for every token."""
    return num_bytes / bandwidth_bytes_s


def fit_decode(first: tuple[float, float], second: tuple[float, float]) -> DecodeFit:
    """Solve t = bytes / BW + t0 for two measurements (bytes, tokens a second)."""
    (bytes_1, speed_1), (bytes_2, speed_2) = first, second
    if min(speed_1, speed_2, bytes_1, bytes_2) <= 0 or bytes_1 == bytes_2:
        raise ValueError(f"two different sizes and positive speeds, not {first} and {second}")
    slope = (1 / speed_1 - 1 / speed_2) / (bytes_1 - bytes_2)
    if slope <= 0:
        raise ValueError(f"more bytes took no longer in {first} and {second}: nothing to fit")
    return DecodeFit(1 / slope, 1 / speed_1 - slope * bytes_1)


def decode_s(num_bytes: float, fit: DecodeFit) -> float:
    """t = bytes / BW + t0."""
    return num_bytes / fit.bandwidth_bytes_s + fit.fixed_s
