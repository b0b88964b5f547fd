"""A trained editor of given faces: opened from a run folder or a file, and measured on faces new to it."""

import numpy as np

from workbench.base.errors import BadInput
from workbench.base.weights import EDITOR
from workbench.data.faceset import FaceSet
from workbench.data.pictures import resized
from workbench.data.tags import UNKNOWN, VOCABULARY
from workbench.gan.editor import Editor
from workbench.gan.rules.edit import Edit
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.editing import figures, outside
from workbench.measure.measurements import Measured
from workbench.train.games.edit import edited, generator
from workbench.train.opened import Opened

DRAWN = 100  # faces with exact masks


class Editing(Opened[Edit, Editor]):
    """Draws given faces with other tags. size: pixels a side."""

    kind = EDITOR
    game = Edit

    def built(self) -> Editor:
        return generator(self.rules)

    def tags(self, given: np.ndarray, hair: int = UNKNOWN, eyes: int = UNKNOWN) -> np.ndarray:
        """(N, 2): the wanted colours; one that is not named is the one that the measuring judge reads."""
        y = Judge.open(MEASURING).read(resized(given, SIZE)).colours()
        for kind, wanted in enumerate((hair, eyes)):
            if wanted != UNKNOWN:
                y[:, kind] = wanted
        return y

    def draw(self, given: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Pictures (N, S, S, 3) uint8 with the tags y (N, 2) -> the same shape."""
        return np.concatenate(list(edited(self.network, given, y)))

    def measure(self, faces: FaceSet, count: int) -> Measured:
        """Figures of `measure.editing` on held-out faces with both tags, and on drawn ones. Raises BadInput."""
        held = faces.held()
        known = np.flatnonzero((held.y >= 0).all(1))
        if not len(known):
            raise BadInput("none of the held-out faces of these sources has both tags; measure on others")
        rows = known[np.random.default_rng(0).permutation(len(known))[:count]]
        judge = Judge.open(MEASURING)
        found = figures(
            held.pictures(rows),
            held.y[rows],
            VOCABULARY.sizes,
            self.draw,
            lambda pictures: judge.read(resized(pictures, SIZE)).colours(),
        )
        return {"judge": judge.digest} | found | outside(self.draw, DRAWN, self.size)
