"""Several evaluations side by side, and which of their differences are more than noise."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.measure.figures import FIGURES, Figure, figure
from workbench.measure.measurements import Measurements, measurements
from workbench.measure.words import between, difference

Result = Json  # what `workbench evaluate --json` writes: see `evaluation.evaluate`
NEEDED = ("n", "fid", "agreement", "agreement_real", "real", "errors", "intervals", "about")
EXPLANATION = (
    "Each is compared with the first. The squared jackknife errors of the two add up to that of the difference; what "
    "lies within its 95% interval (t distribution) is called noise. One such verdict in twenty errs by chance."
)

Cell = TypedDict(
    "Cell",
    {
        "value": float | None,
        "interval": list[float] | None,
        "shown": str,
        "shown interval": str,
        "difference": NotRequired[float | None],  # to the first result, which itself has none of these four
        "reach": NotRequired[float | None],
        "verdict": NotRequired[str],
        "said": NotRequired[str],
    },
)
Row = TypedDict(
    "Row",
    {"key": str, "name": str, "meaning": str, "real": float | None, "shown real": str, "cells": list[Cell]},
)


class Comparison(TypedDict):
    """Several results; a row a figure, a cell a result."""

    subjects: list[Json]
    conditions: Json
    explanation: str
    figures: list[Row]


def read_result(path: Path) -> Result:
    """What `workbench evaluate --json` wrote. Raises BadInput for anything else."""
    try:
        result: Any = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{path}: not JSON ({error})") from None
    found = cast(Result, result) if isinstance(result, dict) else {}
    missing = [key for key in NEEDED if key not in found]
    if missing:
        raise BadInput(f"{path}: not written by `workbench evaluate --json` (it has no '{missing[0]}')")
    return found


def refuse_unlike(results: Sequence[Result], names: Sequence[str]) -> None:
    """Raises BadInput, which says what differs, where figures must not be compared.

    A Frechet distance falls with N, and every figure depends on the judge, the data, the split and the space.
    """
    first = _conditions(results[0])
    for name, result in zip(names[1:], results[1:], strict=True):
        for what, told in _conditions(result).items():
            if told != first[what]:
                raise BadInput(
                    f"{name}: measured with another {what} ({told}) than {names[0]} ({first[what]})"
                )


def _conditions(result: Result) -> Json:
    """Everything that has to agree, by what it is called."""
    about = result["about"]
    return {
        "N": result["n"],
        "number of real pictures": about["reference_n"],
        "judge": about["judge"]["digest"],
        "feature space": about["feature_space"],
        "data set": about["data"]["hash"],
        "split": about["data"]["split"],
        "size of pictures": about["data"]["size"],
        "k": about["k"],
    }


def compare(results: Sequence[Result], names: Sequence[str]) -> Comparison:
    """Plain JSON values: one entry a figure that any of the results has.

    Raises BadInput for fewer than two results, or such as must not be compared.
    """
    if len(results) < 2:
        raise BadInput("a comparison needs two evaluations at least")
    refuse_unlike(results, names)
    found = [measurements(result) for result in results]
    keys = dict.fromkeys([*FIGURES, *(key for one in found for key in one)])
    blocks = [int(result["about"]["blocks"]) for result in results]
    return {
        "subjects": [{"name": n, **r["about"]["subject"]} for n, r in zip(names, results, strict=True)],
        "conditions": _conditions(results[0]),
        "explanation": EXPLANATION,
        "figures": [_row(figure(key), found, blocks) for key in keys if any(key in one for one in found)],
    }


def _row(figure: Figure, found: Sequence[Measurements], blocks: Sequence[int]) -> Row:
    cells: list[Cell] = []
    first = found[0].get(figure.key)
    for number, each in enumerate(found):
        reading = each.get(figure.key)
        value = reading.value if reading else None
        cell: Cell = {
            "value": value, "interval": list(reading.interval) if reading and reading.interval else None,
            "shown": figure.show(value), "shown interval": between(figure, reading),
        }  # fmt: skip
        if number:
            differs = difference(first, reading, (blocks[0], blocks[number]), figure)
            cell["difference"], cell["reach"] = differs.by, differs.reach
            cell["verdict"], cell["said"] = differs.verdict, differs.text(figure)
        cells.append(cell)
    real = next((each[figure.key].real for each in found if figure.key in each), None)
    return {
        "key": figure.key, "name": figure.name, "meaning": figure.meaning, "real": real,
        "shown real": figure.show(real), "cells": cells,
    }  # fmt: skip


def table(comparison: Comparison) -> list[str]:
    """Lines for a terminal."""
    names = [subject["name"] for subject in comparison["subjects"]]
    lines = [f"N = {comparison['conditions']['N']:,}; {comparison['conditions']['feature space']}"]
    for row in comparison["figures"]:
        lines.append(f"{row['name']} (real {row['shown real']})")
        for name, cell in zip(names, row["cells"], strict=True):
            interval = f" ({cell['shown interval']})" if cell["shown interval"] else ""
            said = f"  {cell['said']}" if "said" in cell else ""
            lines.append(f"  {name}: {cell['shown']}{interval}{said}")
    return [*lines, comparison["explanation"]]
