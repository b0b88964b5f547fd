"""A trained editor of given faces: opened from a run folder or a file, and measured on faces new to it."""

from pathlib import Path

import numpy as np

from workbench.base.checkpoint import load_weights
from workbench.base.errors import BadInput
from workbench.base.weights import EDITOR
from workbench.data.decode import crop_square, resize
from workbench.data.faceset import FaceSet
from workbench.data.pair_sources import pixels
from workbench.data.pictures import resized
from workbench.data.tags import UNKNOWN, VOCABULARY
from workbench.gan.config import Config
from workbench.gan.rules.edit import Edit
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.editing import figures, outside
from workbench.measure.figures import Measured
from workbench.train.games.edit import edited, generator
from workbench.train.run import Run

DRAWN = 100  # faces with exact masks


class Editing:
    """Draws given faces with other tags. size: pixels a side."""

    def __init__(self, path: str | Path) -> None:
        """path: a run folder, of which the best checkpoint is taken, or a file. Raises BadInput."""
        path = Path(path)
        if path.is_dir():
            path = Run.open(path).best
        tensors, info, self.digest = load_weights(path, EDITOR)
        self.config = Config.from_json(info["config"])
        if not isinstance(self.config.game, Edit):
            raise BadInput(f"{path}: its config names another game than its network is for")
        self.path, self.size = path, self.config.size
        self.network = generator(self.config.game)
        try:
            self.network.load_state_dict(tensors)
        except RuntimeError as error:
            raise BadInput(
                f"{path}: its weights do not fit its config ({str(error).splitlines()[0]})"
            ) from None
        self.network.eval().requires_grad_(False)

    def read(self, paths: list[Path]) -> np.ndarray:
        """Pictures (N, S, S, 3) uint8: the middle square of each. Raises BadInput with the file that is none."""
        return np.stack([resize(crop_square(pixels(path)), self.size) for path in paths])

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
