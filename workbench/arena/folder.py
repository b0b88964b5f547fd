"""An arena's folder: what was asked for, a run folder an entry, and what was measured.

arena.json               data, minutes, cores, samples, and every entry that was ever asked for
ENTRY-seedN/             its run folder (see `workbench.train.run`)
ENTRY-seedN/metrics.jsonl  as in every run; here a line a share of the budget
ENTRY-seedN/at-030.jpg   the pictures of `asked` at 30% of the budget
ENTRY-seedN.log          what its training said
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from workbench.arena.entries import Entry, told_apart
from workbench.base import noise
from workbench.base.checkpoint import write_atomically
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.files import hold
from workbench.base.processes import sign
from workbench.data.tags import VOCABULARY, Vocabulary, fields_of
from workbench.draw.recipe import Recipe
from workbench.train.run import Run

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)  # of the budget, at which an entry is measured
SHOWN = (0.1, 0.3, 1.0)  # and whose pictures stand side by side
POINTS = "metrics.jsonl"
COLUMNS = 5


def asked(vocabulary: Vocabulary = VOCABULARY) -> list[Recipe]:
    """What every entry draws: other latents and tags each; the values of every group by turns.

    Of the default set every hair colour, and every eye colour that both courses' sets have.
    """
    if vocabulary == VOCABULARY:
        return [Recipe(id=str(n + 1), hair=n % 12, eyes=1 + (5 * n + 8) % 10) for n in range(4 * COLUMNS)]
    count, sizes = 4 * COLUMNS, vocabulary.sizes
    tags = np.stack(
        [noise.generator("arena", place).permutation(np.arange(count) % n) for place, n in enumerate(sizes)],
        1,
    )
    return [Recipe(id=str(n + 1), **fields_of(row, vocabulary)) for n, row in enumerate(tags.tolist())]


@dataclass(frozen=True)
class Terms:
    """What all entries share. minutes: on `cores` cores, so many core minutes of processor time each; or, where kimg is
    given, so many thousands of real pictures, and minutes is 0."""

    data: tuple[str, ...]
    minutes: float
    cores: int
    samples: int
    kimg: float = 0.0
    looks: int = len(SHARES)

    @property
    def shares(self) -> tuple[float, ...]:
        """Parts of the budget after which an entry is measured: all of SHARES, or the last `looks` of SHOWN."""
        return SHARES if self.looks > len(SHOWN) else SHOWN[-self.looks :]

    @property
    def length(self) -> tuple[float, str]:
        """How long an entry trains, and in which unit."""
        return (self.kimg, "kimg") if self.kimg else (self.minutes, "min")

    @property
    def budget(self) -> float:
        """Processor minutes an entry, of all its threads together."""
        return self.minutes * self.cores


class Folder:
    """One arena on disk."""

    def __init__(self, path: Path, terms: Terms, entries: list[Entry]) -> None:
        self.path, self.terms, self.entries = path, terms, entries

    @classmethod
    def open(cls, path: str | Path) -> "Folder":
        """An arena that was begun. Raises BadInput where there is none."""
        path = Path(path)
        try:
            told = json.loads((path / "arena.json").read_text())
            terms = Terms(**(told["terms"] | {"data": tuple(told["terms"]["data"])}))
            return cls(path, terms, [Entry(**entry) for entry in told["entries"]])
        except FileNotFoundError:
            raise BadInput(f"{path}: not an arena's folder (it has no arena.json)") from None
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path / 'arena.json'}: damaged ({error})") from None

    @classmethod
    def begin(cls, path: str | Path, terms: Terms, entries: list[Entry]) -> "Folder":
        """A new arena, or an old one with more entries. Raises BadInput where the old one has other terms."""
        path = Path(path)
        known: list[Entry] = []
        if (path / "arena.json").exists():
            old = cls.open(path)
            known = old.entries
            for field in dataclasses.fields(Terms):
                was, now = getattr(old.terms, field.name), getattr(terms, field.name)
                if was != now and not (field.name == "data" and old.holds(terms.data)):
                    raise BadInput(
                        f"{path}: this arena has {field.name} {_shown(was)}, now {_shown(now)} is asked for; the "
                        "figures would not compare: take the same, or another --out"
                    )
        entries = list(dict.fromkeys([*known, *entries]))
        told_apart(entries)
        path.mkdir(parents=True, exist_ok=True)
        told = {"terms": dataclasses.asdict(terms), "entries": [dataclasses.asdict(e) for e in entries]}
        write_atomically(path / "arena.json", (json.dumps(told, indent=1) + "\n").encode())
        return cls(path, terms, entries)

    def holds(self, data: tuple[str, ...]) -> bool:
        """Whether these sources hold what the entries were trained on so far, in another place than the arena says."""
        from workbench.data.faceset import FaceSet

        known = [self.run(entry).read_json("environment.json") for entry in self.entries]
        trained = [about for about in known if "data_hash" in about]
        if not trained:
            return False
        about = trained[0]
        faces = FaceSet.open(data, size=about["data"]["size"], progress=False)
        return all(other["data_hash"] == faces.hash for other in trained)

    def lock(self) -> IO[str]:
        """Keeps a second process from holding this arena; until it is closed, or this process's end."""
        lock = hold(self.path)
        if lock is None:
            raise BadInput(f"{self.path}: another process holds this arena")
        sign(lock)
        return lock

    def run(self, entry: Entry) -> Run:
        """The entry's run folder, which need not be there yet."""
        return Run(self.path / entry.folder)

    def points(self, entry: Entry) -> list[Json]:
        """What was measured of the entry, by rising share; the last line of a share counts."""
        by_share = {line["share"]: line for line in self.run(entry).lines(POINTS) if "share" in line}
        return [by_share[share] for share in sorted(by_share)]

    def reached(self, entry: Entry) -> float:
        """The share of the budget that is behind the entry; all of it where it diverged."""
        points = self.points(entry)
        if any("diverged" in point for point in points):
            return 1.0
        return points[-1]["share"] if points else 0.0

    def vocabulary(self) -> Vocabulary:
        """The data's groups of tags, as the entries' generators carry them; the default set before there is one."""
        begun = [run for entry in self.entries if (run := self.run(entry)).latest.is_file()]
        return begun[0].vocabulary() if begun else VOCABULARY

    def pictures(self, entry: Entry, share: float) -> Path:
        """Where the pictures at this share of the budget are kept."""
        return self.run(entry).path / f"at-{round(share * 100):03d}.jpg"

    def log(self, entry: Entry) -> Path:
        """What its training printed."""
        return self.path / f"{entry.folder}.log"


def _shown(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"
