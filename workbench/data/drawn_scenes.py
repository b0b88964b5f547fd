"""Drawn scenes: whole drawings with faces in known places, and things that are no faces; made from two numbers.

What a finder of faces is tried on. Everything follows from (seed, index), as in `drawn`.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from workbench.base import noise
from workbench.data.drawn import Face, render, sample
from workbench.data.drawn_colours import BACKGROUNDS, Colours

LEAST, MOST = 48, 140  # pixels a side of a face's square
MOST_FACES, DECOYS = 3, 5
Box = tuple[int, int, int]  # left, top, side in pixels
Rng = np.random.Generator


@dataclass(frozen=True)
class Scene:
    """picture: (H, W, 3) uint8; boxes: the square of each face in it."""

    picture: np.ndarray
    boxes: list[Box]


def silhouette(face: Face, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The face as `render` draws it (size, size, 3) uint8, and how much of each pixel is not background, 0 to 1."""
    by_light = sorted(range(len(BACKGROUNDS)), key=lambda n: float(np.sum(BACKGROUNDS[n])))
    dark, light = (dataclasses.replace(face, background=n, backdrop=n) for n in (by_light[0], by_light[-1]))
    difference = Colours.of(light).background - Colours.of(dark).background  # (3,)
    channel = int(np.abs(difference).argmax())
    pictures = [render(one, size)[..., channel].astype(np.float64) for one in (dark, light)]
    whole = np.abs(pictures[1] - pictures[0]).max()
    through = (pictures[1] - pictures[0]) / (whole if difference[channel] > 0 else -whole)
    return render(face, size), 1 - np.clip(through, 0, 1)


def backdrop(rng: Rng, height: int, width: int) -> Image.Image:
    """Sky, hills, houses, trees, stripes and balloons of words, none of which is a face."""
    rows = np.linspace(0, 1, height)[:, None, None]
    ends = rng.integers(40, 256, (2, 1, 1, 3))
    sky = ends[0] * (1 - rows) + ends[1] * rows
    image = Image.fromarray(np.broadcast_to(sky, (height, width, 3)).astype(np.uint8))
    brush = ImageDraw.Draw(image)
    paints = (_hills, _houses, _trees, _stripes, _words)
    for number in rng.permutation(len(paints))[: rng.integers(2, 6)]:
        paints[number](brush, rng, height, width)
    return image


def _colour(rng: Rng) -> tuple[int, ...]:
    return tuple(rng.integers(0, 256, 3).tolist())


def _hills(brush: ImageDraw.ImageDraw, rng: Rng, height: int, width: int) -> None:
    for _ in range(rng.integers(1, 4)):
        x = np.linspace(0, width, 9)
        y = height * rng.uniform(0.4, 0.8) + height * 0.15 * rng.standard_normal(9)
        points = [*zip(x.tolist(), y.tolist(), strict=True), (width, height), (0, height)]
        brush.polygon(points, fill=_colour(rng))


def _houses(brush: ImageDraw.ImageDraw, rng: Rng, height: int, width: int) -> None:
    for _ in range(rng.integers(1, 5)):
        left, top = int(rng.integers(0, width)), int(rng.integers(height // 4, height))
        right = left + int(rng.integers(width // 10, width // 3))
        brush.rectangle((left, top, right, height), fill=_colour(rng), outline=_colour(rng))
        pane = _colour(rng)
        for x in range(left + 6, right - 12, 18):
            for y in range(top + 8, height, 22):
                brush.rectangle((x, y, x + 9, y + 12), fill=pane)


def _trees(brush: ImageDraw.ImageDraw, rng: Rng, height: int, width: int) -> None:
    for _ in range(rng.integers(2, 7)):
        x, y, r = (int(rng.integers(0, most)) for most in (width, height, max(12, height // 5)))
        brush.rectangle((x - 3, y, x + 3, y + 2 * r), fill=_colour(rng))
        brush.ellipse((x - r, y - r, x + r, y + r), fill=_colour(rng), outline=_colour(rng))


def _stripes(brush: ImageDraw.ImageDraw, rng: Rng, height: int, width: int) -> None:
    colour, step = _colour(rng), int(rng.integers(6, 30))
    slant = int(rng.integers(-60, 60))
    for x in range(0, width, step):
        brush.line((x, 0, x + slant, height), fill=colour, width=int(rng.integers(1, 5)))


def _words(brush: ImageDraw.ImageDraw, rng: Rng, height: int, width: int) -> None:
    for _ in range(rng.integers(1, 3)):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        w, h = int(rng.integers(40, 110)), int(rng.integers(24, 60))
        brush.ellipse((x, y, x + w, y + h), fill=(255, 255, 255), outline=(0, 0, 0))
        for line in range(y + h // 3, y + h * 3 // 4, 7):
            brush.line((x + w // 4, line, x + w * 3 // 4, line), fill=(20, 20, 20), width=2)


def decoy(rng: Rng, side: int) -> tuple[np.ndarray, np.ndarray]:
    """A head without a face, seen from behind or blank, (side, side, 3) uint8, and its mask (side, side) 0 to 1."""
    image, mask = Image.new("RGB", (side, side), _colour(rng)), Image.new("L", (side, side), 0)
    head = [int(side * share) for share in (0.2, 0.12, 0.8, 0.85)]
    ImageDraw.Draw(image).ellipse(head, fill=(250, int(rng.integers(190, 240)), int(rng.integers(160, 220))))
    if rng.random() < 0.6:  # hair all over it
        ImageDraw.Draw(image).ellipse(head, fill=_colour(rng))
    ImageDraw.Draw(mask).ellipse([int(side * share) for share in (0.08, 0.04, 0.92, 0.98)], fill=255)
    return np.asarray(image), np.asarray(mask) / 255


def paste(picture: np.ndarray, part: np.ndarray, alpha: np.ndarray, left: int, top: int) -> None:
    """Lay `part` (S, S, 3) over a picture, in place; alpha: (S, S), 0 leaves what is there."""
    room = picture[top : top + len(part), left : left + part.shape[1]]
    mixed = part * alpha[..., None] + room * (1 - alpha[..., None])
    room[:] = mixed.round().astype(np.uint8)


def free_place(rng: Rng, taken: list[Box], side: int, height: int, width: int) -> Box | None:
    """A square of `side` pixels that meets none of `taken`; None where there is no room, or twenty tries found none."""
    for _ in range(20 if side <= min(height, width) else 0):
        left, top = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
        if all(abs(left - x + (side - s) / 2) > (side + s) / 2 or abs(top - y + (side - s) / 2) > (side + s) / 2
               for x, y, s in taken):  # fmt: skip
            return left, top, side
    return None


def draw_scene(index: int, seed: int = 0, height: int = 320, width: int = 420) -> Scene:
    """Scene number `index` of the set `seed`: none to MOST_FACES faces, as many decoys, no two of which meet."""
    rng = noise.generator("scene", seed, index)
    picture = np.array(backdrop(rng, height, width))
    boxes: list[Box] = []
    taken: list[Box] = []
    for _ in range(int(rng.integers(0, MOST_FACES + 1))):
        place = free_place(rng, taken, int(rng.integers(LEAST, MOST + 1)), height, width)
        if place is not None:
            part, alpha = silhouette(sample(int(rng.integers(1 << 40)), seed), place[2])
            paste(picture, part, alpha, *place[:2])
            boxes.append(place)
            taken.append(place)
    for _ in range(int(rng.integers(0, DECOYS + 1))):
        place = free_place(rng, taken, int(rng.integers(LEAST, MOST + 1)), height, width)
        if place is not None:
            paste(picture, *decoy(rng, place[2]), *place[:2])
            taken.append(place)
    return Scene(picture, boxes)
