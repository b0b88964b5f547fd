"""Piano rolls as pictures: time to the right, pitch upwards, a colour for each track."""

import numpy as np

from workbench.data.chords import CHORDS, notes
from workbench.data.melodies import PITCHES, STEPS
from workbench.data.midi import held
from workbench.data.pictures import beside

COLOURS = ((35, 95, 190), (235, 150, 60), (60, 150, 90))  # melody, chords, bass
PAPER, TINT, BAR, ONSET = (250, 249, 246), (232, 232, 240), (190, 188, 184), 0.55


def cell(bar: np.ndarray, side: int = 64) -> np.ndarray:
    """One bar's onsets (T, 16, 24) as a square picture (side, side, 3) uint8; tracks lie over each other."""
    across, up = side // STEPS, side // PITCHES
    picture = np.full((PITCHES * up, STEPS * across, 3), PAPER, np.uint8)
    picture[:, :: 4 * across] = BAR
    for number, track in reversed(list(enumerate(bar))):
        _notes(picture, track, COLOURS[number], across, up)
    framed = np.full((side, side, 3), PAPER, np.uint8)
    top, left = (side - picture.shape[0]) // 2, (side - picture.shape[1]) // 2
    framed[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return framed


def sheet(tracks: np.ndarray, chords: np.ndarray, across: int = 6, up: int = 5) -> np.ndarray:
    """A tune's onsets (T, 16 n, 24) as (H, W, 3) uint8: each bar's chord by name, a staff a track.

    The chord's own pitches are tinted. across, up: pixels of a sixteenth and of a pitch.
    """
    staves = []
    for number, track in enumerate(tracks):
        picture = np.full((PITCHES * up, len(track) * across, 3), PAPER, np.uint8)
        for bar, chord in enumerate(chords):
            columns = slice(bar * STEPS * across, (bar + 1) * STEPS * across)
            for pitch in range(PITCHES):
                if pitch % 12 in notes(int(chord)):
                    picture[(PITCHES - 1 - pitch) * up : (PITCHES - pitch) * up, columns] = TINT
            picture[:, columns.start] = BAR
        _notes(picture, track, COLOURS[number], across, up)
        staves += [picture, np.full((up, picture.shape[1], 3), BAR, np.uint8)]
    bars = np.split(np.concatenate(staves[:-1]), len(chords), axis=1)
    return beside(bars, [CHORDS[int(chord)] for chord in chords], gap=0)


def _notes(picture: np.ndarray, roll: np.ndarray, colour: tuple[int, ...], across: int, up: int) -> None:
    """Every note as a bar of its length, darker where it begins; in place."""
    for start, end, pitch in held(roll):
        rows = slice((PITCHES - 1 - pitch) * up, (PITCHES - pitch) * up)
        picture[rows, start * across : end * across] = colour
        picture[rows, start * across : start * across + max(1, across // 3)] = np.multiply(colour, ONSET)
