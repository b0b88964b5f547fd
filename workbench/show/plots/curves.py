"""Curves over a run: losses, scores, D's accuracy, gradients, and the evaluations of one run or of many."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.base.intervals import reach
from workbench.measure.figures import Figure as Curve
from workbench.measure.figures import shown_in
from workbench.measure.measurements import measurements, real_measurements
from workbench.show.plots.drawing import INK, SOFT, Say, new_figure, stroke, style
from workbench.show.plots.lines import Line, at_minutes, column
from workbench.train.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Size = tuple[float, float]  # inches
SIZE: Size = (7.2, 3.1)
SMOOTHED = 60  # from so many ticks on a running mean is drawn over the single ticks
FAR = 50.0  # a curve that once was so many times its usual size gets a logarithmic axis beyond that size
NAMES = {
    "loss/D": "discriminator",
    "loss/G": "generator",
    "loss/wrong-tags": "wrong tags",
    "loss/wrong-pictures": "wrong pictures",
    "loss/extra-D": "auxiliary, discriminator",
    "loss/extra-G": "auxiliary, generator",
    "score/real": "real",
    "score/fake": "fake",
    "score/wrong-tags": "wrong tags",
    "score/wrong-pictures": "wrong pictures",
    "accuracy/D": "discriminator",
    "gradient/D": "discriminator",
    "gradient/G": "generator",
}
AXES = {
    "kimg": "real pictures seen (kimg)",
    "minutes": "time trained (minutes)",
    "processor": "processor time (minutes of one core)",
}
CLOCKS = {"minutes": "seconds", "processor": "processor"}

Runs = Run | Sequence[Run] | Mapping[str, Run | Sequence[Run]]


def losses(run: Run, x: str = "kimg", say: Say = str, size: Size = SIZE) -> "Figure":
    """What D and G minimise, a tick at a time, with the losses that conditioning and wrong tags add."""
    return _ticks(run, "loss/", "Losses", "loss", x, say, size)


def scores(run: Run, x: str = "kimg", say: Say = str, size: Size = SIZE) -> "Figure":
    """D's mean score of real and generated pictures, and of real ones with wrong tags; higher = more real."""
    return _ticks(run, "score/", "Scores (higher = more real)", "mean score", x, say, size)


def accuracy(run: Run, x: str = "kimg", say: Say = str, size: Size = SIZE) -> "Figure":
    """Share of pairs, a real and a generated picture, whose real one D scores higher; dotted: one half, guessing."""
    figure = _ticks(run, "accuracy/", "Accuracy of D", "share of pairs", x, say, size)
    (axes,) = figure.axes
    if axes.get_lines():
        with style(say):
            axes.axhline(0.5, color=SOFT, linestyle=":", linewidth=1.3, label=say("guessing"))
            axes.set_ylim(0, 1.02)
            _tick_legend(axes)
    return figure


def gradients(run: Run, x: str = "kimg", say: Say = str, size: Size = SIZE) -> "Figure":
    """Norms of the gradients that move D and G."""
    return _ticks(run, "gradient/", "Norms of the gradients", "norm", x, say, size, logarithmic=True)


def _ticks(
    run: Run, prefix: str, title: str, unit: str, x: str, say: Say, size: Size, logarithmic: bool = False
) -> "Figure":
    ticks = run.lines()
    names = [name for name in NAMES if name.startswith(prefix) and any(name in line for line in ticks)]
    with style(say):
        figure = new_figure(*size)
        axes = figure.subplots()
        _label(axes, say(title), say(AXES[x]), say(unit))
        place = _places(run, ticks, x)
        drawn = []
        for number, name in enumerate(names):
            values = column(ticks, name)
            drawn.append(values[np.isfinite(values)])
            _curve(axes, place, values, say(NAMES[name]), number)
        if names:
            _scale(axes, np.concatenate(drawn), logarithmic)
            _rollbacks(axes, run, ticks, x, say)
            _tick_legend(axes)
        else:
            _nothing(axes, say("no tick has been written yet"))
    return figure


def _tick_legend(axes: "Axes") -> None:
    """Above the axes, beside the title."""
    columns = len(axes.get_legend_handles_labels()[1])
    axes.legend(ncols=columns, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)


def _curve(axes: "Axes", place: np.ndarray, values: np.ndarray, label: str, number: int) -> None:
    look: dict[str, Any] = stroke(number)
    known = np.isfinite(values)
    if known.sum() < SMOOTHED:
        axes.plot(place, values, label=label, marker="." if known.sum() < 20 else None, **look)
        return
    width = int(known.sum()) // 30
    smooth = np.convolve(
        np.pad(values[known], width, mode="edge"), np.ones(2 * width + 1) / (2 * width + 1), "valid"
    )
    axes.plot(place, values, alpha=0.3, linewidth=0.8, **look)
    axes.plot(place[known], smooth, label=label, **look)


def _scale(axes: "Axes", values: np.ndarray, logarithmic: bool) -> None:
    """A logarithmic axis where asked for, or where a few values would press the others flat."""
    size = np.abs(values[values != 0])
    if not len(size):
        return
    if logarithmic:
        axes.set_yscale("log")
    elif size.max() > FAR * max(float(np.median(size)), 1.0):
        axes.set_yscale("symlog", linthresh=max(float(np.median(size)), 1.0))


def _rollbacks(axes: "Axes", run: Run, ticks: Sequence[Line], x: str, say: Say) -> None:
    """A dotted line where the run went back to an earlier state."""
    back = [{"seen": found.seen} for found in run.recorded() if found.code == "rollback"]
    for number, place in enumerate(_places(run, back, x, ticks)):
        axes.axvline(
            place, color=INK, linestyle=":", linewidth=1, label=say("went back") if number == 0 else None
        )


def metrics(runs: Runs, x: str = "kimg", say: Say = str, size: Size = SIZE) -> "Figure":
    """The evaluations in metrics.jsonl: one panel for each figure that has curves (Frechet distance, agreement).

    runs: a run; several; or labels with one run each or several, which then are seeds of one thing: their mean is
    drawn, with a band around it (see `band`). x: "kimg", "minutes" or "processor". Dotted: what real pictures reach.
    """
    groups = _groups(runs)
    with style(say):
        chosen = _panels([run for seeds in groups.values() for run in seeds])
        rows, columns = -(-len(chosen) // 2), min(len(chosen), 2)
        figure = new_figure(size[0], rows * size[1] + 0.16 * max(0, len(groups) - 3))
        places = figure.subplots(rows, columns, squeeze=False).ravel()
        for spare in places[len(chosen) :]:
            spare.remove()
        for axes, shown in zip(places, chosen, strict=False):
            _label(axes, say(shown.titled()), say(AXES[x]), "")
            known = [
                _measured(axes, seeds, shown.key, x, label, number, say)
                for number, (label, seeds) in enumerate(groups.items())
            ]
            if any(known):
                _real(axes, [run for seeds in groups.values() for run in seeds], shown.key, say)
                axes.set_ylim(bottom=shown.lowest, top=shown.highest)
            else:
                _nothing(axes, say("not measured"))
        _legend(figure, len(groups), say)
    return figure


def _panels(runs: Sequence[Run]) -> list[Curve]:
    """The figures that any of the runs has measured; the first two where there is none yet."""
    known = {key for run in runs for line in run.lines("metrics.jsonl") for key in measurements(line)}
    shown = shown_in("curve")
    return [figure for figure in shown if figure.key in known] or shown[:2]


def _groups(runs: Runs) -> dict[str, list[Run]]:
    if isinstance(runs, Run):
        return {runs.name: [runs]}
    if isinstance(runs, Mapping):
        return {label: [some] if isinstance(some, Run) else list(some) for label, some in runs.items()}
    return {run.name: [run] for run in runs}


def _measured(
    axes: "Axes", seeds: Sequence[Run], key: str, x: str, label: str, number: int, say: Say
) -> bool:
    """The curve of one label; whether there was anything to draw."""
    curves = []
    for run in seeds:
        lines = [line for line in run.lines("metrics.jsonl") if key in measurements(line)]
        if lines:
            values = np.array([measurements(line)[key].value for line in lines], float)
            curves.append((_places(run, lines, x), values))
    if not curves:
        return False
    if len(curves) == 1:
        axes.plot(*curves[0], label=label, marker=".", **stroke(number))
        return True
    place, low, mean, high = band(curves)
    axes.plot(place, mean, label=f"{label} ({len(curves)} {say('seeds')})", **stroke(number))
    axes.fill_between(place, low, high, color=stroke(number)["color"], alpha=0.18, linewidth=0)
    return True


def band(
    curves: Sequence[tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Curves of several seeds, (place, value) each, to place, low, mean, high where all of them are known.

    From three seeds on low and high are the 95% interval of the mean (t distribution), of two their own values.
    Values between two evaluations are those of the straight line between them.
    """
    first = max(float(place[0]) for place, _ in curves)
    last = min(float(place[-1]) for place, _ in curves)
    inside = np.unique(np.concatenate([place for place, _ in curves]))
    place = inside[(inside >= first) & (inside <= last)]
    values = np.stack([np.interp(place, *curve) for curve in curves])
    mean = values.mean(0)
    if len(values) < 3:
        return place, values.min(0), mean, values.max(0)
    return place, mean - reach(values), mean, mean + reach(values)


def _real(axes: "Axes", runs: Sequence[Run], key: str, say: Say) -> None:
    """A dotted line at what real pictures reach."""
    last = [real_measurements(line) for run in runs for line in run.lines("metrics.jsonl")[-1:]]
    values = [found[key].value for found in last if key in found]
    if values:
        axes.axhline(
            float(np.mean(values)), color=SOFT, linestyle=":", linewidth=1.3, label=say("real pictures")
        )


def _legend(figure: "Figure", labels: int, say: Say) -> None:
    """One legend for both panels."""
    found = [axes.get_legend_handles_labels() for axes in figure.axes]
    told = {label: handle for handles, names in found for handle, label in zip(handles, names, strict=True)}
    real = told.pop(say("real pictures"), None)
    if real is not None:
        told[say("real pictures")] = real
    if told:
        # An entry is about as wide as its letters (9 points, half as wide as high) and its line.
        columns = int(figure.get_figwidth() / (0.6 + 0.072 * max(map(len, told))))
        figure.legend(
            told.values(), told, loc="outside lower center", ncols=max(1, min(4, columns, len(told)))
        )


def _places(run: Run, lines: Sequence[Line], x: str, ticks: Sequence[Line] | None = None) -> np.ndarray:
    seen = column(lines, "seen")
    return at_minutes(run, seen, ticks, CLOCKS[x]) if x in CLOCKS else seen / 1000


def _label(axes: "Axes", title: str, x: str, y: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _nothing(axes: "Axes", said: str) -> None:
    axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", color=SOFT)
    axes.set_xticks([])
    axes.set_yticks([])
