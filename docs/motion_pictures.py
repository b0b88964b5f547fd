"""The pictures of motion.md: python docs/motion_pictures.py [RUN]

RUN: a trained run of `mocogan`, for those of what it draws; without one these stay as they are.
"""

import sys
from pathlib import Path

import numpy as np

from workbench.data import clips
from workbench.data.pictures import labelled_grid, save_png
from workbench.draw import films
from workbench.measure.moving import blocks_shuffled
from workbench.train.animating import Animating

FOLDER = Path(__file__).parent / "motion"
FIRST, FACES = 12, 8  # clips: kinds come in turn
LEARNT = 2  # faces, each in all kinds


def learnt(run: Path) -> None:
    """What a run draws, as a film and frame by frame."""
    faces = Animating(run).faces(list(clips.KINDS), LEARNT, seed=0)  # (kinds, faces, T, S, S, 3)
    rows = faces.reshape(-1, *faces.shape[2:])
    film = films.together(rows, 2 * LEARNT)
    (FOLDER / "learnt.gif").write_bytes(films.gif(film, rate=8))
    words = [f"{kind} {n}" for kind in clips.KINDS for n in range(1, LEARNT + 1)]
    times = [str(n) for n in range(1, rows.shape[1] + 1)]
    save_png(FOLDER / "learnt.png", labelled_grid(rows.reshape(-1, *rows.shape[2:]), words, times, 2))


if __name__ == "__main__":
    drawn = np.stack([clips.draw(FIRST + n, size=64)[0] for n in range(FACES)])  # (8, 8, 64, 64, 3)
    times = [str(n) for n in range(1, 9)]
    save_png(FOLDER / "drawn.png", labelled_grid(drawn[:4].reshape(-1, 64, 64, 3), clips.KINDS, times))
    rows = [np.concatenate(list(part), 2) for part in (drawn[:4], drawn[4:])]
    (FOLDER / "drawn.gif").write_bytes(films.gif(np.concatenate(rows, 1), rate=8))
    mixed = blocks_shuffled(drawn)[:2]
    shown = np.concatenate([drawn[0], mixed[0], mixed[1]])
    save_png(FOLDER / "blocks.png", labelled_grid(shown, ["real", "blocks", "blocks"], times))
    if len(sys.argv) > 1:
        learnt(Path(sys.argv[1]))
