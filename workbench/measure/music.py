"""Bars in figures, pure functions of arrays; what stands for hair and eyes in the game of bars."""

import numpy as np

from workbench.data.chords import tones
from workbench.measure.measurements import Measured

SHIFT = 997  # by how many bars the chords are moved for the chance row; prime, so that no tune meets its own


def chord_share(rolls: np.ndarray, chords: np.ndarray) -> float:
    """Share of the melody's notes that belong to their bar's chord; NaN without notes.

    rolls (N, 16, 24) of a melody whose lowest pitch is a C; chords (N,).
    """
    counts = rolls.reshape(len(rolls), rolls.shape[1], -1, 12).sum((1, 2), dtype=np.int64)  # (N, 12)
    total = counts.sum()
    return float((counts * tones()[chords]).sum() / total) if total else float("nan")


def different(bars: np.ndarray) -> float:
    """Share of bars (N, ...) that are left when equal ones are counted once."""
    return len({bar.tobytes() for bar in np.ascontiguousarray(bars)}) / len(bars)


def copies(bars: np.ndarray, past: np.ndarray) -> float:
    """Share of bars that equal the bar before, of those that have one; 0 where none has."""
    begun = past.reshape(len(past), -1).any(1)
    equal = (bars == past).reshape(len(bars), -1).all(1)
    return float(equal[begun].mean()) if begun.any() else 0.0


def first_notes(rolls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) each: the first onset's pitch of every melody (N, 16, 24), and whether there is one."""
    onsets = rolls.max(2)
    return rolls[np.arange(len(rolls)), onsets.argmax(1)].argmax(1), onsets.max(1) > 0


def across(bars: np.ndarray, past: np.ndarray) -> float:
    """Mean semitones from the last note of the bar before to the bar's first; NaN where nothing follows a note.

    Both (N, 16, 24), of the melody. Notes that begin together count as the lowest.
    """
    (first, here), (last, there) = first_notes(bars), first_notes(past[:, ::-1])
    both = here & there
    return float(np.abs(first - last)[both].mean()) if both.any() else float("nan")


def rhythm(bars: np.ndarray, past: np.ndarray) -> float:
    """Share of bars, of those that follow a note, whose notes begin where the bar before's do; NaN where none does."""
    there = past.any((1, 2))
    equal = (bars.any(2) == past.any(2)).all(1)
    return float(equal[there].mean()) if there.any() else float("nan")


def described(bars: np.ndarray, past: np.ndarray, chords: np.ndarray) -> dict[str, float]:
    """Figures of one set of bars (N, T, 16, 24); the first track is the melody."""
    melody, before = bars[:, 0], past[:, 0]
    others = np.roll(chords, SHIFT % max(len(chords), 1))
    used = melody.reshape(len(melody), melody.shape[1], -1, 12).any((1, 2))
    return {
        "chords": chord_share(melody, chords),
        "chords_other": chord_share(melody, others),
        "different": different(bars),
        "onsets": float(melody.sum((1, 2), dtype=np.int64).mean()),
        "pitch_classes": float(used.sum(1).mean()),
        "copies": copies(bars, past),
        "across": across(melody, before),
        "rhythm": rhythm(melody, before),
    }


def figures(drawn: np.ndarray, real: np.ndarray, past: np.ndarray, chords: np.ndarray) -> Measured:
    """Drawn bars beside the real ones with the same chords and past bars; `score`: see `score`."""
    own, theirs = described(drawn, past, chords), described(real, past, chords)
    told = own | {f"{key}_real": value for key, value in theirs.items()}
    finite = {key: value for key, value in told.items() if np.isfinite(value)}
    return {"n": len(drawn), "n_real": len(real), **finite, "score": score(own, theirs)}


def score(own: dict[str, float], real: dict[str, float]) -> float:
    """The rule for the best, lower is better: how far the figures are from real bars', in shares, summed up.

    What joins a bar to the one before (`across`, `rhythm`) is left out: a game may not show that bar.
    Bars without a single note have the worst one, 10.
    """
    if not own["onsets"]:
        return 10.0
    value = abs(own["chords"] - real["chords"]) + max(0.0, own["chords_other"] - real["chords_other"])
    value += abs(float(np.log(own["onsets"] / real["onsets"]))) + abs(own["copies"] - real["copies"])
    value += max(0.0, real["different"] - own["different"])
    return value + abs(own["pitch_classes"] - real["pitch_classes"]) / real["pitch_classes"]
