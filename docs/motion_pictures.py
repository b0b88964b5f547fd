"""The pictures of motion.md, all of drawn clips: python docs/motion_pictures.py"""

from pathlib import Path

import numpy as np

from workbench.data import clips
from workbench.data.pictures import labelled_grid, save_png
from workbench.draw import films
from workbench.measure.moving import blocks_shuffled

FOLDER = Path(__file__).parent / "motion"
FIRST, FACES = 12, 8  # clips: kinds come in turn

if __name__ == "__main__":
    drawn = np.stack([clips.draw(FIRST + n, size=64)[0] for n in range(FACES)])  # (8, 8, 64, 64, 3)
    times = [str(n) for n in range(1, 9)]
    save_png(FOLDER / "drawn.png", labelled_grid(drawn[:4].reshape(-1, 64, 64, 3), clips.KINDS, times))
    rows = [np.concatenate(list(part), 2) for part in (drawn[:4], drawn[4:])]
    (FOLDER / "drawn.gif").write_bytes(films.gif(np.concatenate(rows, 1), rate=8))
    mixed = blocks_shuffled(drawn)[:2]
    shown = np.concatenate([drawn[0], mixed[0], mixed[1]])
    save_png(FOLDER / "blocks.png", labelled_grid(shown, ["real", "blocks", "blocks"], times))
