"""Live figures: one output that moves in Lab, is a picture on GitHub and a line of text for all.

explore   show a scene with controls
source    show a function as it stands in the package
figure    an empty figure in the shared look, and the colours of that look
"""

from qlearn.views.listing import source
from qlearn.views.live import explore
from qlearn.views.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    figure,
)

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PALE",
    "PURPLE",
    "SKY",
    "VERMILION",
    "YELLOW",
    "explore",
    "figure",
    "source",
]
