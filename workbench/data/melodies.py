"""Tunes made by rule: tonal melodies over chords, with bass and chords as further tracks. Exact truth, no licence.

A tune has eight bars of 4/4 in C major or A minor. Its chords walk over the key's triads and close with the dominant
and the tonic; two or three rhythms serve all bars; notes on strong beats are mostly tones of the chord, those between
them mostly steps of the scale; half of the tunes bring their first two bars again.
"""

import numpy as np

from workbench.base import noise
from workbench.data.chords import index, notes

BARS, STEPS = 8, 16  # of a tune; sixteenths of a bar
PITCHES = 24  # two octaves a track
LOWEST = (60, 48, 36)  # MIDI pitches where the tracks begin: melody, chords, bass
SCALE = (0, 2, 4, 5, 7, 9, 11)  # of C major and, but for its raised seventh, A minor
WALKS = {  # which chords follow which, per mode
    "C": {"C": "C F G Am Dm Em", "F": "C G Dm F", "G": "C Am G Em", "Am": "F Dm G C", "Dm": "G C Am", "Em": "Am F"},
    "Am": {"Am": "Am Dm E F C G", "Dm": "Am E G", "E": "Am F", "F": "C G Dm", "C": "G F Am", "G": "Am C"},
}  # fmt: skip
CLOSES = {"C": ("G", "C"), "Am": ("E", "Am")}
RHYTHMS = (  # where notes begin
    (0, 4, 8, 12), (0, 8), (0, 4, 8, 10, 12, 14), (0, 6, 8, 14), (0, 2, 4, 8, 12), (0, 8, 12), (0, 4, 6, 8, 12, 14),
    (0, 2, 4, 6, 8, 10, 12, 14), (0, 12), (0, 4, 8, 12, 14), (0, 6, 8, 12), (0, 2, 4, 8, 10, 12), (2, 4, 8, 12),
    (0, 4, 8), (0, 3, 6, 8, 12), (0, 4, 10, 12), (0, 2, 8, 10, 12), (4, 8, 12), (0, 3, 4, 8, 11, 12),
)  # fmt: skip
ENDINGS = ((0,), (0, 8))
STRONG, BEAT, BETWEEN = 0.93, 0.8, 0.62  # how likely a note is a tone of the chord, by its place in the bar


def tunes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Onsets (count, 8, 3, 16, 24) uint8 of melody, chords and bass, and chords (count, 8).

    Tune n depends on (seed, n) alone.
    """
    made = [_tune(noise.generator(seed, "tune", number)) for number in range(count)]
    return np.stack([rolls for rolls, _ in made]), np.stack([chords for _, chords in made])


def _tune(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One tune (8, 3, 16, 24) and its chords (8,)."""
    chords = _chords(rng)
    again = rng.random() < 0.5
    if again:
        chords[4:6] = chords[:2]
    rhythms = [RHYTHMS[n] for n in rng.choice(len(RHYTHMS), 3, replace=False)]
    rolls = np.zeros((BARS, 3, STEPS, PITCHES), np.uint8)
    pitch = int(rng.integers(6, 18))
    for bar, chord in enumerate(chords):
        if again and bar in (4, 5):
            rolls[bar] = rolls[bar - 4]
            continue
        places = ENDINGS[rng.integers(2)] if bar == BARS - 1 else rhythms[rng.integers(3)]
        for place in places:
            pitch = _next(rng, pitch, place, chord)
            rolls[bar, 0, place, pitch] = 1
        _accompany(rng, rolls[bar], chord)
    return rolls, np.array(chords)


def _chords(rng: np.random.Generator) -> list[int]:
    mode = "C" if rng.random() < 0.7 else "Am"
    names = [mode]
    while len(names) < BARS - 2:
        names.append(str(rng.choice(WALKS[mode][names[-1]].split())))
    return [index(name) for name in (*names, *CLOSES[mode])]


def _next(rng: np.random.Generator, pitch: int, place: int, chord: int) -> int:
    """The next note of a melody, 0 to 23: near the last one, in the chord or at least in the scale."""
    own = notes(chord)
    share = STRONG if place % 8 == 0 else BEAT if place % 4 == 0 else BETWEEN
    allowed = own if rng.random() < share else {*SCALE} | {*own}
    steps = np.array([n for n in range(PITCHES) if n % 12 in allowed])
    far = np.abs(steps - pitch)
    weight = np.exp(-far / 2.5) * np.where(far == 0, 0.5, 1) * np.exp(-np.abs(steps - 12) / 12)
    return int(rng.choice(steps, p=weight / weight.sum()))


def _accompany(rng: np.random.Generator, bar: np.ndarray, chord: int) -> None:
    """Chords on one or two beats, and a bass of roots and fifths; in place. bar (3, 16, 24)."""
    root, _, fifth = notes(chord)
    for place in (0, 8) if rng.random() < 0.6 else (0,):
        bar[1, place, list(notes(chord))] = 1
    bar[2, 0, root] = 1
    bar[2, 8, root if rng.random() < 0.5 else fifth] = 1
    if rng.random() < 0.3:
        bar[2, 12, fifth] = 1
