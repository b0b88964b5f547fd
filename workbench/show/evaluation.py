"""An evaluation as one self-contained page: figures, pictures, and what they mean."""

from pathlib import Path

import numpy as np

from workbench.base.documents import Json
from workbench.data.captions import said
from workbench.data.faceset import FaceSet
from workbench.data.pictures import grid, labelled_grid
from workbench.measure.comparison import Comparison
from workbench.measure.evaluation import Evaluation, Nearest
from workbench.measure.figures import figure
from workbench.measure.measurements import measurements
from workbench.measure.subjects import MOST_VALUES, Matrix
from workbench.measure.words import between
from workbench.show.pages import inline_picture, template
from workbench.show.plots import distances, heat, png_data_uri

HERE = Path(__file__).parent
GOAL = 0.93  # per colour; below it a share is marked
FIRST, COLUMNS = 60, 12  # samples shown, and how many in a row
CLOSEST = 16
WRONG = 16
NOUNS = {"hair": "hair colours", "eyes": "eye colours"}  # of the default set
TONES = {"better": "better", "closer to real": "better", "worse": "worse", "further from real": "worse"}


def page(measured: Evaluation, training: FaceSet | None) -> str:
    """HTML. training: the data, for the sheet of nearest pictures; None leaves real pictures out."""
    result = measured.result
    return template(HERE / "evaluation.html").render(
        title="Evaluation",
        subtitle=_subtitle(result),
        cards=_cards(result),
        rows=_rows(result),
        result=result,
        about=result["about"],
        matrix=_matrix(measured.matrix),
        first=inline_picture(_enlarged(grid(measured.samples.pictures[:FIRST], COLUMNS))),
        agreement=result["agreement"]["both"] is not None,
        heat=_heat(measured),
        per_colour=_per_colour(measured),
        wrong=_wrong(measured),
        copied=_copied(result["nearest"]),
        distances=png_data_uri(
            distances(measured.near, measured.real_near, result["nearest"]["near_copies_limit"])
        ),
        beside=_beside(measured, training) if training is not None else None,
        provenance=_provenance(result["about"]),
    )


def comparison_page(comparison: Comparison) -> str:
    """HTML of what `comparison.compare` found."""
    told = {"": comparison["conditions"]} | {s["name"]: s for s in comparison["subjects"]}
    return template(HERE / "compare.html").render(
        subjects=comparison["subjects"],
        explanation=comparison["explanation"],
        rows=comparison["figures"],
        tones=TONES,
        provenance=_provenance(told),
    )


def _subtitle(result: Json) -> str:
    about = result["about"]
    seen = about["subject"].get("pictures seen")
    trained = f", trained on {seen:,} pictures" if seen else ""
    sources = ", ".join(about["data"]["sources"])
    return f"{about['subject']['kind']} {about['subject']['digest'][:12]}{trained}, against {sources}"


def _cards(result: Json) -> list[dict[str, str]]:
    found, cards = measurements(result), []
    if result["fid_ratio"] is not None:
        note = f"the floor of real pictures, {result['fid_floor']:.3f}"
        cards.append({"name": "Frechet distance", "value": f"{result['fid_ratio']:.2f} ×", "note": note})
    for key, missing in (("both", "no held-out pictures"), ("recall", ""), ("coverage", "")):
        if key in found:
            one, reading = figure(key), found[key]
            note = f"real pictures: {one.show(reading.real)}" if reading.real is not None else missing
            cards.append({"name": one.name, "value": one.show(reading.value), "note": note})
    return cards


def _rows(result: Json) -> list[dict[str, str]]:
    """One row a figure that was measured."""
    rows = []
    for key, reading in measurements(result).items():
        one = figure(key)
        rows.append(
            {
                "name": one.name, "value": one.show(reading.value), "interval": between(one, reading) or "-",
                "real": one.show(reading.real), "meaning": one.meaning,
            }
        )  # fmt: skip
    return rows


def _matrix(found: Matrix | None) -> dict[str, str] | None:
    if found is None:
        return None
    (rows, columns), names = ((len(found.rows), len(found.columns)), found.names)
    return {
        "picture": inline_picture(labelled_grid(found.pictures, found.rows, found.columns)),
        "rows": f"{rows} {NOUNS.get(names[0], f'values of {names[0]}')}",
        "columns": f"{columns} {NOUNS.get(names[1], f'values of {names[1]}')}",
    }


def _heat(measured: Evaluation) -> str | None:
    """None where nothing was asked for, or the judge reads one column alone."""
    known = measured.reading.vocabulary
    if (
        measured.result["agreement"]["both"] is None
        or len(known.columns) < 2
        or max(known.sizes[:2]) > MOST_VALUES
    ):
        return None
    return png_data_uri(heat(measured.result, known))


def _per_colour(measured: Evaluation) -> list[tuple[str, list[dict[str, str | bool]]]]:
    """A table for each column of tags that the judge reads, of the values that were asked for."""
    result, answer = measured.result, []
    for column in measured.reading.vocabulary.columns:
        kind, counts = column.name, measured.seen.over([column])
        drawn, real = (result[name]["per colour"][kind] for name in ("agreement", "agreement_real"))
        rows: list[dict[str, str | bool]] = []
        for i, colour in enumerate(column.values):
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
                        "training": f"{counts[i]:,}",
                    }
                )
        answer.append((kind, rows))
    return answer


def _copied(near: Nearest) -> str:
    real = near["real_near_copies"]
    against = f", held-out real pictures {real:.2%}" if real is not None else ""
    return (
        f"Nearer than {near['near_copies_limit']:.0f} counts as a copy: samples {near['near_copies']:.2%}{against}. "
        "Samples that lie nearer than held-out real pictures do would be memorised."
    )


def _wrong(measured: Evaluation) -> list[dict[str, str]]:
    """The samples that were read otherwise, those first in whose tags the judge believes least."""
    read, y, known = measured.reading.colours(), measured.samples.y, measured.reading.vocabulary
    rows = np.flatnonzero(((read != y) & (y >= 0)).any(1))
    rows = rows[np.argsort(measured.reading.belief(y)[rows], kind="stable")][:WRONG]
    return [
        {
            "picture": inline_picture(measured.samples.pictures[row]),
            "asked": ", ".join(said(y[row].tolist(), known)),
            "read": ", ".join(said(read[row].tolist(), known)),
        }
        for row in rows
    ]


def _beside(measured: Evaluation, faces: FaceSet) -> list[dict[str, str]]:
    """The samples nearest to training pictures, with these; a mirror is shown as such."""
    rows = np.argsort(measured.near, kind="stable")[:CLOSEST]
    real = faces.pictures(np.flatnonzero(~faces.held_out)[measured.near_rows[rows]])
    turned = measured.mirrored[rows]
    real[turned] = real[turned][:, :, ::-1]
    return [
        {
            "sample": inline_picture(sample),
            "real": inline_picture(other),
            "distance": f"distance {measured.near[row]:.1f}",
        }
        for row, sample, other in zip(rows, measured.samples.pictures[rows], real, strict=True)
    ]


def _enlarged(picture: np.ndarray) -> np.ndarray:
    return picture.repeat(2, axis=0).repeat(2, axis=1) if picture.shape[1] < 500 else picture


def _provenance(about: Json) -> list[tuple[str, str]]:
    found = []
    for name, told in about.items():
        inner = told.items() if isinstance(told, dict) else [("", told)]
        for part, text in inner:
            shown = ", ".join(map(str, text)) if isinstance(text, list) else str(text)
            found.append((f"{name} {part}".replace("_", " ").strip(), shown))
    return found
