"""Sets of drawn clips to train on and to hold out; drawn once and kept with the other caches."""

import hashlib
import io
import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from workbench.base.checkpoint import write_atomically
from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.base.places import chosen_folder, home_folder
from workbench.data import clips
from workbench.data.motions import KINDS
from workbench.data.workers import Workers

HELD = 10  # every so many-th clip is held out
FEWEST, MOST = 40, 100_000
AT_ONCE = 100  # clips that a process draws at a time
SOURCES = "A source is clips:COUNT[:SEED] (drawn faces that blink, turn, wave and speak)"


@dataclass(frozen=True)
class Clips:
    """frames (N, T, S, S, 3) uint8; truth (N, T, 3) int64: kind, hair and eyes of every frame, -1 for closed eyes."""

    frames: np.ndarray
    truth: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def kinds(self) -> np.ndarray:
        """(N,) indices of `workbench.data.motions.KINDS`."""
        return self.truth[:, 0, 0]

    def take(self, rows: np.ndarray) -> "Clips":
        """Some of them."""
        return Clips(self.frames[rows], self.truth[rows])


class ClipSet:
    """All sources' clips; every tenth is held out."""

    def __init__(self, sources: Sequence[str], size: int, frames: int, progress: bool = False) -> None:
        """Raises BadInput for an unknown source."""
        self.sources = tuple(map(origin, sources))
        parts = [_drawn(*_count(source), size, frames, progress) for source in self.sources]
        self.clips = Clips(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
        # four kinds come in turn, so that a held-out clip's place must not be one of theirs
        number = np.arange(len(self.clips)) // len(KINDS)
        self.held_out = number % HELD == HELD - 1

    def part(self, held: bool) -> Clips:
        """The training clips, or those held out; both have equal numbers of each kind."""
        return self.clips.take(np.flatnonzero(self.held_out == held))

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of all frames and kinds."""
        digest = hashlib.sha256(np.ascontiguousarray(self.clips.frames).data)
        digest.update(self.clips.truth.tobytes())
        return digest.hexdigest()[:16]

    def describe(self) -> dict:
        """What environment.json says about the data; plain JSON values."""
        count, frames, size = self.clips.frames.shape[:3]
        return {
            "hash": self.hash, "clips": count, "held_out": int(self.held_out.sum()), "frames": frames, "size": size,
            "sources": [{"name": source} for source in self.sources],
        }  # fmt: skip


def origin(source: str) -> str:
    """The source as it is. Raises BadInput for an unknown one."""
    _count(source)
    return source


def _count(source: str) -> tuple[int, int]:
    """Clips and seed of `clips:COUNT[:SEED]`."""
    kind, *numbers = source.split(":")
    if kind != "clips" or len(numbers) not in (1, 2) or not all(n.isascii() and n.isdigit() for n in numbers):
        raise BadInput(f"{source}: no such clips. {SOURCES}")
    count, seed = int(numbers[0]), int(numbers[1]) if len(numbers) == 2 else 0
    if not FEWEST <= count <= MOST or seed >= 1 << 63:
        raise BadInput(f"{source}: from {FEWEST} to {MOST} clips, and a seed below 2^63")
    return count, seed


def _drawn(count: int, seed: int, size: int, frames: int, progress: bool) -> tuple[np.ndarray, np.ndarray]:
    """Frames and truth of `Clips`, from the cache where they are there and whole."""
    root = chosen_folder() or home_folder()
    name = f"clips-{clips.VERSION}-{count}-{seed}-{size}-{frames}.npz"
    if root and (kept := _kept(root / name)):
        return kept
    made = _made(count, seed, size, frames, progress)
    if root:
        make_room(root / name)
        buffer = io.BytesIO()
        np.savez(buffer, frames=made[0], truth=made[1])
        content = buffer.getvalue()
        write_atomically(root / name, hashlib.sha256(content).digest() + content)
    return made


def _kept(path: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """What an earlier call has kept; None where there is nothing whole."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    arrays = np.load(io.BytesIO(content[32:]), allow_pickle=False)
    return arrays["frames"], arrays["truth"]


def _made(count: int, seed: int, size: int, frames: int, progress: bool) -> tuple[np.ndarray, np.ndarray]:
    parts = [range(first, min(first + AT_ONCE, count)) for first in range(0, count, AT_ONCE)]
    if len(parts) == 1:
        return several(parts[0], seed, size, frames)
    found = []
    with (
        Workers(os.cpu_count() or 1) as workers,
        tqdm(total=count, desc="drawing clips", unit="clip", disable=not progress) as bar,
    ):
        waiting: list[Future] = [workers.submit(several, part, seed, size, frames) for part in parts]
        for future in waiting:
            found.append(future.result())
            bar.update(len(found[-1][0]))
    return np.concatenate([f for f, _ in found]), np.concatenate([t for _, t in found])


def several(numbers: range, seed: int, size: int, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Some clips of a set, as `Clips` has them."""
    made = [clips.draw(number, seed, size, frames) for number in numbers]
    return np.stack([f for f, _ in made]), np.stack([truth for _, truth in made])
