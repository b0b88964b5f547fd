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


def described(bars: np.ndarray, past: np.ndarray, chords: np.ndarray) -> dict[str, float]:
    """Figures of one set of bars (N, T, 16, 24); the first track is the melody."""
    melody = bars[:, 0]
    others = np.roll(chords, SHIFT % max(len(chords), 1))
    used = melody.reshape(len(melody), melody.shape[1], -1, 12).any((1, 2))
    return {
        "chords": chord_share(melody, chords),
        "chords_other": chord_share(melody, others),
        "different": different(bars),
        "onsets": float(melody.sum((1, 2), dtype=np.int64).mean()),
        "pitch_classes": float(used.sum(1).mean()),
        "copies": copies(bars, past),
    }


def figures(drawn: np.ndarray, real: np.ndarray, past: np.ndarray, chords: np.ndarray) -> Measured:
    """Drawn bars beside the real ones with the same chords and past bars; `score`: see `score`."""
    own, theirs = described(drawn, past, chords), described(real, past, chords)
    finite = {key: value for key, value in own.items() if np.isfinite(value)}
    told: dict[str, float] = {"n": len(drawn), "n_real": len(real), **finite}
    told |= {f"{key}_real": value for key, value in theirs.items()}
    return told | {"score": score(own, theirs)}


def score(own: dict[str, float], real: dict[str, float]) -> float:
    """The rule for the best, lower is better: how far the figures are from real bars', in shares, summed up.

    Bars without a single note have the worst one, 10.
    """
    if not own["onsets"]:
        return 10.0
    value = abs(own["chords"] - real["chords"]) + max(0.0, own["chords_other"] - real["chords_other"])
    value += abs(float(np.log(own["onsets"] / real["onsets"]))) + abs(own["copies"] - real["copies"])
    value += max(0.0, real["different"] - own["different"])
    return value + abs(own["pitch_classes"] - real["pitch_classes"]) / real["pitch_classes"]
