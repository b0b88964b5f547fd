"""Figures of runs and evaluations for notebooks, pages and reports; they read logs and change nothing.

Curves come from a `Run` as matplotlib Figures (never pyplot's, so that no window and no global state is involved);
grids are pictures, uint8 arrays. Colours are those of Okabe and Ito (2008), which the colour-blind can tell apart.
A function that takes `say` hands it every English text of the figure, for other languages.
"""

from workbench.show.plots.curves import accuracy, gradients, losses, metrics, scores
from workbench.show.plots.drawing import png_data_uri, svg, svg_data_uri
from workbench.show.plots.measured import distances, heat
from workbench.show.plots.pictured import Snapshot, grids, snapshots

__all__ = [
    "Snapshot",
    "accuracy",
    "distances",
    "gradients",
    "grids",
    "heat",
    "losses",
    "metrics",
    "png_data_uri",
    "scores",
    "snapshots",
    "svg",
    "svg_data_uri",
]
