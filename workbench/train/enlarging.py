"""A trained second generator: opened from a run folder or a file; it enlarges any pictures of the first one's size."""

from pathlib import Path

import numpy as np

from workbench.base.checkpoint import load_weights
from workbench.base.errors import BadInput
from workbench.base.weights import ENLARGER
from workbench.data.decode import crop_square, resize
from workbench.data.faceset import FaceSet
from workbench.data.pair_sources import pixels
from workbench.data.pictures import resized
from workbench.gan.config import Config
from workbench.gan.rules.stack import Stack
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.figures import Measured
from workbench.measure.stacking import figures
from workbench.train.games.stack import enlarged, generator
from workbench.train.run import Run


class Enlarging:
    """Draws pictures half as large again. size: pixels a side of what is given."""

    def __init__(self, path: str | Path) -> None:
        """path: a run folder, of which the best checkpoint is taken, or a file. Raises BadInput."""
        path = Path(path)
        if path.is_dir():
            path = Run.open(path).best
        tensors, info, self.digest = load_weights(path, ENLARGER)
        self.config = Config.from_json(info["config"])
        if not isinstance(self.config.game, Stack):
            raise BadInput(f"{path}: its config names another game than its network is for")
        self.path, self.rules, self.size = path, self.config.game, self.config.size * 2 // 3
        self.network = generator(self.rules)
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
