"""How the report's pictures look: one type scale, and colours that colour-blind readers tell apart (Okabe and
Ito)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

INK, MUTED, FAINT, PAPER = "#1f2933", "#6b7785", "#dfe4ea", "#ffffff"
SPLIT_COLOURS = {"healthy": "#8a949e", "id": "#0072b2", "ood": "#d55e00"}
SPLIT_LABELS = {"healthy": "healthy\nno failure", "id": "ID\nseen in training", "ood": "OOD\nnever seen"}
JOINT_KIND_COLOURS = {"HAA": "#0072b2", "HFE": "#e69f00", "KFE": "#009e73"}
HEAT = LinearSegmentedColormap.from_list("symaug", ["#fdf3d8", "#cfe5b8", "#7cc0a8", "#2f8fa3", "#14527d"])
"""Low is pale, high is dark: it reads in grey, too."""

_SETTINGS: dict = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 11,
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 10.5,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": "#b8c0c8",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
}


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """A figure of that many inches in the report's style, without any global state left behind."""
    with matplotlib.rc_context(_SETTINGS):
        made = Figure(figsize=(width, height), layout="constrained")
        made.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.04, hspace=0.04)  # type: ignore[union-attr]
        yield made


def png(made: Figure) -> bytes:
    """The figure as a PNG that is sharp in a README; nothing in it depends on the time of day."""
    buffer = io.BytesIO()
    made.savefig(buffer, format="png", dpi=160, metadata={"Software": None})
    return buffer.getvalue()


def readable_on(colour) -> str:
    """Dark or white ink, whichever is read better on that colour."""
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else PAPER


def bare(axes: Axes) -> None:
    """Axes for a drawing: equal scale, no frame, no ticks."""
    axes.set_aspect("equal")
    axes.axis("off")
