"""Gray eyes for a set that has none: recolour the irises of a well-suited picture, in place.

Of the twelve hair and eleven eye colours of the vocabulary the centred 64x64 set lacks one, gray eyes. A
model trained on it learns that tag from nothing. Here the irises of real pictures lose their colour, so that
framing, light and style stay those of the set. The search is deliberately picky: a picture that is passed
over costs nothing, a gray smudge on a cheek is learnt.

All colour arithmetic is CIE Lab (L 0..100; hue in degrees, atan2(b, a)): skin lies at hues 40 to 90.
Everything is symmetric under mirroring, because the set holds each face twice, the second time mirrored.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import lab2rgb, rgb2lab
from skimage.measure import label

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

# The rows that can hold an iris or its rim in the centred set; all columns, so that mirroring keeps the band.
TOP, BOTTOM = 14, 44
# Where the centre of an iris may lie: rows of the band, and columns from the middle of the face.
CENTRE_ROWS = (4.0, 21.0)
CENTRE_OFFSETS = (4.0, 22.0)

# (lowest, highest) hue by index of the eye colour. The warm ones share skin's and blush's hues.
EYE_HUES: dict[int, tuple[float, float]] = {
    5: (150.0, 300.0),  # aqua
    6: (275.0, 345.0),  # purple
    7: (106.0, 200.0),  # green
    10: (230.0, 318.0),  # blue
}
# Eye colours too near the hair's own to tell an iris and its rim from a strand, by index of the hair colour.
TOO_NEAR: dict[int, frozenset[int]] = {
    2: frozenset({5, 10}),  # aqua hair
    4: frozenset({5, 7}),  # green hair
    5: frozenset({6}),  # red hair
    6: frozenset({6, 10}),  # purple hair
    7: frozenset({6}),  # pink hair
    8: frozenset({5, 6, 10}),  # blue hair
}

MIN_CHROMA = 11.0  # below this a hue is noise of the JPEG
WHITE_L = 84.0  # above it lie tinted whites of the eye and lit skin
MIN_AREA = 18  # pixels; in a smaller iris no colour is seen
MAX_AREA = 130
MIN_L = 31.0  # darker irises would still read as black
GRAY_L = 54.0  # mean lightness a gray iris is drawn to
SKIN_HUE = np.radians(65)
COOL = -2.0  # gray irises are drawn faintly blue


def recolour(picture: NDArray[np.uint8], hair: int, eyes: int) -> NDArray[np.uint8] | None:
    """The picture with gray irises, or None where its irises are not found with confidence.

    picture: (64, 64, 3) uint8, left as it is; hair, eyes: indices into the vocabulary's colours.
    Returns a new (64, 64, 3) uint8 array that differs from `picture` around the irises only.
    """
    if picture.shape != (64, 64, 3) or picture.dtype != np.uint8:
        raise ValueError(f"expected a (64, 64, 3) uint8 picture, got {picture.shape} {picture.dtype}")
    if eyes not in EYE_HUES or eyes in TOO_NEAR.get(hair, ()):
        return None
    lab = rgb2lab(picture[TOP:BOTTOM])
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    low, high = EYE_HUES[eyes]
    coloured = (hue >= low) & (hue <= high) & (chroma >= MIN_CHROMA) & (lab[..., 0] < WHITE_L)
    irises = find_irises(coloured)
    if irises is None or lab[..., 0][irises].mean() < MIN_L:
        return None
    touched, gray = to_gray(lab, irises)
    if _left_over(coloured, touched) > 0.15 * irises.sum():
        return None
    out = picture.copy()
    band = out[TOP:BOTTOM]
    band[touched] = np.rint(255 * lab2rgb(gray)[touched]).astype(np.uint8)
    return out


def find_irises(coloured: Mask) -> Mask | None:
    """The two irises among the band's pixels of the eyes' hue, or None unless both are plain.

    coloured: (30, 64) bool. Returns a mask of the same shape.
    """
    # Pieces two pixels apart are one iris, cut by its highlight or its pupil.
    pieces = np.where(coloured, np.asarray(label(_grow(coloured), connectivity=1)), 0).astype(np.int64)
    area = np.bincount(pieces.ravel())
    if len(area) < 3:
        return None
    sides: list[tuple[Mask, float, float]] = []
    for side in (-1, 1):
        found = _best_iris(pieces, area, side)
        if found is None:
            return None
        sides.append(found)
    (left, y0, x0), (right, y1, x1) = sides
    apart = x1 - x0
    ratio = left.sum() / right.sum()
    # A tilted head may lift one eye by a third of the distance; a turned one narrows the far eye.
    if not 13 <= apart <= 34 or abs(y1 - y0) > 0.36 * apart or not 1 / 3 <= ratio <= 3:
        return None
    return left | right


def _best_iris(pieces: Numbers, area: Numbers, side: int) -> tuple[Mask, float, float] | None:
    """The largest piece on one side of the face with an iris's place, size and shape, with its centre."""
    for index in np.argsort(-area[1:], kind="stable")[:6] + 1:
        if area[index] < MIN_AREA:
            return None
        mask = pieces == index
        ys, xs = np.nonzero(mask)
        y, x = ys.mean(), xs.mean()
        offset = side * (x - 31.5)
        if not (CENTRE_ROWS[0] <= y <= CENTRE_ROWS[1] and CENTRE_OFFSETS[0] <= offset <= CENTRE_OFFSETS[1]):
            continue
        high, wide = np.ptp(ys) + 1, np.ptp(xs) + 1
        inside = ys.min() > 0 and ys.max() < len(mask) - 1
        plain = inside and area[index] <= MAX_AREA and 4 <= high <= 15 and 3 <= wide <= 14
        if not plain or area[index] < 0.4 * high * wide or wide > 2.6 * high:
            return None
        return mask, float(y), float(x)
    return None


def to_gray(lab: Array, irises: Mask) -> tuple[Mask, Array]:
    """Gray irises in Lab. lab: (h, w, 3), irises: (h, w). Returns the changed pixels and the new Lab."""
    core = _shrink(_grow(irises))
    near = _grow(_grow(core))
    rim = _grow(near) & ~core
    a, b = lab[..., 1], lab[..., 2]
    colour_a, colour_b = a[irises].mean(), b[irises].mean()
    norm = np.hypot(colour_a, colour_b)
    chroma = np.maximum(np.hypot(a, b), 1e-6)
    alike = _ramp((a * colour_a + b * colour_b) / (norm * chroma), 40, 75)
    # Next to the iris, other cold colours go too: a green iris often has a bluish edge.
    warmth = (a * np.cos(SKIN_HUE) + b * np.sin(SKIN_HUE)) / chroma
    cold = np.where(near, _ramp(-warmth, 40, 75), 0.0)
    skin = _ramp(warmth, 30, 55)
    weight = np.where(core, 1.0, np.where(rim, np.maximum(alike, cold) * (1 - skin), 0.0))
    # The iris's own lightness moves toward mid-gray; pupil and highlight, at the ends, stay.
    light = lab[..., 0]
    middle = np.clip(np.minimum(light - 8, 92 - light) / 22, 0, 1)
    gray = lab.copy()
    gray[..., 1] = a * (1 - 0.92 * weight)
    gray[..., 2] = b * (1 - 0.92 * weight) + COOL * core * middle
    shift = np.clip(GRAY_L - light[irises].mean(), -14, 20)
    gray[..., 0] = light + shift * middle * _soften(core)
    return weight > 0.02, gray


def _ramp(cosine: Array, full: float, none: float) -> Array:
    """1 for hues within `full` degrees, falling to 0 at `none` degrees."""
    low, high = np.cos(np.radians([none, full]))
    return np.clip((cosine - low) / (high - low), 0, 1)


def _left_over(coloured: Mask, touched: Mask) -> int:
    """Pixels of the eyes' hue that would stay coloured where eyes lie: an iris found in part."""
    rows = slice(int(CENTRE_ROWS[0]), int(CENTRE_ROWS[1]))
    return int((coloured & ~touched)[rows, 14:50].sum())


def _grow(mask: Mask) -> Mask:
    """The mask and its four-neighbours."""
    padded = np.pad(mask, 1)
    return mask | padded[2:, 1:-1] | padded[:-2, 1:-1] | padded[1:-1, 2:] | padded[1:-1, :-2]


def _shrink(mask: Mask) -> Mask:
    return ~_grow(~mask)


def _soften(mask: Mask) -> Array:
    """1 inside, falling to 0 over the border; never outside the mask."""
    padded = np.pad(mask.astype(float), 1)
    across = (padded[:, 2:] + padded[:, :-2] + 2 * padded[:, 1:-1]) / 4
    return mask * (across[2:] + across[:-2] + 2 * across[1:-1]) / 4
