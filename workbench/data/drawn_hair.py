"""The hair of a drawn face: behind the head, beside it, over the forehead, and what is worn in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.drawn_canvas import Canvas, Mask, bezier, ellipse, pair, points, ribbon, shifted, smooth
from workbench.data.drawn_colours import Colours, tone
from workbench.data.drawn_parts import both, turn

if TYPE_CHECKING:
    from workbench.data.drawn import Face

TAIL = points((0.55, -0.5), (0.82, -0.5), (0.98, -0.1), (0.96, 0.5), (0.84, 1.02), (0.78, 0.6), (0.68, 0.1))
PONYTAIL = points((0.3, -0.85), (0.7, -0.86), (0.95, -0.4), (0.92, 0.3), (0.7, 0.8), (0.72, 0.3), (0.6, -0.3))
TAIL_GRAIN = smooth(points((0.66, -0.4), (0.85, -0.05), (0.88, 0.6)), closed=False)
PONYTAIL_GRAIN = smooth(points((0.55, -0.7), (0.8, -0.3), (0.8, 0.4)), closed=False)
COWLICK = smooth(points((-0.02, -0.93), (-0.06, -1.02), (0.08, -1.06), (0.2, -1), (0.08, -1), (0.05, -0.92)))
# Of a tuft at the right: height, how far it sticks out, how far it hangs down.
TUFTS = ((-0.75, 0.06, 0.12), (-0.4, 0.1, 0.22), (-0.05, 0.12, 0.26), (0.25, 0.1, 0.3))


def _rolls(face: Face, use: int, n: int) -> np.ndarray:
    """n uniform numbers -1..1 for the irregularities of one group of strands."""
    key = np.array([face.strands, use], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).random(n) * 2 - 1


def _outlined(
    canvas: Canvas, shapes: list[np.ndarray], colours: Colours, fill: np.ndarray, below: np.ndarray
) -> Mask:
    """Shapes filled from `fill` down to `below`, with a line around them."""
    mask = canvas.paint(shapes, fill, below=below)
    canvas.paint([ribbon(np.concatenate((s, s[:1])), 0.032) for s in shapes], colours.hair_line)
    return mask


def _side(back: str, wide: float) -> np.ndarray:
    """The right outline of the hair behind the head, (n, 2) from the top to the bottom."""
    top = [(0.3, -0.88), (0.56, -0.62), (wide, -0.2)]
    if back == "bob":
        return points(*top, (wide + 0.05, 0.25), (wide + 0.03, 0.55), (0.52, 0.72), (0.3, 0.68))
    if back == "long":
        return points(*top, (wide + 0.06, 0.3), (wide + 0.1, 0.8), (wide + 0.1, 1.4), (0.2, 1.5))
    if back == "waves":
        waves = ((0.1, 0.1), (0.02, 0.36), (0.2, 0.62), (0.1, 0.86), (0.24, 1.2))
        return points(*top, *((wide + out, y) for out, y in waves), (0.2, 1.5))
    return points(*top, (wide, 0.15), (0.56, 0.46), (0.34, 0.6))


def _tufts(wide: float, wobble: np.ndarray) -> list[np.ndarray]:
    """Pointed tufts that stick out at both sides."""
    tufts = []
    for i, (y, out, drop) in enumerate(TUFTS):
        x = wide - 0.04 - max(0.0, -0.3 - y) * 0.5 - max(0.0, y) * 0.2
        for side, push in ((1, wobble[i]), (-1, wobble[i + 4])):
            tip, foot = (x + out + push, y + drop + 2 * push), (x - 0.14, y + 0.22)
            hollow = ((tip[0] + foot[0]) / 2 - 0.03, (tip[1] + foot[1]) / 2 - 0.02)
            outer = bezier((x - 0.12, y - 0.1), (x + 0.06, y), tip)
            tufts.append(np.concatenate((outer, bezier(tip, hollow, foot))) * (side, 1))
    return tufts


def back(canvas: Canvas, face: Face, colours: Colours) -> None:
    """What hangs behind the head and neck."""
    wide = 0.65 + 0.12 * face.volume
    hair, dark = colours.strand(-0.16), colours.strand(-0.4)
    wobble = 0.03 * _rolls(face, 1, 8)
    sway = np.zeros((7, 2))
    sway[2:6, 0] = wobble[:4]
    if face.back == "twin tails":
        _outlined(canvas, pair(smooth(TAIL + sway)), colours, colours.hair, dark)
        canvas.paint(pair(ribbon(TAIL_GRAIN, 0.03, 0.1, 0.1)), dark)
        canvas.paint(pair(ellipse(0.6, -0.5, 0.08, 0.1)), tone(colours.trim, -0.3))
    elif face.back == "ponytail":
        _outlined(canvas, [smooth(PONYTAIL + sway)], colours, colours.hair, dark)
        canvas.paint(ribbon(PONYTAIL_GRAIN, 0.03, 0.1, 0.1), dark)
    tufts = _tufts(wide, wobble) if face.back == "tousled" else []
    mask = _outlined(canvas, [*tufts, smooth(both(_side(face.back, wide)))], colours, hair, dark)
    across = np.linspace(-0.68, 0.68, 9) + 0.5 * np.resize(wobble, 9)
    grain = [ribbon(bezier((0.75 * x, -0.3), (x, 0.2), (1.08 * x, 1.2)), 0.034, 0.2) for x in across]
    canvas.paint(grain, dark, 0.8, within=mask)


def side_locks(canvas: Canvas, face: Face, colours: Colours) -> None:
    """A lock before each ear, down to the chest where the hair is long; none where `locks` is near 0."""
    if face.locks < 0.12:
        return
    roll = _rolls(face, 2, 4)
    length = 0.16 + (0.85 if face.back in ("long", "waves") else 0.55) * face.locks
    locks, grain = [], []
    for side, at in ((1, 0), (-1, 2)):
        tip = length + 0.06 * roll[at]
        outer = ((0.4, -0.5), (0.62, -0.35), (0.62, 0.0), (0.6, tip * 0.6), (0.5 + 0.04 * roll[at + 1], tip))
        shape = points(*outer, (0.475, tip * 0.55), (0.45, -0.05)) * (side, 1)
        middle = bezier((0.53, -0.4), (0.56, 0.0), (0.52, length)) * (side, 1)
        locks.append(smooth(turn(shape, 0.5 * face.yaw)))
        grain.append(ribbon(turn(middle, 0.5 * face.yaw), 0.04, 0.4, 0.1))
    mask = _outlined(canvas, locks, colours, colours.hair, colours.strand(-0.16))
    canvas.paint(grain, colours.strand(-0.32), 0.8, within=mask)


def _lower_edge(face: Face) -> tuple[np.ndarray, np.ndarray]:
    """The bangs' notches (n + 1, 2) and tips (n, 2), from left to right, on a head that looks ahead."""
    roll = _rolls(face, 3, 32)
    n = {"straight": 8, "parted": 6, "swept": 6, "spiky": 6, "crossed": 5}[face.bangs]
    edges = np.linspace(-0.53, 0.53, n + 1)
    edges[1:-1] += 0.035 * roll[: n - 1]
    middle = (edges[1:] + edges[:-1]) / 2
    curve = 4 * middle**2  # bangs grow longer towards the temples
    part = 0.25 * face.part
    notch_y = np.full(n + 1, -0.34)
    dx, dy = roll[8 : 8 + n], roll[16 : 16 + n]
    if face.bangs == "straight":
        tip_x, tip_y = middle + 0.03 * dx, -0.09 + 0.03 * dy + 0.06 * curve
        notch_y[:] = -0.2
    elif face.bangs == "parted":
        away = np.where(middle < part, -1, 1)
        gap = np.minimum(2 * np.abs(middle - part), 1)
        tip_x, tip_y = middle + away * (0.1 + 0.05 * dx), -0.2 + 0.3 * gap + 0.04 * dy
        notch_y = -0.62 + 0.6 * np.minimum(np.abs(edges - part) / 0.56, 1)
    elif face.bangs == "swept":
        side = 1 if face.part > 0 else -1
        tip_x, tip_y = middle + 0.13 * side, -0.08 + 0.4 * middle * side + 0.04 * dy
        notch_y = -0.28 + 0.12 * edges * side
    elif face.bangs == "spiky":
        tip_x, tip_y = middle + 0.09 * dx, 0.02 + 0.1 * dy + 0.08 * curve
    else:  # crossed: one long strand between the eyes
        tip_x, tip_y = middle * 1.12, np.array([0.14, -0.08, 0.2, -0.08, 0.14]) + 0.05 * dy
        tip_x[2] = 0.1 * face.part
    notch_y = notch_y + 0.04 * np.resize(roll[24:], n + 1)
    notch_y[[0, -1]] = -0.08
    return np.stack([edges, notch_y], axis=1), np.stack([tip_x, tip_y], axis=1)


class Fringe:
    """The bangs and the crown in one piece, `outline` (n, 2), with its strands."""

    def __init__(self, face: Face):
        self.face = face
        notches, tips = _lower_edge(face)
        self.notches, self.tips = turn(notches, face.yaw), turn(tips, face.yaw)
        parting = 0.3 * face.part if face.bangs in ("parted", "swept") else 0.0
        self.whorl = np.array([parting + 0.1 * face.yaw, -0.86])
        lower = []
        for left, tip, right in zip(self.notches[:-1], self.tips, self.notches[1:], strict=True):
            # A strand bends towards its tip: the outer side of the bend is round, the inner one hollow.
            bulge = np.clip(tip[0] - (left[0] + right[0]) / 2, -0.06, 0.06)
            lower.append(bezier(left, shifted((left + tip) / 2, -0.02 - bulge, 0.02), tip))
            lower.append(bezier(tip, shifted((right + tip) / 2, 0.02 - bulge, 0.02), right))
        self.edge = np.concatenate(lower)
        wide = 0.62 + 0.08 * face.volume
        temple = ((wide - 0.06, 0.22), (wide, -0.1), (wide - 0.02, -0.42))
        half = points(*temple, (0.47, -0.72), (0.22, -0.91), (0, -0.955))
        self.crown = smooth(np.concatenate((half, half[-2::-1] * (-1, 1))), closed=False)
        self.outline = np.concatenate((self.edge, self.crown))

    def shadow(self, canvas: Canvas, colours: Colours, skin: Mask) -> None:
        """The bangs' shadow on the forehead."""
        canvas.paint(shifted(self.outline, 0.015, 0.06), colours.skin_shade, 0.9, within=skin)

    def paint(self, canvas: Canvas, colours: Colours) -> None:
        """Hair, darker sides of the strands, fine strands, a band of shine, lines between the strands."""
        hair, dark = colours.hair, colours.strand(-0.3)
        mask = canvas.paint(self.outline, colours.strand(-0.12), below=tone(hair, 0.06))
        roots = self.notches + (self.whorl - self.notches) * 0.78
        sides = []
        for tip, right, root in zip(self.tips, self.notches[1:], roots[1:], strict=True):
            inner = bezier(tip, shifted((tip + right) / 2, 0.03, -0.02), right)
            sides.append(np.concatenate((inner, [root, tip * 0.6 + root * 0.4])))
        canvas.paint(sides, dark, 0.55, within=mask)
        fine = []
        for x in np.linspace(-0.5, 0.5, 8) + 0.06 * _rolls(self.face, 5, 8):
            start = (self.whorl[0] + 0.3 * x, 0.95 * self.whorl[1])
            fine.append(ribbon(bezier(start, (x, -0.75), (1.1 * x, -0.28)), 0.02, 0, 0))
        canvas.paint(fine, dark, 0.7, within=mask)
        self._shine(canvas, colours, mask)
        lines = [ribbon(self.edge, 0.025), ribbon(self.crown, 0.034)]
        for notch, root in zip(self.notches[1:-1], roots[1:-1], strict=True):
            bend = (notch[0] * 1.02, (notch[1] + self.whorl[1]) / 2)
            lines.append(ribbon(bezier(notch, bend, root), 0.026, 1, 0.1))
        canvas.paint(lines, colours.hair_line)
        if self.face.cowlick:
            _outlined(canvas, [COWLICK], colours, hair, hair)

    def _shine(self, canvas: Canvas, colours: Colours, mask: Mask) -> None:
        """A zigzag band of light around the crown."""
        x = np.linspace(-0.5, 0.5, 15)
        bow = -0.6 + 0.5 * x**2
        jag = 0.045 * np.resize([1.0, -0.6], 15) + 0.02 * np.resize(_rolls(self.face, 4, 8), 15)
        upper = np.stack([x, bow - 0.05 + jag * 0.4], axis=1)
        lower = np.stack([x, bow + 0.035 + jag], axis=1)
        band = turn(np.concatenate((upper, lower[::-1])), 0.5 * self.face.yaw)
        canvas.paint(band, tone(colours.hair, 0.5), 0.62, within=mask)


def accessory(canvas: Canvas, face: Face, colours: Colours) -> None:
    """A ribbon, clip, hair band or flower."""
    trim, line = colours.trim, tone(colours.trim, -0.55)
    if face.accessory == "band":
        arc = bezier((-0.58, -0.42), (0.0, -1.2), (0.58, -0.42))
        canvas.paint(ribbon(arc, 0.11), line)
        canvas.paint(ribbon(arc, 0.065), trim)
    elif face.accessory == "ribbon":
        wing = smooth(points((0.0, 0.0), (0.16, -0.13), (0.25, -0.06), (0.22, 0.12), (0.1, 0.08)))
        wings = [shifted(w, 0.42, -0.68) for w in pair(wing)]
        canvas.paint([ribbon(np.concatenate((w, w[:1])), 0.05) for w in wings], line)
        canvas.paint(wings, trim)
        canvas.paint(ellipse(0.42, -0.68, 0.055, 0.06), line)
    elif face.accessory == "clip":
        bars = [ribbon(points((0.34, y), (0.52, y + 0.07)), 0.05) for y in (-0.42, -0.32)]
        canvas.paint([shifted(b, 0, 0.012) for b in bars], line)
        canvas.paint(bars, trim)
    elif face.accessory == "flower":
        around = 2 * np.pi * np.arange(5) / 5
        petals = [ellipse(0.46 + 0.085 * np.cos(t), -0.5 + 0.085 * np.sin(t), 0.07, 0.07) for t in around]
        canvas.paint(ellipse(0.46, -0.5, 0.175, 0.175), line, 0.6)
        canvas.paint(petals, tone(trim, 0.3))
        canvas.paint(ellipse(0.46, -0.5, 0.05, 0.05), np.array([1.0, 0.85, 0.3]))
