"""Chords: twelve major and twelve minor triads, their names, their notes and their code of thirteen numbers."""

import numpy as np

from workbench.base.errors import BadInput, did_you_mean

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
CHORDS = (
    *NAMES,
    *(f"{name}m" for name in NAMES),
)  # the index of a chord: its root, plus 12 where it is minor
SPELLINGS = {"Db": "C#", "D#": "Eb", "Gb": "F#", "G#": "Ab", "A#": "Bb"}
CODE = 13  # numbers of a chord's code


def index(name: str) -> int:
    """A chord by its name: "C", "Am", "Db" too. Raises BadInput with the nearest known one."""
    word = name.strip()
    minor = word.endswith("m")
    root = word.removesuffix("m")
    root = root[:1].upper() + root[1:]
    root = SPELLINGS.get(root, root)
    if root not in NAMES:
        raise BadInput(f"'{name}' is not a known chord{did_you_mean(name, CHORDS)}")
    return NAMES.index(root) + 12 * minor


def notes(chord: int) -> tuple[int, int, int]:
    """Pitch classes of a chord: root, third, fifth."""
    root, minor = chord % 12, chord >= 12
    return root, (root + (3 if minor else 4)) % 12, (root + 7) % 12


def tones() -> np.ndarray:
    """(24, 12) bool: which pitch classes belong to which chord."""
    found = np.zeros((len(CHORDS), 12), bool)
    for chord in range(len(CHORDS)):
        found[chord, list(notes(chord))] = True
    return found


def code(chords: np.ndarray) -> np.ndarray:
    """Indices (N,) -> (N, 13) float32: the root as one of twelve, and whether it is minor (MidiNet, sec. 3.3)."""
    found = np.zeros((len(chords), CODE), np.float32)
    found[np.arange(len(chords)), chords % 12] = 1
    found[:, 12] = chords >= 12
    return found
