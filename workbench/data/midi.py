"""MIDI files in and out. Reading: the melody of files in 4/4, a chord for each bar, in C major or A minor.

It needs mido (the extra `music`).
"""

from pathlib import Path
from typing import Any

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.chords import CHORDS, tones
from workbench.data.melodies import LOWEST, PITCHES, STEPS

BEAT = 480  # ticks of a quarter in files that are written
PROGRAMS = (0, 48, 32)  # General MIDI: piano, strings, acoustic bass
MOST_BARS = 1000  # of one file
FAR = 2**40  # ticks; a damaged file may hold any number, and what is so far lies beyond MOST_BARS in any case
# What mido raises for broken files.
BROKEN = (OSError, EOFError, ArithmeticError, LookupError, TypeError, ValueError)


def library() -> Any:
    """The package mido. Raises BadInput where it is not installed."""
    try:
        import mido
    except ImportError:
        raise BadInput("MIDI files need mido: pip install mido") from None
    return mido


def write(path: Path, tracks: np.ndarray, tempo: float, transpose: int = 0) -> None:
    """Onsets (T, 16 n, 24) of melody, chords and bass (or the first of them) as a file; a note lasts until the next.

    tempo: quarters a minute; transpose: semitones up.
    """
    mido = library()
    file = mido.MidiFile(ticks_per_beat=BEAT)
    for number, (roll, lowest) in enumerate(zip(tracks, LOWEST, strict=False)):
        track = mido.MidiTrack()
        if number == 0:
            track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
            track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
        track.append(mido.Message("program_change", channel=number, program=PROGRAMS[number]))
        events = []
        for start, end, pitch in held(roll):
            events += [(end, 0, pitch + lowest + transpose), (start, 1, pitch + lowest + transpose)]
        now = 0
        for step, on, pitch in sorted(events):  # ends before beginnings
            kind, delta = ("note_on" if on else "note_off"), (step - now) * BEAT // 4
            track.append(mido.Message(kind, channel=number, note=pitch, velocity=80 * on, time=delta))
            now = step
        file.tracks.append(track)
    file.save(str(path))


def held(roll: np.ndarray) -> list[tuple[int, int, int]]:
    """(start, end, pitch) of each note of onsets (steps, pitches): it sounds until the next onset, at most a bar."""
    starts = np.flatnonzero(roll.any(1))
    ends = np.minimum(np.append(starts[1:], len(roll)), starts + STEPS)
    return [
        (int(start), int(end), int(pitch))
        for start, end in zip(starts, ends, strict=True)
        for pitch in np.flatnonzero(roll[start])
    ]


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Melody (bars, 16, 24) uint8 and chords (bars,) of one file, moved to C major or A minor.

    The highest of the notes that begin together is the melody's; the chord is the triad that holds most of a bar's
    notes, weighted by their length. Raises BadInput for what is no MIDI file, not in 4/4, or has no notes.
    """
    mido = library()
    try:
        file = mido.MidiFile(str(path))
    except (*BROKEN, mido.KeySignatureError) as error:
        told = str(error) or type(error).__name__
        raise BadInput(f"{path}: not a MIDI file that can be read ({told})") from None
    if file.ticks_per_beat <= 0:  # negative: frames a second and ticks a frame (SMPTE), so there are no beats
        told = "time in frames (SMPTE)" if file.ticks_per_beat else "a quarter of no length"
        raise BadInput(f"{path}: its header says {told}; only files in 4/4 are read")
    found = _notes(file, path)
    if not len(found):
        raise BadInput(f"{path}: there are no notes in it")
    found[:, 2] -= _key(found)
    bars = min(int(found[:, 0].max()) // STEPS + 1, MOST_BARS)
    found = found[found[:, 0] < bars * STEPS]
    melody = np.zeros((bars * STEPS, PITCHES), np.uint8)
    for step in np.unique(found[:, 0]):
        top = int(found[found[:, 0] == step, 2].max())
        melody[step, _folded(top - LOWEST[0])] = 1
    chords = np.array([_chord(found[found[:, 0] // STEPS == bar]) for bar in range(bars)])
    return melody.reshape(bars, STEPS, PITCHES), chords


def _notes(file: Any, path: Path) -> np.ndarray:
    """(notes, 3): step of the beginning, steps of length, pitch. Drums (channel 10) are left out."""
    rows = []
    for track in file.tracks:
        now, open_at = 0, {}
        for message in track:
            now += message.time
            if message.type == "time_signature" and (message.numerator, message.denominator) != (4, 4):
                signature = f"{message.numerator}/{message.denominator}"
                raise BadInput(f"{path}: in {signature}; only files in 4/4 are read")
            if message.type not in ("note_on", "note_off") or message.channel == 9:
                continue
            key = message.channel, message.note
            if key in open_at:
                start = open_at.pop(key)
                rows.append((min(start, FAR), min(now - start, FAR), message.note))
            if message.type == "note_on" and message.velocity:
                open_at[key] = now
    found = np.array(rows, float).reshape(-1, 3)
    found[:, :2] = np.round(found[:, :2] * 4 / file.ticks_per_beat)
    return found.astype(int)


def _key(found: np.ndarray) -> int:
    """By how many semitones the notes lie above C major or A minor: the shift whose scale holds most of them."""
    scale = np.zeros(12)
    scale[[0, 2, 4, 5, 7, 9, 11]] = 1
    counts = np.bincount(found[:, 2] % 12, np.maximum(found[:, 1], 1), 12)
    best = int(np.argmax([counts @ np.roll(scale, shift) for shift in range(12)]))
    return best if best <= 6 else best - 12


def _chord(found: np.ndarray) -> int:
    """The triad that holds most of these notes; C where there are none."""
    counts = np.bincount(found[:, 2] % 12, np.maximum(found[:, 1], 1), 12)
    roots = counts[np.arange(len(CHORDS)) % 12]  # of two equal ones the one whose root sounds longer
    return int(np.argmax(tones() @ counts + 0.1 * roots))


def _folded(pitch: int) -> int:
    """A pitch above the lowest one, moved by octaves into 0 to 23."""
    return pitch % 12 if pitch < 0 else pitch if pitch < PITCHES else 12 + pitch % 12
