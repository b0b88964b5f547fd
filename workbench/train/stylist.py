"""A trained pair of translators: opened from a run folder or a file, and measured on pictures new to it."""

from pathlib import Path

import numpy as np

from workbench.base.checkpoint import load_weights
from workbench.base.errors import BadInput
from workbench.base.weights import TRANSLATOR
from workbench.data.decode import crop_square, resize
from workbench.data.pair_sources import pixels
from workbench.data.pictures import resized
from workbench.data.sides import SideSet
from workbench.gan.config import Config
from workbench.gan.rules.translate import Translate
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.figures import Measured
from workbench.measure.translating import figures
from workbench.train.games.translate import generator, translations
from workbench.train.run import Run

MOST = 1000  # pictures of a side that are measured


class Stylist:
    """Draws pictures of side A as B and the other way round. size: pixels a side."""

    def __init__(self, path: str | Path) -> None:
        """path: a run folder, of which the best checkpoint is taken, or a file. Raises BadInput."""
        path = Path(path)
        if path.is_dir():
            path = Run.open(path).best
        tensors, info, self.digest = load_weights(path, TRANSLATOR)
        self.config = Config.from_json(info["config"])
        if not isinstance(self.config.game, Translate):
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

    def draw(self, given: np.ndarray, to: str = "b") -> np.ndarray:
        """(N, S, S, 3) uint8 -> the same as side "a" or "b"."""
        return np.concatenate(list(translations(self.network, given, to)))

    def measure(self, sides: SideSet, part: str = "test") -> Measured:
        """Figures of `measure.translating` on a part, at most MOST of a side, read by the judge that measures."""
        judge = Judge.open(MEASURING)
        a, b = sides.a.take(part, MOST), sides.b.take(part, MOST)
        found = figures(a, b, self.draw, lambda pictures: judge.read(resized(pictures, SIZE)).features)
        return {"part": part, "judge": judge.digest} | found
