"""Results as pandas frames, for whoever has pandas (the app brings it; else `pip install pandas`)."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.arena.folder import Folder
from workbench.arena.results import table
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.lab.standing import listed
from workbench.measure.comparison import compare, read_result
from workbench.train.run import Run

if TYPE_CHECKING:
    import pandas as pd


def frame(rows: list[Json], index: str | None = None) -> "pd.DataFrame":
    """Rows as they are. Raises BadInput without pandas."""
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise BadInput("pandas is not installed; pip install pandas (or: pip install -e '.[app]')") from None
    made = pd.DataFrame(rows)
    return made.set_index(index) if index and rows else made


def runs(folder: str | Path) -> "pd.DataFrame":
    """One row a run of the folder: preset, state, kimg, speed, best figures, the doctor's words."""
    return frame([one.row() for one in listed(folder)], "run")


def ticks(run: str | Path) -> "pd.DataFrame":
    """Every line of ticks.jsonl by pictures seen."""
    return frame(Run.open(run).lines(), "seen")


def evaluations(run: str | Path) -> "pd.DataFrame":
    """Every evaluation on the way, by pictures seen; what is nested under dotted names."""
    return frame([_flat(line) for line in Run.open(run).lines("metrics.jsonl")], "seen")


def arena(folder: str | Path) -> "pd.DataFrame":
    """One row an entry, best first, as `workbench.arena.results.table` says."""
    return frame(table(Folder.open(folder)), "entry")


def compared(**results: str | Path | Json) -> "pd.DataFrame":
    """Finished evaluations side by side: compared(first="a.json", second=workbench.evaluate(...).result).

    One row a figure: what real pictures reach; of each result its value and interval; of all but the first what the
    difference to it is worth. Raises BadInput for results that must not be compared.
    """
    found = compare([_result(one) for one in results.values()], list(results))
    rows = []
    for figure in found["figures"]:
        row: Json = {"figure": figure["name"], "real": figure["shown real"]}
        for name, cell in zip(results, figure["cells"], strict=True):
            row |= {name: cell["shown"], f"{name}, 95%": cell["shown interval"]}
            if "said" in cell:
                row[f"{name} against {next(iter(results))}"] = cell["said"]
        rows.append(row)
    return frame(rows, "figure")


def _result(given: str | Path | Json) -> Json:
    return given if isinstance(given, dict) else read_result(Path(given))


def _flat(line: Json) -> Json:
    flat: Json = {}
    for name, value in line.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    return flat
