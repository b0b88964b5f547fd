"""The colours of drawn faces: a palette whose names nobody confuses, and the tones made from it.

Shades are varied in CIELAB, where equal steps look equal, so that a shade stays inside its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from skimage.color import lab2rgb, rgb2lab

from workbench.data.tags import EYES, HAIR

if TYPE_CHECKING:
    from workbench.data.drawn import Face

HAIR_RGB = {
    "orange": (244, 140, 46), "white": (244, 244, 250), "aqua": (96, 218, 218), "gray": (148, 150, 158),
    "green": (92, 182, 84), "red": (212, 40, 50), "purple": (150, 90, 204), "pink": (252, 158, 196),
    "blue": (66, 100, 220), "black": (48, 46, 56), "brown": (128, 82, 52), "blonde": (254, 224, 118),
}  # fmt: skip
EYES_RGB = {
    "gray": (158, 162, 172), "black": (36, 34, 42), "orange": (244, 132, 22), "pink": (250, 112, 176),
    "yellow": (242, 212, 38), "aqua": (48, 212, 214), "purple": (142, 66, 206), "green": (46, 168, 66),
    "brown": (122, 70, 36), "red": (218, 28, 38), "blue": (42, 88, 226),
}  # fmt: skip
SKINS = (
    (255, 234, 222), (255, 228, 210), (252, 218, 196), (255, 240, 232), (255, 232, 216), (254, 224, 208),
    (255, 236, 226), (240, 200, 172),
)  # fmt: skip
CLOTHES = (
    (246, 246, 250), (52, 60, 96), (74, 74, 82), (196, 52, 62), (122, 150, 206), (240, 190, 204),
    (150, 112, 84), (98, 142, 112), (232, 206, 140), (120, 92, 148),
)  # fmt: skip
BACKGROUNDS = (
    (255, 255, 255), (255, 255, 255), (255, 255, 255), (246, 246, 246), (226, 238, 250),
    (252, 234, 226), (232, 246, 232), (250, 244, 220), (240, 230, 248), (206, 218, 226),
)  # fmt: skip


_DARKEN = np.array([0.66, 0.82, 0.7])


def _lab(palette: dict[str, tuple[int, int, int]], names: tuple[str, ...] | list[str]) -> np.ndarray:
    return rgb2lab(np.array([palette[name] for name in names]) / 255.0)


_HAIR_LAB, _EYES_LAB = _lab(HAIR_RGB, HAIR), _lab(EYES_RGB, EYES)


def tone(colour: np.ndarray, step: float) -> np.ndarray:
    """`colour` (3,) 0..1 darker and richer (step -1..0) or towards white (step 0..1).

    Darker tones lose green first: yellow shades to orange and blue to violet, as painters have it.
    """
    if step < 0:
        return colour ** (1 - 0.7 * step) * (1 + step * _DARKEN)
    return colour + (1 - colour) * step


def _varied(lab: np.ndarray, shade: float, warmth: float) -> np.ndarray:
    """lab (3,) with lightness +-4 and its hue turned by +-3 degrees."""
    cos, sin = np.cos(0.05 * warmth), np.sin(0.05 * warmth)
    lightness, a, b = lab
    return np.array([lightness + 4 * shade, a * cos - b * sin, a * sin + b * cos])


@dataclass(frozen=True)
class Colours:
    """A face's colours, each (3,) float64 0..1."""

    hair: np.ndarray
    iris: np.ndarray
    skin: np.ndarray
    cloth: np.ndarray
    trim: np.ndarray
    background: np.ndarray
    backdrop: np.ndarray
    line: np.ndarray  # lashes and other dark lines of the face
    skin_line: np.ndarray
    skin_shade: np.ndarray
    hair_line: np.ndarray

    def strand(self, step: float) -> np.ndarray:
        """A darker tone of the hair; pale hair is shaded less, or white would look gray."""
        return tone(self.hair, step * (1.1 - 0.6 * float(self.hair.min())))

    @staticmethod
    def of(face: Face) -> Colours:
        """The colours that `face` names by index and shade."""
        lab = np.stack(
            [
                _varied(_HAIR_LAB[face.hair], face.hair_shade, face.hair_warmth),
                _varied(_EYES_LAB[face.eyes], face.eyes_shade, face.eyes_warmth),
            ]
        )
        hair, iris = np.clip(lab2rgb(lab), 0, 1)
        skin, cloth, trim, background, backdrop = (
            np.array(
                [
                    SKINS[face.skin],
                    CLOTHES[face.cloth],
                    CLOTHES[face.trim],
                    BACKGROUNDS[face.background],
                    BACKGROUNDS[face.backdrop],
                ]
            )
            / 255.0
        )
        return Colours(
            hair, iris, skin, cloth, trim, background, backdrop,
            line=0.22 * hair**1.5 + np.array([0.12, 0.07, 0.09]),
            skin_line=skin**2 * np.array([0.8, 0.6, 0.56]),
            skin_shade=skin * np.array([0.95, 0.83, 0.8]),
            hair_line=tone(hair, -0.75 + 0.25 * float(hair.min())),
        )  # fmt: skip
