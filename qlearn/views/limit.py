"""The limit in every figure of error against bits: what no code does better on Gaussian numbers."""

import numpy as np

from qlearn.numbers import rate_distortion

from .style import BLACK, GREY

KNOWN = "Gaussian limit, 6.02 dB a bit"
EARLIER = "Gaussian: no quantizer {}, see 16"


def limit(ax, bits, variance=None, known=True, at=None):
    """Draw the Gaussian rate-distortion limit over these bits, named for a legend; return the line.

    The axes show SQNR in decibels, of numbers with mean 0, or mean squared error if `variance` is
    given. known=False, for figures before 16: grey, and where to read. at: the bits where the name
    is written on the far side of the line, which curves of Gaussian numbers can't reach.
    """
    name = KNOWN if known else EARLIER.format("above" if variance is None else "below")
    colour = BLACK if known else GREY
    (line,) = ax.plot(bits, place(bits, variance), "--", color=colour, lw=1.5, label=name)
    if at is not None:
        y = place(at, variance)
        slope = np.log(4) * (10 / np.log(10) if variance is None else -y)
        words = ax.text(at, y, name, color=colour, ha="center", in_layout=False)
        words.set(va="top" if variance else "bottom", rotation=np.degrees(np.arctan(slope)))
        words.set(rotation_mode="anchor", transform_rotates_text=True)
    return line


def place(bits, variance=None):
    """SQNR in decibels at the limit for these bits, or the error where a variance is given."""
    error = rate_distortion(1 if variance is None else variance, bits)
    return -10 * np.log10(error) if variance is None else error
