"""Anti-aliased painting of filled curves: the brush under the drawn faces.

Shapes are closed polygons, arrays (n, 2) of (x, y) in head units: the picture spans -1..1 both ways,
y grows downwards. Coverage is summed along scanlines with exact ends, which gives the smooth edges of
supersampling without its pixels: on a head-sized shape 50 times faster than `skimage.draw.polygon` on a
grid three times finer.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SCANLINES = 4  # per pixel row

Point = np.ndarray | tuple[float, float]
Shapes = np.ndarray | Sequence[np.ndarray]


@dataclass(frozen=True)
class Mask:
    """Coverage 0..1 of a shape, (height, width) float64, with its top left corner in the picture."""

    top: int
    left: int
    alpha: np.ndarray

    def over(self, other: Mask) -> np.ndarray:
        """`other`'s coverage on this mask's box, (height, width); zero outside `other`."""
        height, width = self.alpha.shape
        found = np.zeros((height, width))
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom = min(self.top + height, other.top + other.alpha.shape[0])
        right = min(self.left + width, other.left + other.alpha.shape[1])
        if top < bottom and left < right:
            found[top - self.top : bottom - self.top, left - self.left : right - self.left] = other.alpha[
                top - other.top : bottom - other.top, left - other.left : right - other.left
            ]
        return found


def coverage(polygons: Sequence[np.ndarray], height: int, width: int) -> Mask:
    """The union of closed polygons, each (n, 2) of (x, y) in pixels, as a mask inside height x width.

    Each edge adds a signed step where it crosses a scanline; a running sum along the row then counts how
    often a pixel is wound around. Polygons are turned the same way first, so that overlaps cannot cancel.
    """
    starts, ends = [], []
    for points in polygons:
        following = np.concatenate((points[1:], points[:1]))  # (n, 2), where each edge ends
        area = points[:, 0] @ following[:, 1] - points[:, 1] @ following[:, 0]
        starts.append(points if area > 0 else following)
        ends.append(following if area > 0 else points)
    a, b = np.concatenate(starts), np.concatenate(ends)  # (E, 2): E edges of all polygons
    (low_x, low_y), (high_x, high_y) = a.min(0).tolist(), a.max(0).tolist()
    left, top = max(math.floor(low_x), 0), max(math.floor(low_y), 0)
    right, bottom = min(math.ceil(high_x), width), min(math.ceil(high_y), height)
    rows, columns = bottom - top, right - left
    if rows <= 0 or columns <= 0:
        return Mask(top, left, np.zeros((0, 0)))

    # Scanline k of the box lies at y = top + (k + 0.5) / SCANLINES.
    ya, yb = (a[:, 1] - top) * SCANLINES - 0.5, (b[:, 1] - top) * SCANLINES - 0.5  # (E,), in scanlines
    # (2, E): scanlines first..first + count - 1 are those between an edge's ends
    crossed = np.minimum(np.maximum(np.ceil(np.stack([ya, yb])), 0), rows * SCANLINES).astype(int)
    first = np.minimum(crossed[0], crossed[1])  # (E,)
    count = np.abs(crossed[1] - crossed[0])  # (E,)
    # From here on (X,), a number for each of X crossings of an edge and a scanline.
    edge = np.repeat(np.arange(len(a)), count)  # (X,), which edge
    k = np.arange(len(edge)) + (first - (np.cumsum(count) - count))[edge]  # (X,), its scanline
    rise = yb - ya  # (E,)
    slope = (b[:, 0] - a[:, 0]) / np.where(rise == 0, 1, rise)  # (E,), pixels a scanline
    x = (a[:, 0] - left - ya * slope)[edge] + k * slope[edge]  # (X,), where it is crossed
    x = np.minimum(np.maximum(x, 0), columns)
    column = x.astype(int)  # (X,)
    sign = (np.sign(-rise) / SCANLINES)[edge]  # (X,), into the shape or out of it
    step = sign * (x - column)  # (X,), what the next pixel gets, this one being crossed inside
    cell = (k // SCANLINES) * (columns + 2) + column  # (X,), the pixel's number in the box
    total = rows * (columns + 2)
    sums = np.bincount(cell, sign - step, total) + np.bincount(cell + 1, step, total)  # (total,)
    alpha = np.cumsum(sums.reshape(rows, columns + 2), axis=1)[:, :columns]  # (rows, columns)
    return Mask(top, left, np.minimum(np.abs(alpha), 1.0))


class Canvas:
    """A picture being painted, `rgb` (size, size, 3) float64 0..1, seen through a movable pose."""

    def __init__(self, size: int):
        self.size = size
        self.rgb = np.ones((size, size, 3))
        self.pose()

    def pose(self, tilt: float = 0.0, scale: float = 1.0, x: float = 0.0, y: float = 0.0) -> None:
        """Later shapes are turned by `tilt` radians about the neck, scaled and shifted (head units)."""
        cos, sin, half, pivot = np.cos(tilt), np.sin(tilt), self.size / 2, np.array([0.0, 0.45])
        self._matrix = half * scale * np.array([[cos, sin], [-sin, cos]])
        self._offset = half * (np.array([x, y]) + 1 + pivot) - pivot @ self._matrix

    def mask(self, shapes: Shapes) -> Mask:
        """Coverage of one polygon or of the union of several, in head units through the pose."""
        listed = [shapes] if isinstance(shapes, np.ndarray) else shapes
        return coverage([p @ self._matrix + self._offset for p in listed], self.size, self.size)

    def paint(
        self,
        shapes: Shapes | Mask,
        colour: np.ndarray,
        alpha: float = 1.0,
        within: Mask | None = None,
        below: np.ndarray | None = None,
    ) -> Mask:
        """Fill with `colour` (3,) 0..1, or with a gradient to `below` at the lowest row; returns the mask."""
        mask = shapes if isinstance(shapes, Mask) else self.mask(shapes)
        height, width = mask.alpha.shape
        if not height:
            return mask
        strength = mask.alpha if within is None else mask.alpha * mask.over(within)
        if alpha < 1:
            strength = strength * alpha
        if below is not None:
            down = np.linspace(0.0, 1.0, height)[:, None, None]
            colour = colour + (below - colour) * down
        area = self.rgb[mask.top : mask.top + height, mask.left : mask.left + width]
        area += (colour - area) * strength[:, :, None]
        return mask

    def glow(
        self, x: float, y: float, rx: float, ry: float, colour: np.ndarray, alpha: float, within: Mask
    ) -> None:
        """A soft spot that fades like a bell curve, clipped to `within`."""
        box = self.mask(np.array([[x - rx, y - ry], [x + rx, y - ry], [x + rx, y + ry], [x - rx, y + ry]]))
        height, width = box.alpha.shape
        if height and width:
            across, down = np.linspace(-2, 2, width), np.linspace(-2, 2, height)
            bell = np.exp(-(down[:, None] ** 2 + across[None, :] ** 2) / 1.2)
            self.paint(Mask(box.top, box.left, bell), colour, alpha, within)

    def picture(self) -> np.ndarray:
        """The picture so far, (size, size, 3) uint8."""
        return (np.clip(self.rgb, 0, 1) * 255 + 0.5).astype(np.uint8)


_TURN = np.linspace(0, 2 * np.pi, 20, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)
_T = np.linspace(0, 1, 6, endpoint=False)[:, None]
_SPLINE = np.hstack([_T**0, _T, _T**2, _T**3]) @ (
    np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
)
_S = np.linspace(0, 1, 9)[:, None]
_BEZIER = np.hstack([(1 - _S) ** 2, 2 * _S * (1 - _S), _S**2])


def points(*xy: tuple[float, float]) -> np.ndarray:
    """(n, 2) from pairs."""
    return np.array(xy, dtype=float)


def ellipse(x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """(20, 2) around (x, y)."""
    return _CIRCLE * (rx, ry) + (x, y)


def shifted(shape: np.ndarray, x: float, y: float) -> np.ndarray:
    """The shape (n, 2), moved."""
    return shape + np.array([x, y])


def pair(shape: np.ndarray) -> list[np.ndarray]:
    """The shape and its mirror image."""
    return [shape, shape * (-1, 1)]


def smooth(knots: np.ndarray, closed: bool = True) -> np.ndarray:
    """A Catmull-Rom curve through knots (n, 2), six points a span."""
    if closed:
        around = np.concatenate((knots[-1:], knots, knots[:2]))
    else:
        around = np.concatenate((2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]))
    at = np.arange(len(around) - 3)[:, None] + np.arange(4)
    curve = (_SPLINE @ around[at]).reshape(-1, 2)
    return curve if closed else np.concatenate((curve, knots[-1:]))


def bezier(start: Point, control: Point, end: Point) -> np.ndarray:
    """(9, 2) along a quadratic Bezier curve, both ends included."""
    return _BEZIER @ np.array([start, control, end])


def ribbon(path: np.ndarray, width: float, begin: float = 1.0, end: float = 1.0) -> np.ndarray:
    """A line along path (n, 2) as a polygon, `width` thick in the middle, its ends thinned by factors."""
    along, arch = _along(len(path))
    ends = begin + (end - begin) * along
    thick = width / 2 * (ends + (1 - ends) * arch)
    ahead = np.empty_like(path)
    ahead[1:-1] = path[2:] - path[:-2]
    ahead[0], ahead[-1] = path[1] - path[0], path[-1] - path[-2]
    side = np.empty_like(path)
    thick /= np.sqrt(ahead[:, 0] ** 2 + ahead[:, 1] ** 2) + 1e-9
    side[:, 0], side[:, 1] = -ahead[:, 1] * thick, ahead[:, 0] * thick
    return np.concatenate((path + side, (path - side)[::-1]))


@functools.cache
def _along(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions 0..1 along a path of n points, and an arch over them."""
    along = np.linspace(0, 1, n)
    return along, np.sin(np.pi * along)
