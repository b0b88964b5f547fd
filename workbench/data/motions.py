"""Kinds of motion: how one number of a face moves, as a smooth function of time. Nothing is painted here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from workbench.data.drawn import Face

KINDS = ("blink", "turn", "wave", "speak")
FRAMES = (8, 16)  # how many a clip may have
BEATS = 8  # time runs from 0 to 8 in every clip, whatever its frames
CLOSED = 0.4  # openness below which eyes do not show their colour


@dataclass(frozen=True)
class Motion:
    """How one number of a face moves. kind: index of KINDS; phase: 0 to 1, when; size: 0 to 1, how far."""

    kind: int
    phase: float
    size: float

    def frames(self, face: Face, count: int) -> list[Face]:
        """`count` faces: this one, moved."""
        time = np.arange(count) * BEATS / count
        kind = KINDS[self.kind]
        still = dataclasses.replace(face, openness=1.0, mouth="smile")
        if kind == "blink":  # the lids meet for a moment, between beats 1.5 and 5.5
            shut = np.clip(1.4 - 0.75 * np.abs(time - 1.5 - 4 * self.phase), 0, 1)
            return [dataclasses.replace(still, openness=float(1 - s)) for s in shut]
        if kind == "turn":  # once to and fro
            yaw = (1.0 + 0.7 * self.size) * np.sin(2 * np.pi * (time / BEATS + self.phase))
            return [dataclasses.replace(still, yaw=float(v)) for v in yaw]
        if kind == "wave":  # one and a half times
            lean = (0.3 + 0.2 * self.size) * np.sin(2 * np.pi * (1.5 * time / BEATS + self.phase))
            return [dataclasses.replace(still, hand=float(v)) for v in lean]
        wide = 0.5 - 0.5 * np.cos(2 * np.pi * (2 * time / BEATS + self.phase))  # speak: two syllables
        top = 1.3 + 0.7 * self.size
        return [dataclasses.replace(still, mouth="open", gape=float(0.15 + top * v)) for v in wide]
