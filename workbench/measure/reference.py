"""What samples are compared with: real pictures, what a judge sees in them, and how far apart they are themselves.

Two sets of real pictures without a common face are drawn from one part of the data: the reference, and others. The
distance between the two is the floor that no generator can be expected to get under at this number of pictures.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.base.files import replace_whole
from workbench.base.places import chosen_folder, home_folder
from workbench.data.faceset import FaceSet
from workbench.data.tags import Vocabulary
from workbench.judge.classifier import Reading
from workbench.judge.reading import judged
from workbench.measure.distances import NEIGHBOURS, ball_radii, frechet, kernel, neighbours_by_block
from workbench.measure.figures import FIGURES, Pictures, computed
from workbench.measure.spaces import Space
from workbench.measure.variety import nearest, small

VERSION = 3  # raise it when what is cached changes
FOLDER = "evaluation"
FEWEST = 3  # pictures a side: a distance without a block of them still needs two
FLOOR = "floor/"


@dataclass(frozen=True)
class Real:
    """Some real pictures: rows of the whole set, tags (N, columns), what is seen in them, box means (N, 12, 12, 3)."""

    rows: np.ndarray
    y: np.ndarray
    reading: Reading
    means: np.ndarray


@dataclass(frozen=True)
class Reference:
    """reference, others: N pictures each, disjoint by group. held: held-out pictures. training: all box means.

    radii: of the neighbour balls in `reference`, None where it is too small. floor: every figure of `others`
    measured against `reference`. held_near: distances of held-out pictures to their nearest training pictures.
    """

    reference: Real
    others: Real
    held: Real
    training: np.ndarray
    radii: np.ndarray | None
    floor: dict[str, float]
    held_near: np.ndarray


def split(faces: FaceSet, part: str, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `faces` for the reference and the others: `count` each, or as many as there are, disjoint by group.

    part: "train" or "held". Raises BadInput when there are fewer than FEWEST pictures a side.
    """
    mine = np.flatnonzero(faces.held_out if part == "held" else ~faces.held_out)
    rng = noise.generator("reference", seed)
    groups = rng.permutation(np.unique(faces.group[mine]))
    first = np.isin(faces.group[mine], groups[: len(groups) // 2])
    halves = [rng.permutation(mine[chosen]) for chosen in (first, ~first)]
    count = min(count, *(len(half) for half in halves))
    if count < FEWEST:
        raise BadInput(f"the data have too few faces in the part '{part}' to measure anything")
    return halves[0][:count], halves[1][:count]


def open_reference(faces: FaceSet, part: str, count: int, space: Space) -> Reference:
    """Read from the cache, or seen now and cached."""
    reference, others = split(faces, part, count)
    training = np.flatnonzero(~faces.held_out)
    key = f"{space.key} {faces.hash} {faces.size} {part} {len(reference)} {' '.join(FIGURES)}"
    arrays = kept(key, lambda: _seen(faces, space, reference, others, training))
    shown, floor_side, held = (
        _real(arrays, label, faces, space.judge.vocabulary) for label in ("reference", "others", "held")
    )
    means = arrays["training"].astype(np.float32)
    floor = {
        name.removeprefix(FLOOR): float(found) for name, found in arrays.items() if name.startswith(FLOOR)
    }
    return Reference(shown, floor_side, held, means, arrays.get("radii"), floor, arrays["held/near"])


def _seen(
    faces: FaceSet, space: Space, reference: np.ndarray, others: np.ndarray, training: np.ndarray
) -> dict[str, np.ndarray]:
    """Everything that depends on real pictures alone."""
    means = small(faces.pictures(training))
    arrays = {"training": means.astype(np.float16)}
    for label, rows in (
        ("reference", reference),
        ("others", others),
        ("held", np.flatnonzero(faces.held_out)),
    ):
        pictures = faces.pictures(rows)
        reading = space.read(pictures, label)
        arrays |= {
            f"{label}/rows": rows, f"{label}/features": reading.features, f"{label}/means": small(pictures),
            **{f"{label}/table {number}": table for number, table in enumerate(reading.tables)},
        }  # fmt: skip
        if label == "others":
            own = computed(
                Pictures(pictures, judged(faces.y[rows], faces.vocabulary, reading.vocabulary), reading)
            )
            arrays |= {f"{FLOOR}{key}": np.array(value) for key, value in own.items()}
    real, other = arrays["reference/features"], arrays["others/features"]
    if len(real) > NEIGHBOURS:
        arrays["radii"] = ball_radii(real)
    block = np.zeros(len(other), int)
    shares = neighbours_by_block(real, other, block, radii=arrays.get("radii"))[0]
    floor = {"fid": frechet(real, other), "kid": kernel(real, other)[0]} | vars(shares)
    arrays |= {f"{FLOOR}{name}": np.array(found) for name, found in floor.items()}
    arrays["held/near"] = nearest(arrays["held/means"], means)[0]
    return arrays


def _real(arrays: dict[str, Any], label: str, faces: FaceSet, vocabulary: Vocabulary) -> Real:
    rows = arrays[f"{label}/rows"]
    tables = tuple(arrays[f"{label}/table {number}"] for number in range(len(vocabulary.columns)))
    reading = Reading(arrays[f"{label}/features"], tables, vocabulary)
    return Real(rows, faces.y[rows], reading, arrays[f"{label}/means"])


def kept(key: str, make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """What `make` makes, from the cache where it was made before under this key."""
    home = folder()
    if home is None:
        return make()
    path = home / f"{hashlib.sha256(f'{VERSION} {key}'.encode()).hexdigest()[:24]}.npz"
    arrays = _read(path)
    if arrays is None:
        arrays = make()
        _write(path, arrays)
    return arrays


def folder() -> Path | None:
    """Where references are cached: WORKBENCH_CACHE, or ~/.cache/workbench; None where there is no home folder."""
    cache = chosen_folder() or home_folder()
    return cache / FOLDER if cache else None


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """None when there is none, or a damaged one."""
    try:
        digest, _, data = path.read_bytes().partition(b"\n")
        if hashlib.sha256(data).hexdigest().encode() != digest:
            return None
        with np.load(io.BytesIO(data)) as arrays:
            return {name: arrays[name] for name in arrays}
    except (OSError, ValueError, KeyError):
        return None


def _write(path: Path, arrays: dict[str, Any]) -> None:
    """Whole or not at all; without a place to write, the next evaluation looks again."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    data = buffer.getvalue()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_whole(path, hashlib.sha256(data).hexdigest().encode() + b"\n" + data, durable=False)
    except OSError as error:
        import warnings

        warnings.warn(f"{path.parent}: the reference could not be cached ({error})", stacklevel=2)
