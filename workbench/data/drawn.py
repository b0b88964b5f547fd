"""Drawn faces: anime-like portraits whose hair and eye colours are exact, made from two numbers.

`draw(index, seed)` gives a picture and its two tags; `render(Face(hair=3, eyes=8))` draws one face of
choice, so that `dataclasses.replace` can vary one thing at a time. The random numbers are Philox's,
keyed by (seed, index): any picture can be made alone, in any order and in any process.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.base.errors import BadInput, did_you_mean
from workbench.data import drawn_hair, drawn_parts
from workbench.data.drawn_canvas import Canvas
from workbench.data.drawn_colours import BACKGROUNDS, CLOTHES, SKINS, Colours
from workbench.data.tags import EYES, HAIR

VERSION = 1  # part of the data cache's key: raise it whenever a picture changes

BANGS = ("straight", "parted", "swept", "spiky", "crossed")
BACKS = ("short", "tousled", "bob", "long", "waves", "twin tails", "ponytail")
MOUTHS = ("smile", "open", "flat", "o", "cat")
COLLARS = ("round", "sailor", "shirt", "blazer")
ACCESSORIES = ("none", "ribbon", "clip", "band", "flower")
_WORDS = {"bangs": BANGS, "back": BACKS, "mouth": MOUTHS, "collar": COLLARS, "accessory": ACCESSORIES}
_PALETTES = {
    "hair": HAIR, "eyes": EYES, "skin": SKINS, "cloth": CLOTHES, "trim": CLOTHES,
    "background": BACKGROUNDS, "backdrop": BACKGROUNDS,
}  # fmt: skip


@dataclass(frozen=True)
class Face:
    """All that varies in a drawn face.

    `hair` and `eyes` index `workbench.data.tags`' HAIR and EYES. Shades, yaw, slant, gaze and the like run
    from -1 to 1 and shares from 0 to 1, unless a comment says otherwise.
    """

    hair: int
    eyes: int
    hair_shade: float = 0.0  # darker .. lighter
    hair_warmth: float = 0.0  # a slight turn of the hue
    eyes_shade: float = 0.0
    eyes_warmth: float = 0.0
    skin: int = 1
    tilt: float = 0.0  # radians
    yaw: float = 0.0  # looks to the picture's left .. right
    x: float = 0.0  # shift, in half picture widths
    y: float = 0.0
    scale: float = 1.0
    jaw: float = 0.5  # pointed .. round
    chin: float = 0.0  # short .. long
    bangs: str = "straight"
    back: str = "long"
    volume: float = 0.5
    locks: float = 0.5  # length of the locks beside the face
    part: float = 0.0  # where bangs part, and the side to which they sweep
    mirror: bool = False
    strands: int = 0  # which irregular strands
    cowlick: bool = False
    mouth: str = "smile"
    gape: float = 1.0  # height of an open mouth, as a multiple
    openness: float = 1.0  # of the eyes; 0.5 is half closed
    slant: float = 0.0  # drooping .. sharp eyes
    eye_size: float = 0.0
    gaze: float = 0.0
    brows: float = 0.0  # worried .. stern
    blush: float = 0.4
    collar: str = "shirt"
    cloth: int = 0
    trim: int = 3  # colour of ribbon, tie and accessory
    accessory: str = "none"
    hand: float | None = None  # a raised hand, leaning so many radians outward; none: no hand
    background: int = 0
    backdrop: int = 0  # the colour that the background fades to

    def __post_init__(self):
        """Raises BadInput on an unknown word or an index outside its palette."""
        for field, words in _WORDS.items():
            word = getattr(self, field)
            if word not in words:
                raise BadInput(f"{word!r} is not one of a face's {field}{did_you_mean(word, words)}")
        for field, palette in _PALETTES.items():
            index = getattr(self, field)
            if not 0 <= index < len(palette):
                raise BadInput(f"{field} {index} is not from 0 to {len(palette) - 1}")


class _Dice:
    """Picks from one row of uniform numbers, in order; plain arithmetic, so it outlives numpy's changes."""

    def __init__(self, index: int, seed: int):
        key = np.array([seed, index], dtype=np.uint64)
        self._rolls = iter(np.random.Generator(np.random.Philox(key=key)).random(48).tolist())

    def below(self, n: int) -> int:
        return int(next(self._rolls) * n)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * next(self._rolls)

    def bell(self, spread: float) -> float:
        """About normal, never beyond 1.7 x spread on either side (two uniforms, summed)."""
        return (next(self._rolls) + next(self._rolls) - 1) * 1.7 * spread

    def often(self, share: float) -> bool:
        return next(self._rolls) < share

    def among(self, words: tuple[str, ...], weights: tuple[int, ...]) -> str:
        left = next(self._rolls) * sum(weights)
        for word, weight in zip(words, weights, strict=True):
            left -= weight
            if left < 0:
                return word
        return words[-1]


def sample(index: int, seed: int = 0) -> Face:
    """The face number `index` of the endless set `seed`; both from 0 to 2**64 - 1.

    Hair and eyes are uniform and independent of each other and of all the rest.
    """
    if not (0 <= index < 2**64 and 0 <= seed < 2**64):
        raise BadInput(f"index {index} and seed {seed} must be from 0 to 2**64 - 1")
    dice = _Dice(index, seed)
    return Face(
        hair=dice.below(len(HAIR)),
        eyes=dice.below(len(EYES)),
        hair_shade=dice.between(-1, 1),
        hair_warmth=dice.between(-1, 1),
        eyes_shade=dice.between(-1, 1),
        eyes_warmth=dice.between(-1, 1),
        skin=dice.below(len(SKINS)),
        tilt=dice.bell(0.13),
        yaw=dice.bell(0.6),
        x=dice.bell(0.05),
        y=dice.bell(0.05),
        scale=dice.between(1.0, 1.22),
        jaw=dice.between(0, 1),
        chin=dice.between(-1, 1),
        bangs=dice.among(BANGS, (3, 3, 3, 3, 2)),
        back=dice.among(BACKS, (2, 3, 3, 5, 3, 2, 2)),
        volume=dice.between(0, 1),
        locks=dice.between(0, 1),
        part=dice.between(-1, 1),
        mirror=dice.often(0.5),
        strands=dice.below(2**20),
        cowlick=dice.often(0.25),
        mouth=dice.among(MOUTHS, (5, 3, 3, 1, 1)),
        openness=1.0 if dice.often(0.75) else dice.between(0.68, 0.92),
        slant=dice.between(-1, 1),
        eye_size=dice.between(-1, 1),
        gaze=dice.bell(0.5),
        brows=dice.between(-1, 1),
        blush=dice.between(0, 1),
        collar=dice.among(COLLARS, (2, 2, 3, 2)),
        cloth=dice.below(len(CLOTHES)),
        trim=dice.below(len(CLOTHES)),
        accessory=dice.among(ACCESSORIES, (11, 2, 2, 2, 1)),
        background=dice.below(len(BACKGROUNDS)),
        backdrop=dice.below(len(BACKGROUNDS)),
    )


def painted(face: Face, size: int) -> tuple[Canvas, Colours]:
    """The face without its hand on a canvas, as if it were not mirrored; and its colours."""
    if size < 16:
        raise BadInput(f"a face of {size} pixels is too small to be drawn; 16 is the least")
    colours = Colours.of(face)
    canvas = Canvas(size)
    down = np.linspace(0, 1, size)[:, None, None]
    canvas.rgb[:] = colours.background * (1 - down) + colours.backdrop * down
    head = {"tilt": face.tilt, "scale": face.scale, "x": face.x, "y": face.y}
    body = head | {"tilt": face.tilt * 0.3}

    canvas.pose(**head)
    drawn_hair.back(canvas, face, colours)
    canvas.pose(**body)
    drawn_parts.body(canvas, face, colours)
    canvas.pose(**head)
    skin = drawn_parts.head(canvas, face, colours)
    fringe = drawn_hair.Fringe(face)
    fringe.shadow(canvas, colours, skin)
    drawn_parts.mouth_and_nose(canvas, face, colours)
    for side in (-1, 1):
        drawn_parts.eye(canvas, face, colours, side)
    drawn_hair.side_locks(canvas, face, colours)
    fringe.paint(canvas, colours)
    for side in (-1, 1):
        drawn_parts.brow(canvas, face, colours, side)
    drawn_hair.accessory(canvas, face, colours)
    return canvas, colours


def finished(canvas: Canvas, face: Face, colours: Colours) -> np.ndarray:
    """What `painted` gave, with the hand, as a picture (size, size, 3) uint8 RGB; the canvas keeps the hand."""
    if face.hand is not None:
        canvas.pose()
        drawn_parts.hand(canvas, face.hand, colours)
    picture = canvas.picture()
    return np.ascontiguousarray(picture[:, ::-1]) if face.mirror else picture


def render(face: Face, size: int = 64) -> np.ndarray:
    """The face as a picture (size, size, 3) uint8 RGB; made for 64, fit for 16 and more."""
    canvas, colours = painted(face, size)
    return finished(canvas, face, colours)


def draw(index: int, seed: int = 0, size: int = 64) -> tuple[np.ndarray, int, int]:
    """Picture (size, size, 3) uint8 RGB, hair index, eyes index of the face `index` of the set `seed`."""
    face = sample(index, seed)
    return render(face, size), face.hair, face.eyes
