"""Edited faces in figures; pure functions of arrays (N, S, S, 3) uint8."""

import dataclasses
from collections.abc import Callable

import numpy as np

from workbench.measure.translating import own_share

Edit = Callable[[np.ndarray, np.ndarray], np.ndarray]  # pictures, tags (N, 2) -> pictures
Read = Callable[[np.ndarray], np.ndarray]  # pictures -> colours (N, 2)


def one_other(y: np.ndarray, sizes: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Wanted tags (N, 2) that differ from y in one kind, and which (N,): hair (0) and eyes (1) by turns."""
    rng = np.random.default_rng(seed)
    kind, wanted = np.arange(len(y)) % 2, y.copy()
    steps = np.stack([rng.integers(1, size, len(y)) for size in sizes], 1)
    rows = np.arange(len(y))
    wanted[rows, kind] = (y[rows, kind] + steps[rows, kind]) % np.array(sizes)[kind]
    return wanted, kind


def figures(
    given: np.ndarray, y: np.ndarray, sizes: tuple[int, ...], edit: Edit, read: Read | None
) -> dict[str, float]:
    """n; own (source nearest among 100), changed (mean absolute difference, of 255); with `read` asked, kept, score.

    asked: the asked colour is read; kept: the other tag is read as before, of those read right before. y: known tags.
    score: what is missing to 1 in asked, kept and own together; lower is better.
    """
    wanted, kind = one_other(y, sizes, 0)
    drawn = edit(given, wanted)
    difference = np.mean([np.abs(a.astype(np.int16) - b).mean() for a, b in zip(given, drawn, strict=True)])
    found: dict[str, float] = {"n": len(given), "own": own_share(given, drawn), "changed": float(difference)}
    if read is None:
        return found
    before, after = read(given), read(drawn)
    rows = np.arange(len(y))
    right = before[rows, 1 - kind] == y[rows, 1 - kind]
    found["asked"] = float((after[rows, kind] == wanted[rows, kind]).mean())
    kept = after[rows, 1 - kind] == y[rows, 1 - kind]
    found["kept"] = float(kept[right].mean()) if right.any() else 0.0
    return found | {"score": 3 - found["asked"] - found["kept"] - found["own"]}


def outside(edit: Edit, count: int, size: int) -> dict[str, float]:
    """On `count` drawn faces, whose masks are exact: mean absolute change (of 255) outside hair, or outside irises.

    A pixel is outside where faces that differ by that colour alone are the same.
    """
    from workbench.data.drawn import render, sample

    found: dict[str, float] = {}
    for kind, colours in (("hair", 12), ("eyes", 11)):
        given: list[np.ndarray] = []
        free: list[np.ndarray] = []
        wanted: list[tuple[int, int]] = []
        for number in range(count):
            face = sample(number, 77)
            others = [(getattr(face, kind) + step) % colours for step in (1, 4, 7)]
            given.append(render(face, size))
            same: list[np.ndarray] = [
                render(dataclasses.replace(face, **{kind: other}), size) == given[-1] for other in others
            ]
            free.append(np.all(same, axis=(0, 3)))
            wanted.append((others[0], face.eyes) if kind == "hair" else (face.hair, others[0]))
        drawn = edit(np.stack(given), np.array(wanted))
        change = np.abs(drawn.astype(np.int16) - np.stack(given)).mean(3)
        found[f"outside_{kind}"] = float(change[np.stack(free)].mean())
    return found
