"""The folder of runs: which runs and arenas lie in it. Names come from its listing alone, so none leads out of it."""

import contextlib
import os
import re
from pathlib import Path

from workbench.arena.folder import SHOWN
from workbench.arena.folder import Folder as Arena
from workbench.base.errors import BadInput
from workbench.train.run import Run
from workbench_app.runs.names import ARENA, RUN, holding

LOGS = ("config.json", "environment.json", "ticks.jsonl", "metrics.jsonl", "findings.jsonl", "changes.jsonl")
PARTS = ("samples", "checkpoints", ".lock")
WATCHED = {*LOGS, *PARTS}


def told(error: Exception | str) -> str:
    """An error in one line, without the folders of this machine."""
    said = f"there is no {error} where it is needed" if isinstance(error, KeyError) else str(error)
    return re.sub(r"(?<![\w.])/(?:[^\s:/]+/)+", "", " ".join(said.split()))[:300]


class Unknown(BadInput):
    """There is no run or arena of that name here."""


class RunsFolder:
    """What `--runs` names."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def shown(self) -> str:
        """The folder as it was given where that tells nothing of the machine, else its name."""
        return self.path.name if self.path.is_absolute() else self.path.as_posix()

    def runs(self) -> list[str]:
        """Names of the run folders in it, sorted."""
        return holding(self.path, RUN)

    def arenas(self) -> list[str]:
        """Names of the arenas' folders in it, sorted."""
        return holding(self.path, ARENA)

    def run(self, name: str) -> Run:
        """A run by its name, or an arena's by ARENA/ENTRY. Raises Unknown, also where links lead out of the folder."""
        arena, _, entry = name.rpartition("/")
        if arena and arena not in self.arenas():
            raise Unknown(f"there is no run '{name[:60]}'")
        place = self.path / arena if arena else self.path
        if entry not in holding(place, RUN):
            raise Unknown(f"there is no run '{name[:60]}'")
        return self.checked(Run(place / entry))

    def checked(self, run: Run) -> Run:
        """The run itself. Raises Unknown where one of its parts is a link that leads out of this folder."""
        for part in (*LOGS, *PARTS):
            self.inside(run.path / part)
        return run

    def stamps(self, name: str) -> dict[str, tuple[int, int, int]]:
        """When each part of a run was written, its size and number: one look at the folder. Raises as `checked` does.

        name: as `runs` gives it.
        """
        found = {}
        with os.scandir(self.path / name) as parts:
            for part in parts:
                if part.name in WATCHED:
                    if part.is_symlink():
                        self.inside(Path(part.path))
                    with contextlib.suppress(FileNotFoundError):  # a link to nothing
                        stat = part.stat()
                        found[part.name] = stat.st_mtime_ns, stat.st_size, stat.st_ino
        return found

    def arena(self, name: str) -> Arena:
        """An arena by its name. Raises Unknown for another name, BadInput where its arena.json is damaged."""
        if name not in self.arenas():
            raise Unknown(f"there is no arena '{name[:60]}'")
        self.inside(self.path / name / "arena.json")
        arena = Arena.open(self.path / name)
        for entry in arena.entries:
            if "/" in entry.folder:
                raise Unknown("an entry leads out of its arena")
            self.checked(arena.run(entry))
            for share in SHOWN:
                self.inside(arena.pictures(entry, share))
        return arena

    def inside(self, path: Path) -> Path:
        """The path itself. Raises Unknown where links lead it out of this folder."""
        if path.is_symlink() or path.parent.is_symlink():
            root = os.path.realpath(self.path)
            if os.path.commonpath([root, os.path.realpath(path)]) != root:
                raise Unknown(f"'{path.name[:60]}' leads out of the folder of runs")
        return path
