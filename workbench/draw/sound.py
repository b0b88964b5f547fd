"""Notes as sound by adding sines: no sound font, no library beyond NumPy; WAV files by the standard library."""

import wave
from pathlib import Path

import numpy as np

from workbench.data.melodies import LOWEST, PITCHES
from workbench.data.midi import held

RATE = 22_050  # samples a second
HARMONICS = (  # of melody, chords and bass: (multiple of the pitch, loudness, decays a second)
    ((1, 1.0, 2.2), (2, 0.5, 3.0), (3, 0.28, 4.2), (4, 0.14, 5.5), (5, 0.07, 7.0)),
    ((1, 1.0, 0.8), (2, 0.25, 1.1), (3, 0.1, 1.5)),
    ((1, 1.0, 1.6), (2, 0.6, 2.2), (3, 0.2, 3.0)),
)
LOUDNESS = (0.5, 0.14, 0.4)
ATTACK, RELEASE = 0.008, 0.06  # seconds


def rendered(tracks: np.ndarray, tempo: float, transpose: int = 0) -> np.ndarray:
    """Onsets (T, 16 n, 24) as samples (M,) float32 in [-1, 1]; tempo: quarters a minute; transpose: semitones up."""
    step = 60 / tempo / 4
    sound = np.zeros(int((tracks.shape[1] * step + 0.5) * RATE), np.float32)
    for number, roll in enumerate(tracks[: len(LOUDNESS)]):
        for start, end, pitch in held(roll):
            height = 440 * 2 ** ((pitch + transpose + LOWEST[number] - 69) / 12)  # A4 is 440 Hz
            tone = _tone(height, (end - start) * step, HARMONICS[number])
            first = int(start * step * RATE)
            tone = tone[: len(sound) - first]
            sound[first : first + len(tone)] += LOUDNESS[number] * tone
    loudest = float(np.abs(sound).max(initial=0))
    return sound * (0.9 / loudest) if loudest > 0.9 else sound


def _tone(pitch: float, seconds: float, harmonics: tuple[tuple[int, float, float], ...]) -> np.ndarray:
    """One note (samples,) with its release."""
    t = np.arange(int((seconds + RELEASE) * RATE), dtype=np.float32) / RATE
    wave_ = sum(
        loudness * np.exp(-decay * t) * np.sin(2 * np.pi * pitch * multiple * t)
        for multiple, loudness, decay in harmonics
        if pitch * multiple < RATE / 2
    )
    envelope = np.minimum(1, t / ATTACK) * np.clip((seconds + RELEASE - t) / RELEASE, 0, 1)
    return (np.asarray(wave_) * envelope / sum(loudness for _, loudness, _ in harmonics)).astype(np.float32)


def accompanied(tracks: np.ndarray, chords: np.ndarray) -> np.ndarray:
    """A melody alone gets its chords, one a bar, and their roots as a bass; what has further tracks stays."""
    from workbench.data.chords import notes

    if len(tracks) > 1:
        return tracks
    found = np.zeros((3, *tracks.shape[1:]), tracks.dtype)
    found[0] = tracks[0]
    steps = tracks.shape[1] // len(chords)
    for bar, chord in enumerate(chords):
        found[1, bar * steps, list(notes(int(chord)))] = 1
        found[2, bar * steps, int(chord) % 12] = 1
    assert found.shape[-1] == PITCHES
    return found


def save_wav(path: Path, sound: np.ndarray) -> None:
    """Samples (M,) in [-1, 1] as a mono file of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
