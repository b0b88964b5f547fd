"""The parts of a drawn face that are not hair: body, head, eyes, brows, nose and mouth.

Head units: x and y from -1 to 1 over the picture, eyes at y = 0.14, chin near y = 0.66.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.drawn_canvas import Canvas, Mask, bezier, ellipse, pair, points, ribbon, shifted, smooth
from workbench.data.drawn_colours import Colours, tone

if TYPE_CHECKING:
    from workbench.data.drawn import Face

EYE_X, EYE_Y = 0.275, 0.15
WHITE = np.ones(3)
OPEN_MOUTH = points((-0.11, -0.035), (0, -0.015), (0.11, -0.035), (0.07, 0.05), (0, 0.08), (-0.07, 0.05))
# In one eye's own units, see _Socket.
UPPER_LID = smooth(points((-1, 0), (-0.75, -0.55), (-0.1, -0.98), (0.55, -0.82), (1.05, -0.05)), closed=False)
LOWER_LID = smooth(points((1.05, -0.05), (0.85, 0.62), (0.1, 0.98), (-0.65, 0.8), (-1, 0)), closed=False)
LASH = smooth(points((0.62, -0.72), (1.0, -0.2), (1.3, -0.32)), closed=False)


def turn(xy: np.ndarray, yaw: float, radius: float = 0.85) -> np.ndarray:
    """Points (n, 2) on a round head, turned sideways by yaw -1..1 (to 0.3 radians) and centred again."""
    angle = 0.3 * yaw
    x = xy[:, 0]
    depth = np.sqrt(np.maximum(radius**2 - x**2, 0)) - 0.5
    return np.stack([x * np.cos(angle) + depth * np.sin(angle), xy[:, 1]], axis=1)


def both(half: np.ndarray) -> np.ndarray:
    """A closed symmetric outline (2n, 2) from its right half, listed from top to bottom."""
    return np.concatenate((half, half[::-1] * (-1, 1)))


def body(canvas: Canvas, face: Face, colours: Colours) -> None:
    """Neck, shoulders and collar."""
    cloth, trim, line = colours.cloth, colours.trim, tone(colours.cloth, -0.5)
    shoulders = smooth(both(points((0.2, 0.82), (0.45, 0.9), (0.78, 1.0), (0.95, 1.3), (0.95, 2.0))))
    canvas.paint(shoulders, line)
    canvas.paint(shifted(shoulders, 0, 0.03), cloth, below=tone(cloth, -0.25))
    neck = both(points((0.16, 0.4), (0.15, 0.8), (0.24, 0.9), (0.1, 1.12)))
    canvas.paint(neck, colours.skin)
    shade = points((-0.18, 0.5), (0.18, 0.5), (0.18, 0.74), (0.0, 0.86), (-0.18, 0.74))
    canvas.paint(shade, colours.skin_shade * (0.94, 0.88, 0.88))
    if face.collar == "round":
        edge = bezier((-0.27, 0.86), (0.0, 1.24), (0.27, 0.86))
        canvas.paint(ribbon(edge, 0.07), trim)
        return
    if face.collar == "blazer":
        lapels = points((0.2, 0.82), (0.4, 0.92), (0.22, 1.3), (0.02, 1.3))
        canvas.paint(pair(lapels), tone(cloth, -0.35))
        canvas.paint(points((-0.2, 0.88), (0.2, 0.88), (0.06, 1.3), (-0.06, 1.3)), WHITE * 0.97)
    collar_colour = {"shirt": cloth, "sailor": tone(trim, -0.1)}.get(face.collar, WHITE)
    wing = points((0.15, 0.74), (0.27, 0.8), (0.46, 0.98), (0.3, 1.1), (0.02, 0.98))
    canvas.paint(pair(wing), tone(collar_colour, -0.35))
    inner = shifted(wing * 0.92, 0.012, 0.075)
    canvas.paint(pair(inner), collar_colour)
    if face.collar == "sailor":
        stripe = ribbon(points((0.05, 0.93), (0.27, 1.02), (0.4, 0.95)), 0.03)
        canvas.paint(pair(stripe), WHITE)
    bow = points((0.0, 0.97), (0.17, 0.9), (0.2, 1.08), (0.0, 1.02))
    tie = points((-0.05, 0.95), (0.05, 0.95), (0.09, 1.2), (-0.09, 1.2))
    knot = pair(bow) if face.collar == "sailor" or face.strands % 2 else tie
    canvas.paint(knot, trim if face.collar != "sailor" else tone(trim, 0.35), below=tone(trim, -0.4))


def head(canvas: Canvas, face: Face, colours: Colours) -> Mask:
    """Ears and the face without features; returns the skin's mask."""
    skin, line = colours.skin, colours.skin_line
    ear = turn(ellipse(0.53, 0.2, 0.09, 0.15), 0.4 * face.yaw)
    ears = [ear, turn(ellipse(-0.53, 0.2, 0.09, 0.15), 0.4 * face.yaw)]
    canvas.paint(ears, line)
    canvas.paint([shifted(e * 0.97, 0, 0.006) for e in ears], colours.skin_shade)
    jaw, chin = face.jaw, 0.66 + 0.035 * face.chin
    half = points(
        (0.2, -0.62), (0.47, -0.4), (0.54, -0.05), (0.53, 0.2), (0.46 + 0.02 * jaw, 0.38),
        (0.3 + 0.06 * jaw, 0.53 + 0.02 * jaw), (0.1 + 0.05 * jaw, chin - 0.025),
    )  # fmt: skip
    outline = smooth(turn(np.concatenate((half, [(0.0, chin)], half[::-1] * (-1, 1))), face.yaw))
    canvas.paint(outline, line)
    mask = canvas.paint(outline * (0.962, 0.97), skin)
    canvas.paint([ribbon(outline[70:], 0.16, 0.2, 1.0)], colours.skin_shade, 0.5, within=mask)
    for side in (-1, 1):
        cheek = turn(points((0.34 * side, 0.36)), face.yaw)[0]
        canvas.glow(cheek[0], cheek[1], 0.2, 0.12, np.array([0.98, 0.45, 0.45]), 0.55 * face.blush, mask)
    return mask


def mouth_and_nose(canvas: Canvas, face: Face, colours: Colours) -> None:
    """A hint of a nose, and one of the mouths."""
    line = tone(colours.skin_line, -0.25)
    y = 0.5 + 0.02 * face.chin
    nose = turn(points((0.012, 0.325), (-0.015, 0.365), (0.015, 0.375)), face.yaw * 1.25)
    canvas.paint(ribbon(nose, 0.028, 0.3, 0.6), colours.skin_line)

    def curve(*xy: tuple[float, float]) -> np.ndarray:
        return smooth(turn(shifted(points(*xy), 0, y), face.yaw), closed=False)

    if face.mouth == "smile":
        canvas.paint(ribbon(curve((-0.1, -0.025), (0, 0.012), (0.1, -0.025)), 0.036, 0.3, 0.3), line)
    elif face.mouth == "flat":
        canvas.paint(ribbon(curve((-0.06, 0.0), (0, -0.006), (0.06, 0.0)), 0.034, 0.4, 0.4), line)
    elif face.mouth == "cat":
        wave = curve((-0.11, -0.03), (-0.055, 0.012), (0, -0.018), (0.055, 0.012), (0.11, -0.03))
        canvas.paint(ribbon(wave, 0.034, 0.5, 0.5), line)
    elif face.mouth == "o":
        ring = turn(ellipse(0, y, 0.04, 0.045), face.yaw)
        canvas.paint(ring, line)
        canvas.paint(turn(ellipse(0, y + 0.008, 0.024, 0.026), face.yaw), np.array([0.72, 0.25, 0.27]))
    else:
        lips = smooth(turn(shifted(OPEN_MOUTH * (1, face.gape), 0, y), face.yaw))
        canvas.paint(lips, line)
        inner = shifted(shifted(lips, 0, -y) * (0.85, 0.8), 0, y + 0.004)
        inside = canvas.paint(inner, np.array([0.66, 0.16, 0.2]))
        tongue = turn(ellipse(0, y + 0.07 * face.gape, 0.07, 0.045 * face.gape), face.yaw)
        canvas.paint(tongue, np.array([0.95, 0.52, 0.52]), within=inside)


def hand(canvas: Canvas, lean: float, colours: Colours) -> None:
    """A raised hand at the picture's right, swung about an elbow below the picture; lean: radians outward."""
    cos, sin = np.cos(lean), np.sin(lean)
    swing = np.array([[cos, sin], [-sin, cos]])

    def placed(xy: np.ndarray) -> np.ndarray:
        return xy @ swing + np.array([0.66, 1.06])

    arm = placed(points((-0.09, 0.3), (-0.075, -0.3), (0.075, -0.3), (0.09, 0.3)))
    sleeve = placed(points((-0.15, 0.4), (-0.13, -0.12), (0.13, -0.12), (0.15, 0.4)))
    palm = placed(smooth(points((-0.1, -0.28), (-0.13, -0.44), (0.0, -0.52), (0.13, -0.44), (0.1, -0.28))))
    tips = ((-0.24, -0.5), (-0.11, -0.68), (0.02, -0.73), (0.14, -0.66))
    roots = ((-0.1, -0.36), (-0.08, -0.45), (0.01, -0.47), (0.09, -0.44))
    fingers = [placed(np.array([root, tip])) for root, tip in zip(roots, tips, strict=True)]
    bare = [arm, palm]
    canvas.paint([ribbon(np.concatenate((s, s[:1])), 0.06) for s in bare], colours.skin_line)
    canvas.paint([ribbon(finger, 0.13) for finger in fingers], colours.skin_line)
    canvas.paint([*bare, *(ribbon(finger, 0.085) for finger in fingers)], colours.skin)
    canvas.paint(sleeve, tone(colours.cloth, -0.5))
    canvas.paint(sleeve + (placed(np.zeros((1, 2))) - sleeve) * 0.12, colours.cloth)


class _Socket:
    """Places points given in one eye's own units: x outward -1..1, y down -1..1 with the eye wide open."""

    def __init__(self, face: Face, side: int):
        self.width = 0.178 * (1 + 0.06 * face.eye_size)
        self.height = 0.17 * (1 + 0.1 * face.eye_size)
        self.side, self.face = side, face

    def __call__(self, xy: np.ndarray, lid: bool = False) -> np.ndarray:
        x, y = xy[:, 0], xy[:, 1]
        if lid:  # the lids follow openness and slant, the iris does not
            y = np.where(y < 0, y * (2 * self.face.openness - 1), y) - 0.13 * self.face.slant * x
        at = np.stack([self.side * (EYE_X + x * self.width), EYE_Y + y * self.height], axis=1)
        return turn(at, self.face.yaw)


def eye(canvas: Canvas, face: Face, colours: Colours, side: int) -> None:
    """One big eye: white, iris darker at the top, pupil, lights, lids; side -1 left, 1 right."""
    place, iris, line = _Socket(face, side), colours.iris, colours.line
    upper, lower = UPPER_LID, LOWER_LID
    ball = canvas.paint(place(np.concatenate((upper, lower[1:-1])), lid=True), WHITE * 0.985)

    x = -0.06 + 0.16 * face.gaze * side
    canvas.paint(place(ellipse(x, 0.02, 0.66, 0.98)), tone(iris, -0.62), within=ball)
    ring = place(ellipse(x, 0.05, 0.56, 0.88))
    canvas.paint(ring, tone(iris, -0.34), within=ball, below=tone(iris, 0.26))
    canvas.paint(place(ellipse(x, 0.02, 0.22, 0.36)), tone(iris, -0.78), within=ball)
    glow = tone(iris, 0.1 + 0.4 * float(iris.max()))
    canvas.paint(place(ellipse(x, 0.6, 0.33, 0.2)), glow, 0.75, within=ball)
    shade = place(np.concatenate((upper, shifted(upper[::-1] * (0.9, 1), 0, 0.36))), lid=True)
    canvas.paint(shade, tone(line, -0.2), 0.4, within=ball)
    left = -side  # the light comes from the picture's left, for both eyes
    lights = (ellipse(x + 0.26 * left, -0.36, 0.2, 0.22), ellipse(x - 0.3 * left, 0.42, 0.11, 0.12))
    canvas.paint([place(light) for light in lights], WHITE, within=ball)
    lids = [
        ribbon(place(upper, lid=True), 0.075, 0.35, 0.8),
        ribbon(place(LASH, lid=True), 0.055, 1.0, 0.1),
    ]
    canvas.paint(lids, line)
    canvas.paint(ribbon(place(lower[2:17], lid=True), 0.026, 0.6, 0.2), line, 0.75)
    crease = place(shifted(upper[6:20] * (0.92, 1.0), 0, -0.3), lid=True)
    canvas.paint(ribbon(crease, 0.022, 0.2, 0.2), colours.skin_line, 0.8)


def brow(canvas: Canvas, face: Face, colours: Colours, side: int) -> None:
    """One eyebrow, seen faintly through the bangs as anime has it."""
    y = EYE_Y - 0.29
    lift = 0.035 * face.brows
    path = points((0.14, y + lift), (0.28, y - 0.035), (0.41, y + 0.02 - lift)) * (side, 1)
    drawn = ribbon(smooth(turn(path, face.yaw), closed=False), 0.036, 0.8, 0.2)
    canvas.paint(drawn, tone(colours.hair_line, -0.15), 0.7)
