"""A trained second generator: opened from a run folder or a file; it enlarges any pictures of the first one's size."""

from pathlib import Path

import numpy as np

from workbench.base.weights import ENLARGER
from workbench.data.faceset import FaceSet
from workbench.data.pictures import resized
from workbench.gan.enlarger import Enlarger
from workbench.gan.rules.stack import Stack
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.measurements import Measured
from workbench.measure.stacking import figures
from workbench.train.games.stack import enlarged, generator
from workbench.train.opened import Opened


class Enlarging(Opened[Stack, Enlarger]):
    """Draws pictures half as large again. size: pixels a side of what is given."""

    kind = ENLARGER
    game = Stack

    def __init__(self, path: str | Path) -> None:
        """As `Opened`; the config's size is that of what is drawn."""
        super().__init__(path)
        self.size = self.config.size * 2 // 3

    def built(self) -> Enlarger:
        return generator(self.rules)

    def draw(self, given: np.ndarray) -> np.ndarray:
        """(N, S, S, 3) uint8 -> (N, 3S/2, 3S/2, 3)."""
        return np.concatenate(list(enlarged(self.network, given)))

    def measure(self, faces: FaceSet, count: int, seed: int = 0) -> Measured:
        """Figures of `measure.stacking`: the first generator's pictures, enlarged, against held-out real ones.

        They are drawn under the tags of the real ones, all of which have the large size.
        """
        from workbench.draw.painter import Painter
        from workbench.draw.recipe import Recipe

        held = faces.held()
        rows = np.random.default_rng(seed).permutation(len(held))[:count]
        painter = Painter.open(self.rules.first or None)
        tags = np.resize(held.y[rows], (count, 2)).tolist()
        first = painter.draw(
            [Recipe(id=str(n), hair=hair, eyes=eyes, seed=seed) for n, (hair, eyes) in enumerate(tags)]
        )
        judge = Judge.open(MEASURING)
        found = figures(
            held.pictures(rows), first, self.draw(first), lambda x: judge.read(resized(x, SIZE)).features
        )
        return {"judge": judge.digest} | found
