"""Figures of one evaluation, the JSON that `workbench evaluate` writes."""

from typing import TYPE_CHECKING

import numpy as np

from workbench.base.documents import Json
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.measure.readings import named_by_two
from workbench.show.plots.drawing import COLOURS, Say, new_figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def heat(result: Json, vocabulary: Vocabulary = VOCABULARY, say: Say = str) -> "Figure":
    """Share of samples with all tags right, by the asked values of the first two columns that the judge reads."""
    import matplotlib

    rows, columns = vocabulary.columns[:2]
    heat = np.array(result["agreement"][named_by_two(result["agreement"])], float)
    counts = [np.array(numbers) for numbers in (result["agreement"]["counts"], result["training_counts"])]
    with style(say):
        figure = new_figure(10, 6.4)
        axes = figure.subplots()
        axes.grid(False)
        colours = matplotlib.colormaps["Oranges_r"].with_extremes(bad="#eef0f4")
        shown = axes.imshow(heat, vmin=0.5, vmax=1, cmap=colours, aspect="auto")
        for i, j in np.ndindex(heat.shape):
            share = f"{heat[i, j]:.0%}" if np.isfinite(heat[i, j]) else "–"
            ink = "w" if heat[i, j] < 0.65 else "#1d2330"
            axes.text(j, i - 0.14, share, ha="center", va="center", fontsize=8.5, color=ink)
            small = f"{counts[0][i, j]:,} / {counts[1][i, j]:,}"
            axes.text(j, i + 0.24, small, ha="center", va="center", fontsize=6, color=ink)
        axes.set_xticks(range(len(columns.values)), columns.values)
        axes.set_yticks(range(len(rows.values)), rows.values)
        axes.set_xlabel(say(columns.name))
        axes.set_ylabel(say(rows.name))
        right = "Both colours right" if vocabulary == VOCABULARY else "All tags right"
        axes.set_title(say(f"{right}; below: samples / training pictures"), fontsize=10)
        figure.colorbar(shown, ax=axes, fraction=0.03, pad=0.02)
    return figure


def distances(near: np.ndarray, real_near: np.ndarray, limit: float, say: Say = str) -> "Figure":
    """Distances to the nearest training picture: of samples (N,), of held-out pictures (M,), and what is a copy."""
    groups = [(near, "samples", COLOURS[0]), (real_near, "held-out real pictures", COLOURS[1])]
    with style(say):
        figure = new_figure(8, 3)
        axes = figure.subplots()
        axes.grid(False)
        edges = np.linspace(0, max(float(values.max()) for values, *_ in groups if len(values)), 60).tolist()
        for values, label, colour in groups:
            if len(values):
                axes.hist(
                    values,
                    edges,
                    density=True,
                    histtype="step",
                    label=say(label),
                    color=colour,
                    linewidth=1.6,
                )
        axes.axvline(limit, color="#888", linestyle=":", label=say("a copy"))
        axes.set_xlabel(say("distance to the nearest training picture (of 255)"))
        axes.set_yticks([])
        axes.legend()
    return figure
