"""How the runs of a folder stand, from their files alone; the page of runs says the same of more."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from workbench.arena.entries import shortened
from workbench.arena.folder import Folder
from workbench.base.documents import Json
from workbench.base.errors import WorkbenchError
from workbench.measure.measurements import measurements
from workbench.show.report import facts
from workbench.train.run import Run

TAIL = 1 << 15  # bytes at the end of ticks.jsonl


@dataclass(frozen=True)
class Standing:
    """One run. name: its path in the folder; label: the same in short, entries of an arena by what tells them apart.

    state: training, stopped or ended. best: the evaluation that the one rule prefers.
    """

    run: Run
    name: str
    label: str
    preset: str
    state: str
    kimg: float
    planned: float
    speed: float | None
    best: Json

    def row(self) -> Json:
        """Plain values for a table."""
        found = measurements(self.best) if self.best else {}
        figures = {key: found[key].value if key in found else None for key in ("fid", "both", "diversity")}
        head = {"run": self.label, "preset": self.preset, "state": self.state, "kimg": self.kimg}
        return head | {"of": self.planned, "pictures/s": self.speed} | figures


def listed(folder: str | Path) -> list[Standing]:
    """Every run that can be read, those of arenas as ARENA/ENTRY; sorted by name."""
    place = Path(folder)
    found = sorted([*place.glob("*/config.json"), *place.glob("*/*/config.json")])
    standing, labels = [], _labels(place)
    for path in found:
        name = path.parent.relative_to(place).as_posix()
        try:
            standing.append(of(Run(path.parent), name, labels.get(name, name)))
        except (WorkbenchError, OSError, KeyError, TypeError):  # damaged, or gone again
            continue
    return standing


def _labels(place: Path) -> dict[str, str]:
    """{ARENA/ENTRY: ARENA: what tells the entry from the others}."""
    found = {}
    for path in place.glob("*/arena.json"):
        with contextlib.suppress(WorkbenchError):
            entries = Folder.open(path.parent).entries
            short, seeds = shortened(entries), len({entry.seed for entry in entries}) > 1
            for entry in entries:
                seed = f", seed {entry.seed}" if seeds else ""
                found[f"{path.parent.name}/{entry.folder}"] = f"{path.parent.name}: {short[entry.text]}{seed}"
    return found


def of(run: Run, name: str, label: str) -> Standing:
    """One run. Raises WorkbenchError where its config cannot be read."""
    config = run.config()
    ticks = run.lines_after(-TAIL).lines
    last = ticks[-1] if ticks else {"seen": 0}
    training = run.training
    over = last["seen"] >= config.kimg * 1000
    state = "training" if training else "ended" if over else "stopped"
    best = facts.best_of(run.lines("metrics.jsonl"))
    preset, _ = facts.preset_of(run, config)
    speed = last.get("speed/pictures-per-second")
    return Standing(run, name, label, preset, state, last["seen"] / 1000, config.kimg, speed, best or {})
