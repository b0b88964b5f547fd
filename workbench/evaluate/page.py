"""An evaluation as one self-contained page: figures, pictures, and what they mean."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np

from workbench.data import FaceSet
from workbench.evaluate.evaluation import Evaluation
from workbench.evaluate.words import FIGURES, real_value, value
from workbench.pictures import encode_png, grid, labelled_grid
from workbench.tags import EYES, HAIR

GOAL = 0.93  # per colour; below it a share is marked
FIRST, COLUMNS = 60, 12  # samples shown, and how many in a row
CLOSEST = 16
WRONG = 16
TONES = {"better": "better", "closer to real": "better", "worse": "worse", "further from real": "worse"}


def page(measured: Evaluation, training: FaceSet | None) -> str:
    """HTML. training: the data, for the sheet of nearest pictures; None leaves real pictures out."""
    result = measured.result
    return _template("page.html").render(
        title="Evaluation",
        subtitle=_subtitle(result),
        cards=_cards(result),
        rows=_rows(result),
        result=result,
        about=result["about"],
        matrix=None if measured.matrix is None else _png(labelled_grid(measured.matrix, HAIR, EYES)),
        first=_png(_enlarged(grid(measured.samples.pictures[:FIRST], COLUMNS))),
        heat=_heat(result) if result["agreement"]["both"] is not None else None,
        per_colour=_per_colour(result),
        wrong=_wrong(measured),
        copied=_copied(result["nearest"]),
        distances=_distances(measured),
        beside=_beside(measured, training) if training is not None else None,
        provenance=_provenance(result["about"]),
    )


def comparison_page(comparison: dict[str, Any]) -> str:
    """HTML of what `comparison.compare` found."""
    told = {"": comparison["conditions"]} | {s["name"]: s for s in comparison["subjects"]}
    return _template("compare.html").render(
        subjects=comparison["subjects"],
        explanation=comparison["explanation"],
        rows=comparison["figures"],
        tones=TONES,
        provenance=_provenance(told),
    )


def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True
    ).get_template(name)


def _subtitle(result: dict[str, Any]) -> str:
    about = result["about"]
    seen = about["subject"].get("pictures seen")
    trained = f", trained on {seen:,} pictures" if seen else ""
    sources = ", ".join(about["data"]["sources"])
    return f"{about['subject']['kind']} {about['subject']['digest'][:12]}{trained}, against {sources}"


def _cards(result: dict[str, Any]) -> list[dict[str, str]]:
    both, real = result["agreement"]["both"], result["agreement_real"]["both"]
    cards = []
    if result["fid_ratio"] is not None:
        note = f"the floor of real pictures, {result['fid_floor']:.3f}"
        cards.append({"name": "Frechet distance", "value": f"{result['fid_ratio']:.2f} ×", "note": note})
    if both is not None:
        note = f"real held-out pictures: {real:.1%}" if real is not None else "no held-out pictures"
        cards.append({"name": "both colours right", "value": f"{both:.1%}", "note": note})
    for key in ("recall", "coverage"):
        number, reached = value(result, key), real_value(result, key)
        if number is not None:
            note = f"real pictures: {reached:.3f}" if reached is not None else ""
            cards.append({"name": key, "value": f"{number:.3f}", "note": note})
    return cards


def _rows(result: dict[str, Any]) -> list[dict[str, str]]:
    rows = []
    for figure in FIGURES:
        low, high = result["intervals"].get(figure.key) or (None, None)
        interval = f"{figure.show(low)} to {figure.show(high)}" if low is not None else "-"
        rows.append(
            {
                "name": figure.name,
                "value": figure.show(value(result, figure.key)),
                "interval": interval,
                "real": figure.show(real_value(result, figure.key)),
                "meaning": figure.meaning,
            }
        )
    return rows


def _per_colour(result: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    counts = np.array(result["training_counts"])
    answer = []
    for axis, kind, colours in ((1, "hair", HAIR), (0, "eyes", EYES)):
        drawn, real = (result[name]["per colour"][kind] for name in ("agreement", "agreement_real"))
        rows = []
        for i, colour in enumerate(colours):
            if colour in drawn:
                right = drawn[colour]["right"]
                other = f"{real[colour]['right']:.0%}" if colour in real else "-"
                rows.append(
                    {
                        "colour": colour,
                        "right": f"{right:.1%}",
                        "low": right < GOAL,
                        "real": other,
                        "n": f"{drawn[colour]['n']:,}",
                        "training": f"{counts.sum(axis)[i]:,}",
                    }
                )
        answer.append((kind, rows))
    return answer


def _copied(near: dict[str, Any]) -> str:
    real = near["real_near_copies"]
    against = f", held-out real pictures {real:.2%}" if real is not None else ""
    return (
        f"Nearer than {near['near_copies_limit']:.0f} counts as a copy: samples {near['near_copies']:.2%}{against}. "
        "Samples that lie nearer than held-out real pictures do would be memorised."
    )


def _wrong(measured: Evaluation) -> list[dict[str, str]]:
    """The samples that were read otherwise, those first in whose tags the judge believes least."""
    read, y = measured.look.colours(), measured.samples.y
    rows = np.flatnonzero(((read != y) & (y >= 0)).any(1))
    rows = rows[np.argsort(measured.look.belief(y)[rows], kind="stable")][:WRONG]
    return [
        {"picture": _png(measured.samples.pictures[row]), "asked": _words(y[row]), "read": _words(read[row])}
        for row in rows
    ]


def _words(y: np.ndarray) -> str:
    return ", ".join(
        f"{colours[i]} {kind}"
        for kind, colours, i in zip(("hair", "eyes"), (HAIR, EYES), y, strict=True)
        if i >= 0
    )


def _beside(measured: Evaluation, faces: FaceSet) -> list[dict[str, str]]:
    """The samples nearest to training pictures, with these; a mirror is shown as such."""
    rows = np.argsort(measured.near, kind="stable")[:CLOSEST]
    real = faces.pictures(np.flatnonzero(~faces.held_out)[measured.near_rows[rows]])
    turned = measured.mirrored[rows]
    real[turned] = real[turned][:, :, ::-1]
    return [
        {"sample": _png(sample), "real": _png(other), "distance": f"distance {measured.near[row]:.1f}"}
        for row, sample, other in zip(rows, measured.samples.pictures[rows], real, strict=True)
    ]


def _heat(result: dict[str, Any]) -> str:
    import matplotlib

    heat = np.array(result["agreement"]["both right by hair and eyes"], float)
    counts = [np.array(numbers) for numbers in (result["agreement"]["counts"], result["training_counts"])]
    figure = _figure(10, 6.4)
    axes = figure.subplots()
    colours = matplotlib.colormaps["Oranges_r"].with_extremes(bad="#eef0f4")
    shown = axes.imshow(heat, vmin=0.5, vmax=1, cmap=colours, aspect="auto")
    for i, j in np.ndindex(heat.shape):
        share = f"{heat[i, j]:.0%}" if np.isfinite(heat[i, j]) else "–"
        ink = "w" if heat[i, j] < 0.65 else "#1d2330"
        axes.text(j, i - 0.14, share, ha="center", va="center", fontsize=8.5, color=ink)
        small = f"{counts[0][i, j]:,} / {counts[1][i, j]:,}"
        axes.text(j, i + 0.24, small, ha="center", va="center", fontsize=6, color=ink)
    axes.set_xticks(range(len(EYES)), EYES)
    axes.set_yticks(range(len(HAIR)), HAIR)
    axes.set_xlabel("eyes")
    axes.set_ylabel("hair")
    axes.set_title("Both colours right; below: samples / training pictures", fontsize=10)
    figure.colorbar(shown, ax=axes, fraction=0.03, pad=0.02)
    return _drawn(figure)


def _distances(measured: Evaluation) -> str:
    figure = _figure(8, 3)
    axes = figure.subplots()
    groups = [
        (measured.near, "samples", "#3d4fb5"),
        (measured.real_near, "held-out real pictures", "#c9752b"),
    ]
    edges = np.linspace(0, max(float(a.max()) for a, *_ in groups if len(a)), 60)
    for distances, label, colour in groups:
        if len(distances):
            axes.hist(
                distances, edges, density=True, histtype="step", label=label, color=colour, linewidth=1.6
            )
    axes.axvline(measured.result["nearest"]["near_copies_limit"], color="#888", linestyle=":", label="a copy")
    axes.set_xlabel("distance to the nearest training picture (of 255)")
    axes.set_yticks([])
    axes.legend(frameon=False)
    return _drawn(figure)


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure((width, height), dpi=110, layout="constrained")


def _drawn(figure: Any) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return _inline(buffer.getvalue())


def _enlarged(picture: np.ndarray) -> np.ndarray:
    return picture.repeat(2, axis=0).repeat(2, axis=1) if picture.shape[1] < 500 else picture


def _png(picture: np.ndarray) -> str:
    return _inline(encode_png(picture))


def _inline(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _provenance(about: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, told in about.items():
        inner = told.items() if isinstance(told, dict) else [("", told)]
        for part, text in inner:
            shown = ", ".join(map(str, text)) if isinstance(text, list) else str(text)
            found.append((f"{name} {part}".replace("_", " ").strip(), shown))
    return found
