"""A run folder: the only interface between training and everybody else.

config.json        everything that was decided
environment.json   versions, machine, threads, data description
ticks.jsonl        one line a tick: seen, scalars, pictures a second, seconds
metrics.jsonl      one line an evaluation
findings.jsonl     what the doctor found, once each
changes.jsonl      what of the config was changed on resuming, and after how many pictures
*.jsonl.damaged    lines of a log that something else has damaged (see `workbench.train.logs`)
samples/000120.png the same latents and tags at snapshots and after epochs, by thousands of pictures seen
checkpoints/       state-00120000.pt (the last few, and the best one's); averaged generators: best.safetensors
                   (by the rule in `train.decisions`; the newest until there is an evaluation), latest.safetensors
"""

import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

from workbench.base import weights
from workbench.base.checkpoint import load_state, save_state, write_atomically
from workbench.base.documents import Json
from workbench.base.errors import BadInput, DiskError
from workbench.base.files import TEMPORARY, held, hold
from workbench.base.processes import sign
from workbench.data.tags import Vocabulary
from workbench.gan.config import Config
from workbench.train import logs
from workbench.train.doctor import whole_record
from workbench.train.finding import Finding, advised
from workbench.train.log_tail import LogPart, read_part
from workbench.train.states import RunState

Lines = list[Json]  # of a log; `workbench.train.logs` says what each must hold
GRID = re.compile(r"[0-9]{6,}\.png")
STATE = re.compile(r"state-[0-9]{8,}\.pt")


class Run:
    """One folder under runs/; made by `Run.create`, read by `Run.open`."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._lock: Any = None

    @classmethod
    def create(cls, path: str | Path, config: Config) -> "Run":
        """A new folder. Raises BadInput when a run is there already, DiskError when it cannot be written."""
        cls.refuse_existing(path)
        run = cls(Path(path))
        try:
            for folder in (run.samples, run.checkpoints):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(f"{path}: the run folder cannot be made: {error.strerror}") from None
        run.write_config(config)
        return run

    def write_config(self, config: Config) -> None:
        """What the run is, and goes on with."""
        write_atomically(self.path / "config.json", config.dumps().encode())

    @staticmethod
    def refuse_existing(path: str | Path) -> None:
        """Raises BadInput when there is a run at `path` already."""
        if (Path(path) / "config.json").exists():
            raise BadInput(
                f"{path}: there is a run already; go on with --resume {path}, or take another --out"
            )

    @classmethod
    def open(cls, path: str | Path) -> "Run":
        """An existing folder."""
        if not (Path(path) / "config.json").is_file():
            raise BadInput(f"{path}: not a run folder (it has no config.json)")
        return cls(Path(path))

    @property
    def name(self) -> str:
        return self.path.resolve().name

    @property
    def samples(self) -> Path:
        return self.path / "samples"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The averaged generator to draw with: the best evaluated one, or the newest where none was evaluated."""
        return self.checkpoints / "best.safetensors"

    @property
    def latest(self) -> Path:
        """The newest averaged generator."""
        return self.checkpoints / "latest.safetensors"

    def vocabulary(self) -> Vocabulary:
        """The groups of tags of its data, as its newest generator carries them; the default set where there is none."""
        return Vocabulary.of(weights.about(self.latest))

    def config(self) -> Config:
        """The run's config."""
        return Config.read(self.path / "config.json")

    def lock(self) -> None:
        """Keep a second process from training into the same folder; held until `unlock`, or this process's end."""
        self._lock = hold(self.path)
        if self._lock is None:
            raise BadInput(f"{self.path}: another process trains into this folder")
        sign(self._lock)

    def unlock(self) -> None:
        """Let others train into this folder; nothing where it was not locked."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def sweep(self) -> None:
        """Remove temporary files that a killed process left."""
        for folder in (self.path, self.samples, self.checkpoints):
            for leftover in folder.glob(TEMPORARY):
                leftover.unlink(missing_ok=True)

    def read_json(self, name: str) -> Json:
        """One JSON document of the folder; empty where it is missing or damaged."""
        try:
            found = json.loads((self.path / name).read_text())
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_json(self, name: str, data: Any) -> None:
        """One JSON document of the folder."""
        write_atomically(self.path / name, json.dumps(data, indent=1).encode())

    def append(self, name: str, line: Mapping[str, object]) -> None:
        """One line to ticks.jsonl, metrics.jsonl or findings.jsonl, on disk when this returns."""
        path = self.path / name
        data = json.dumps(line).encode() + b"\n"
        try:
            with path.open("ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DiskError(f"{path}: could not write {len(data):,} bytes: {error.strerror}") from None

    def lines(self, name: str = "ticks.jsonl") -> Lines:
        """All good lines; one cut short by a kill, and damaged ones (see `damaged`), are left out."""
        return logs.read(self.path / name)[0]

    def lines_after(self, offset: int = 0, name: str = "ticks.jsonl") -> LogPart:
        """The good lines from a byte on, at most about 1 MB of them; from -N on: those in the last N bytes.

        For those who watch a run: damaged lines are counted, too.
        """
        return read_part(self.path / name, offset)

    @property
    def training(self) -> bool:
        """Whether a process trains into the folder now."""
        return held(self.path)

    def damaged(self) -> list[str]:
        """A sentence for each damaged line of the logs."""
        paths = [self.path / name for name in logs.CHECKS]
        return [sentence for path in paths for sentence in logs.told(path, logs.read(path)[1])]

    def recorded(self) -> list[Finding]:
        """What the doctor told while the run trained."""
        return [Finding.of_line(line) for line in self.lines("findings.jsonl")]

    def findings(self, ticks: Lines | None = None, metrics: Lines | None = None) -> list[Finding]:
        """What was told while the run trained, and what its logs show now, with what its config lets one try.

        ticks, metrics: these lines, where they have been read already.
        """
        ticks = self.lines() if ticks is None else ticks
        metrics = self.lines("metrics.jsonl") if metrics is None else metrics
        found = whole_record(ticks, metrics, self.recorded())
        try:
            config = self.config()
        except BadInput:  # of a version that knew other components; what was seen can be told all the same
            return found
        fresh = [one for one in found if not one.recorded[0]]
        return [one for one in found if one.recorded[0]] + advised(fresh, config)

    def grids(self) -> list[tuple[int, Path]]:
        """(pictures seen, file) of every grid in samples/, in the order of training; other pictures there are none."""
        found = [path for path in self.samples.glob("*.png") if GRID.fullmatch(path.name) and path.is_file()]
        return sorted((int(path.stem) * 1000, path) for path in found)

    def rewind(self, state: RunState) -> list[str]:
        """Forget what was logged after this state; a resumed run writes it again.

        Where a stop cut the state's evaluation short, that evaluation belongs to what comes after. Damaged lines are
        put aside; a sentence for each.
        """
        seen = state["seen"] - bool(state.get("pending"))
        told = []
        for name in ("ticks.jsonl", "metrics.jsonl", "findings.jsonl"):
            path = self.path / name
            lines, bad = logs.read(path)
            if bad:
                try:
                    told += logs.kept_aside(path, bad)
                except OSError as error:
                    raise DiskError(f"{path}: damaged lines cannot be kept aside: {error.strerror}") from None
            kept = [line for line in lines if line["seen"] <= seen and "partial" not in line]
            if path.exists():
                text = "".join(json.dumps(line) + "\n" for line in kept)
                write_atomically(path, text.encode())
        for after, path in self.grids():
            if after > seen:
                path.unlink()
        return told

    def states(self) -> list[Path]:
        """Saved states, newest first; copies under other names are none."""
        found = [
            path
            for path in self.checkpoints.glob("state-*.pt")
            if STATE.fullmatch(path.name) and path.is_file()
        ]
        return sorted(found, key=lambda path: (len(path.name), path.name), reverse=True)

    def state_path(self, seen: int) -> Path:
        """Where the state after so many pictures lies."""
        return self.checkpoints / f"state-{seen:08d}.pt"

    def save_state(self, state: RunState, keep: int, also: Collection[int] = ()) -> Path:
        """Write state-(seen).pt, then remove all but the newest `keep` and those after `also` pictures."""
        path = self.state_path(state["seen"])
        save_state(path, state)
        kept = {self.state_path(seen) for seen in also}
        for old in self.states()[keep:]:
            if old not in kept:
                old.unlink()
        return path

    def load_state(self) -> tuple[RunState, list[str]]:
        """The newest state that is whole, and a sentence for each damaged one that was passed over.

        Raises BadInput when there is none; a run never starts anew by itself.
        """
        passed = []
        for path in self.states():
            try:
                state = cast(RunState, load_state(path))
            except BadInput as error:  # one flipped bit can also look like another format
                passed.append(f"{error}; the state before it is used")
                continue
            if self.state_path(state["seen"]) == path:
                return state, passed
            passed.append(
                f"{path}: holds the state after {state['seen']:,} pictures; the state before it is used"
            )
        raise BadInput("\n".join([*passed, f"{self.path}: no whole state to resume from"]))
