"""Scores as CSV for spreadsheets, and scores with figures as JSON, which loses nothing."""

import csv
import dataclasses
import io
import json
from collections.abc import Sequence
from typing import Any

from workbench_app.grade.results import Figures
from workbench_app.grade.rows import FIELDS, Score

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such a cell for a formula
History = Sequence[tuple[Score, bool]]


def to_csv(history: History) -> str:
    """Every score in order, corrected and undone ones too, with a last column that tells which count."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([*FIELDS, "counts"])
    for score, counts in history:
        writer.writerow([_cell(value) for value in (*dataclasses.astuple(score), "yes" if counts else "no")])
    return file.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_json(history: History, figures: Figures) -> str:
    """{"figures": ..., "scores": [...]}."""
    scores = [dataclasses.asdict(score) | {"counts": counts} for score, counts in history]
    return json.dumps({"figures": figures, "scores": scores}, ensure_ascii=False, indent=1)
