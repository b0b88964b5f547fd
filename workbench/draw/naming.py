"""What each of a generator's directions changes, by what a judge reads and by what can be measured off the pictures.

Made once for the shipped generator (`benchmarks/name_directions.py`) and kept beside it, for the names of sliders.
"""

import dataclasses
import json
from typing import Any, TypedDict

import numpy as np

from workbench.base.shipped import ARTIFACTS
from workbench.data.tags import VOCABULARY
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.judge.reading import Reader

KEPT = ARTIFACTS / "directions.json"
REACH = 3.0  # amount at either end
FACES = 64  # moved along each
HAIRS, EYES = VOCABULARY.sizes  # directions are named for generators of the default set
CHANGED = 0.15  # a colour that is read so much more often at one end names a direction

# Parts of a picture of 64 pixels: rows, columns; brightness is measured there.
PLACES = {
    "top": (slice(0, 8), slice(None)),
    "bottom": (slice(48, 64), slice(None)),
    "middle": (slice(20, 48), slice(16, 48)),
}


def measures(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """(N, 64, 64, 3) uint8 -> (N,) each: brightness of parts, of left against right, and warmth, 0 to 1."""
    x = pictures / np.float32(255)
    found = {name: x[:, rows, columns].mean((1, 2, 3)) for name, (rows, columns) in PLACES.items()}
    found["side"] = x[:, :, :32].mean((1, 2, 3)) - x[:, :, 32:].mean((1, 2, 3))
    found["warmth"] = x[..., 0].mean((1, 2)) - x[..., 2].mean((1, 2))
    return found


class Described(TypedDict):
    """One direction; see `described`. hair, eyes: [colour read less often, more often, how much more]."""

    hair: list[Any]
    eyes: list[Any]
    right: list[float]
    measure: str
    effect: float
    name: str


def described(painter: Painter, judge: Reader, count: int, faces: int = FACES) -> list[Described]:
    """For each of the first `count` directions, at REACH against -REACH under the same tags and latents:

    hair, eyes: [colour read less often, colour read more often, how much more]; right: both tags read as asked, at
    either end; measure, effect: what else changes most, in standard deviations of different faces; name: of these what
    tells the direction best.
    """
    recipes = [Recipe(id=str(n), hair=n % HAIRS, eyes=n // HAIRS % EYES, seed=0) for n in range(faces)]
    still = measures(painter.draw(recipes))
    asked = np.array([(recipe.hair, recipe.eyes) for recipe in recipes])
    found = []
    for number in range(count):
        ends = [
            painter.draw([dataclasses.replace(r, directions=(*[0.0] * number, amount)) for r in recipes])
            for amount in (-REACH, REACH)
        ]
        looks = [judge.read(end) for end in ends]
        moved = {
            kind: _moved(VOCABULARY.values(kind), looks[0].of(kind), looks[1].of(kind))
            for kind in VOCABULARY.names
        }
        low, high = map(measures, ends)
        effects = {name: float((high[name] - low[name]).mean() / (still[name].std() + 1e-6)) for name in low}
        measure = max(effects, key=lambda name: abs(effects[name]))
        kind = max(moved, key=lambda kind: moved[kind][2])
        found.append(
            Described(
                hair=moved["hair"],
                eyes=moved["eyes"],
                right=[round(float((look.colours() == asked).all(1).mean()), 3) for look in looks],
                measure=measure,
                effect=round(effects[measure], 2),
                name=kind if moved[kind][2] >= CHANGED else measure,
            )
        )
    return found


def _moved(colours: tuple[str, ...] | list[str], low: np.ndarray, high: np.ndarray) -> list[Any]:
    """[colour that falls most, colour that rises most, by how much] of beliefs (N, colours)."""
    change = high.mean(0) - low.mean(0)
    return [colours[int(change.argmin())], colours[int(change.argmax())], round(float(change.max()), 3)]


def kept(painter: Painter) -> list[Described]:
    """What is kept of this painter's directions; none where it was made for another generator, or not at all."""
    if not KEPT.is_file():
        return []
    stored = json.loads(KEPT.read_text())
    return stored["directions"] if stored["generator"] == painter.digest else []
