"""An evaluation as one self-contained page: figures, pictures, and what they mean."""

from pathlib import Path

import numpy as np

from workbench.base.documents import Json
from workbench.base.languages import SOURCE
from workbench.data import captions
from workbench.data.faceset import FaceSet
from workbench.data.pictures import grid, labelled_grid
from workbench.measure.comparison import Comparison
from workbench.measure.evaluation import Evaluation, Nearest
from workbench.measure.figures import figure
from workbench.measure.measurements import measurements
from workbench.measure.subjects import MOST_VALUES, Matrix
from workbench.measure.words import between
from workbench.show.pages import inline_picture, template
from workbench.show.pages.words import Say, say_in
from workbench.show.plots import distances, heat, png_data_uri

HERE = Path(__file__).parent
GOAL = 0.93  # per colour; below it a share is marked
FIRST, COLUMNS = 60, 12  # samples shown, and how many in a row
CLOSEST = 16
WRONG = 16
VALUES = "{n} values of {name}"
NOUNS = {"hair": "{n} hair colours", "eyes": "{n} eye colours"}  # of the default set
TONES = {"better": "better", "closer to real": "better", "worse": "worse", "further from real": "worse"}


def page(measured: Evaluation, training: FaceSet | None, language: str = SOURCE) -> str:
    """HTML. training: the data, for the sheet of nearest pictures; None leaves real pictures out."""
    result, say = measured.result, say_in(language)
    return template(HERE / "evaluation.html").render(
        language=language,
        say=say,
        title=say("Evaluation"),
        subtitle=_subtitle(result, say),
        cards=_cards(result, say, language),
        rows=_rows(result, say, language),
        result=result,
        about=result["about"],
        matrix=_matrix(measured.matrix, say),
        first=inline_picture(_enlarged(grid(measured.samples.pictures[:FIRST], COLUMNS))),
        agreement=result["agreement"]["both"] is not None,
        heat=_heat(measured, say),
        per_colour=_per_colour(measured, say, language),
        wrong=_wrong(measured, language),
        copied=_copied(result["nearest"], say),
        distances=png_data_uri(
            distances(measured.near, measured.real_near, result["nearest"]["near_copies_limit"], say)
        ),
        beside=_beside(measured, training, say) if training is not None else None,
        provenance=_provenance(result["about"]),
    )


def comparison_page(comparison: Comparison, language: str = SOURCE) -> str:
    """HTML of what `comparison.compare` found."""
    told = {"": comparison["conditions"]} | {s["name"]: s for s in comparison["subjects"]}
    return template(HERE / "compare.html").render(
        language=language,
        say=say_in(language),
        called=lambda key: figure(key).called(language),
        subjects=comparison["subjects"],
        explanation=comparison["explanation"],
        rows=comparison["figures"],
        tones=TONES,
        provenance=_provenance(told),
    )


def _subtitle(result: Json, say: Say) -> str:
    about = result["about"]
    subject, seen = about["subject"], about["subject"].get("pictures seen")
    trained = say(", trained on {seen} pictures").format(seen=f"{seen:,}") if seen else ""
    return say("{kind} {digest}{trained}, against {sources}").format(
        kind=say(subject["kind"]),
        digest=subject["digest"][:12],
        trained=trained,
        sources=", ".join(about["data"]["sources"]),
    )


def _cards(result: Json, say: Say, language: str) -> list[dict[str, str]]:
    found, cards = measurements(result), []
    if result["fid_ratio"] is not None:
        note = say("the floor of real pictures, {value}").format(value=f"{result['fid_floor']:.3f}")
        cards.append(
            {"name": figure("fid").called(language), "value": f"{result['fid_ratio']:.2f} ×", "note": note}
        )
    for key, missing in (("both", "no held-out pictures"), ("recall", ""), ("coverage", "")):
        if key in found:
            one, reading = figure(key), found[key]
            real = say("real pictures: {value}").format(value=one.show(reading.real))
            note = real if reading.real is not None else missing and say(missing)
            cards.append({"name": one.called(language), "value": one.show(reading.value), "note": note})
    return cards


def _rows(result: Json, say: Say, language: str) -> list[dict[str, str]]:
    """One row a figure that was measured."""
    rows = []
    for key, reading in measurements(result).items():
        one = figure(key)
        rows.append(
            {
                "name": one.called(language), "value": one.show(reading.value), "real": one.show(reading.real),
                "interval": between(one, reading) or "-", "meaning": say(one.meaning),
            }
        )  # fmt: skip
    return rows


def _matrix(found: Matrix | None, say: Say) -> dict[str, str] | None:
    if found is None:
        return None
    (rows, columns), names = ((len(found.rows), len(found.columns)), found.names)
    return {
        "picture": inline_picture(labelled_grid(found.pictures, found.rows, found.columns)),
        "rows": say(NOUNS.get(names[0], VALUES)).format(n=rows, name=names[0]),
        "columns": say(NOUNS.get(names[1], VALUES)).format(n=columns, name=names[1]),
    }


def _heat(measured: Evaluation, say: Say) -> str | None:
    """None where nothing was asked for, or the judge reads one column alone."""
    known = measured.reading.vocabulary
    if (
        measured.result["agreement"]["both"] is None
        or len(known.columns) < 2
        or max(known.sizes[:2]) > MOST_VALUES
    ):
        return None
    return png_data_uri(heat(measured.result, known, say))


def _per_colour(
    measured: Evaluation, say: Say, language: str
) -> list[tuple[str, list[dict[str, str | bool]]]]:
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
                        "colour": captions.colour(colour, language),
                        "right": f"{right:.1%}",
                        "low": right < GOAL,
                        "real": other,
                        "n": f"{drawn[colour]['n']:,}",
                        "training": f"{counts[i]:,}",
                    }
                )
        answer.append((say(kind), rows))
    return answer


def _copied(near: Nearest, say: Say) -> str:
    real = near["real_near_copies"]
    against = say(", held-out real pictures {share}").format(share=f"{real:.2%}") if real is not None else ""
    told = say("Nearer than {limit} counts as a copy: samples {share}{against}.")
    memorised = say("Samples that lie nearer than held-out real pictures do would be memorised.")
    limit, share = f"{near['near_copies_limit']:.0f}", f"{near['near_copies']:.2%}"
    return f"{told.format(limit=limit, share=share, against=against)} {memorised}"


def _wrong(measured: Evaluation, language: str) -> list[dict[str, str]]:
    """The samples that were read otherwise, those first in whose tags the judge believes least."""
    read, y, known = measured.reading.colours(), measured.samples.y, measured.reading.vocabulary
    rows = np.flatnonzero(((read != y) & (y >= 0)).any(1))
    rows = rows[np.argsort(measured.reading.belief(y)[rows], kind="stable")][:WRONG]
    return [
        {
            "picture": inline_picture(measured.samples.pictures[row]),
            "asked": captions.told(y[row].tolist(), known, language),
            "read": captions.told(read[row].tolist(), known, language),
        }
        for row in rows
    ]


def _beside(measured: Evaluation, faces: FaceSet, say: Say) -> list[dict[str, str]]:
    """The samples nearest to training pictures, with these; a mirror is shown as such."""
    rows = np.argsort(measured.near, kind="stable")[:CLOSEST]
    real = faces.pictures(np.flatnonzero(~faces.held_out)[measured.near_rows[rows]])
    turned = measured.mirrored[rows]
    real[turned] = real[turned][:, :, ::-1]
    return [
        {
            "sample": inline_picture(sample),
            "real": inline_picture(other),
            "distance": say("distance {value}").format(value=f"{measured.near[row]:.1f}"),
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
