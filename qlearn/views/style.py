"""The shared look of all figures: colours that every eye can tell apart, text that a lecture hall
can read.

Colours of Okabe and Ito (2008, "Color universal design"). On white, BLUE, VERMILION, GREEN, PURPLE,
BLACK and GREY have a contrast of at least 3 and serve for lines and text; SKY, ORANGE and YELLOW
have less: fill areas with them and draw an outline. Colour is never the only sign: add a line
style, a marker or a hatch.
"""

import matplotlib
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLUE = "#0072B2"  # data, before
VERMILION = "#D55E00"  # quantized, after
GREEN = "#009E73"  # exact, right
PURPLE = "#CC79A7"  # the reader's guess
BLACK = "#000000"  # bounds, dashed
GREY = "#767676"  # what to compare with
SKY, ORANGE, YELLOW = "#56B4E9", "#E69F00", "#F0E442"  # areas only
PALE = "#DDDDDD"  # grids, shades, what lies behind
COLORS = ["#FFFFFF", BLUE, VERMILION, GREEN, PURPLE, BLACK, GREY, SKY, ORANGE, YELLOW, PALE]

DPI = 144  # crisp on a projector
LOOK = {
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 12,
    "figure.titlesize": 13,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=[BLUE, VERMILION, GREEN, PURPLE, BLACK]),
    "grid.color": PALE,
    "lines.linewidth": 2,
    "lines.markersize": 8,
    "hatch.linewidth": 0.8,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}


def look():
    """Give matplotlib the shared look for the length of a `with` block."""
    return matplotlib.rc_context(LOOK)


def figure(size=(9, 3.2)) -> Figure:
    """Make an empty figure of `size` inches without pyplot; the layout leaves room for labels."""
    fig = Figure(size, dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    return fig
