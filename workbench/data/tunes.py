"""Tunes: bars of a melody (and further tracks) with their chords and the bars before, to train on and to hold out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.base.errors import BadInput
from workbench.data import melodies, midi
from workbench.data.chords import CHORDS, code
from workbench.data.melodies import BARS, PITCHES, STEPS

HELD = 10  # every so many-th tune is held out
MOST = 1_000_000  # bars of an embedded source
SOURCES = "A source is one of: melodies:COUNT[:SEED] (bars made by rule), a folder of MIDI files, a MIDI file"


@dataclass(frozen=True)
class Bars:
    """rolls (N, T, 16, 24) uint8, 1 where a note begins; past: the same of the bar before, empty before a first one.

    chords (N,): indices of `workbench.data.chords.CHORDS`.
    """

    rolls: np.ndarray
    past: np.ndarray
    chords: np.ndarray

    def __len__(self) -> int:
        return len(self.rolls)

    def take(self, rows: np.ndarray) -> "Bars":
        """Some of them."""
        return Bars(self.rolls[rows], self.past[rows], self.chords[rows])

    def conditions(self) -> np.ndarray:
        """(N, 1 + 16 T, 24) uint8, what a bar is drawn from: the chord's code in the first row, the past bar below."""
        return conditions(self.chords, self.past)


def conditions(chords: np.ndarray, past: np.ndarray) -> np.ndarray:
    """Chords (N,) and past bars (N, T, 16, 24) as one array; see `Bars.conditions`."""
    head = np.zeros((len(chords), 1, PITCHES), np.uint8)
    head[:, 0, : code(chords).shape[1]] = code(chords)
    return np.concatenate([head, past.reshape(len(past), -1, PITCHES)], 1)


class TuneSet:
    """All sources' tunes; a tune stands on one side of the held-out split as a whole."""

    def __init__(self, parts: Sequence[tuple[str, list[tuple[np.ndarray, np.ndarray]]]], tracks: int) -> None:
        """parts: a source's name, and its tunes as (bars, T, 16, 24) and chords (bars,)."""
        self.tracks = tracks
        self._sources = [
            {"name": name, "tunes": len(own), "bars": sum(len(c) for _, c in own)} for name, own in parts
        ]
        tunes = [tune for _, own in parts for tune in own]
        self.rolls = np.concatenate([rolls for rolls, _ in tunes])
        self.chords = np.concatenate([chords for _, chords in tunes]).astype(np.int64)
        self.past = np.concatenate(
            [np.concatenate([np.zeros_like(rolls[:1]), rolls[:-1]]) for rolls, _ in tunes]
        )
        lengths = [len(chords) for _, chords in tunes]
        self.held_out = np.repeat(np.arange(len(tunes)) % HELD == HELD - 1, lengths)

    @classmethod
    def open(cls, sources: Sequence[str], tracks: int) -> "TuneSet":
        """Joins sources. Raises BadInput with the source, or the file, that is at fault."""
        found = cls([(origin(source), _tunes(source, tracks)) for source in sources], tracks)
        if found.held_out.sum() < 2:
            raise BadInput(f"{', '.join(sources)}: fewer than {HELD} tunes; none could be held out")
        return found

    def part(self, held: bool) -> Bars:
        """The training bars, or those held out."""
        return Bars(self.rolls, self.past, self.chords).take(np.flatnonzero(self.held_out == held))

    def known(self) -> list[str]:
        """Names of the chords that training has."""
        return [CHORDS[n] for n in np.unique(self.part(held=False).chords)]

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of all bars, chords and parts."""
        digest = hashlib.sha256()
        for array in (self.rolls, self.chords, self.held_out):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]

    def describe(self) -> dict:
        """What environment.json says about the data; plain JSON values."""
        return {
            "hash": self.hash, "bars": len(self.chords), "held_out": int(self.held_out.sum()), "tracks": self.tracks,
            "sources": self._sources,
        }  # fmt: skip


def origin(source: str) -> str:
    """A source by its absolute path, `melodies:COUNT` as it is. Raises BadInput for an unknown one."""
    if source.startswith("melodies:"):
        _count(source)
        return source
    path = Path(source).expanduser()
    if not path.exists():
        raise BadInput(f"{source}: there is no such folder or file. {SOURCES}")
    return str(path.absolute())


def _count(source: str) -> tuple[int, int]:
    """Bars and seed of `melodies:COUNT[:SEED]`."""
    numbers = source.split(":")[1:]
    if len(numbers) not in (1, 2) or not all(n.isascii() and n.isdigit() for n in numbers):
        raise BadInput(f"{source}: melodies:COUNT[:SEED] takes one or two whole numbers. {SOURCES}")
    count, seed = int(numbers[0]), int(numbers[1]) if len(numbers) == 2 else 0
    if not HELD * BARS <= count <= MOST:
        raise BadInput(f"{source}: from {HELD * BARS} to {MOST} bars")
    return count, seed


def _tunes(source: str, tracks: int) -> list[tuple[np.ndarray, np.ndarray]]:
    if source.startswith("melodies:"):
        count, seed = _count(source)
        rolls, chords = melodies.tunes(count // BARS, seed)
        return list(zip(rolls[:, :, :tracks], chords, strict=True))
    if tracks > 1:
        raise BadInput(f"{source}: MIDI files give a melody only; several tracks come from melodies:COUNT")
    path = Path(source)
    files = (
        [path]
        if path.is_file()
        else sorted(p for p in path.rglob("*") if p.suffix.lower() in (".mid", ".midi"))
    )
    if not files:
        raise BadInput(f"{source}: there are no MIDI files (.mid, .midi) in it. {SOURCES}")
    tunes, why = [], []
    for file in files:
        try:
            rolls, chords = midi.read(file)
        except BadInput as error:
            why.append(str(error))
            continue
        tunes.append((rolls.reshape(len(rolls), 1, STEPS, PITCHES), chords))
    if not tunes:
        raise BadInput(f"{source}: no file of {len(files)} can be read; the first: {why[0]}")
    return tunes
