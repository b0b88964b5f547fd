"""A trained network that restores pictures: opened from a run folder or a file, and measured on whole pictures."""

from pathlib import Path

import numpy as np

from workbench.base.checkpoint import load_weights
from workbench.base.errors import BadInput
from workbench.base.weights import RESTORER
from workbench.data.pair_sources import fitted, pixels
from workbench.data.pairs import PairSet
from workbench.gan.config import Config
from workbench.gan.rules.restore import Restore
from workbench.measure.figures import Measured
from workbench.measure.restoring import baselines, figures, keep_known, mean_mouth
from workbench.train.games.restore import drawn_from, generator
from workbench.train.run import Run


class Restorer:
    """Draws the wanted pictures for given ones. rules: its game's; size: pixels a side."""

    def __init__(self, path: str | Path) -> None:
        """path: a run folder, of which the best checkpoint is taken, or a file. Raises BadInput."""
        path = Path(path)
        if path.is_dir():
            path = Run.open(path).best
        tensors, info, self.digest = load_weights(path, RESTORER)
        self.config = Config.from_json(info["config"])
        if not isinstance(self.config.game, Restore):
            raise BadInput(f"{path}: its config names another game than its network is for")
        self.path, self.rules, self.size = path, self.config.game, self.config.size
        self.network = generator(self.rules)
        try:
            self.network.load_state_dict(tensors)
        except RuntimeError as error:
            raise BadInput(
                f"{path}: its weights do not fit its config ({str(error).splitlines()[0]})"
            ) from None
        self.network.eval().requires_grad_(False)

    def read(self, paths: list[Path]) -> np.ndarray:
        """Given pictures (N, S, S, C) uint8. Raises BadInput with the first file that cannot be one."""
        channels, box = self.rules.channels, self.rules.box
        return np.stack([fitted(pixels(path), self.size, channels, str(path), box) for path in paths])

    def draw(self, given: np.ndarray, keep: bool = True) -> np.ndarray:
        """(N, S, S, C) uint8 -> the same shape in float32, 0 to 255; keep: known pixels stay as they are given."""
        parts = drawn_from(self.network, given, self.rules.drawing_dropout, self.config.seed)
        drawn = np.concatenate([(part.numpy().clip(-1, 1) + 1) * np.float32(127.5) for part in parts])
        drawn = drawn.transpose(0, 2, 3, 1)
        return keep_known(drawn, given, self.rules.area) if keep and self.rules.boxed else drawn

    def measure(self, pairs: PairSet, part: str = "test") -> Measured:
        """Figures of `measure.restoring` on a part of the pictures, with the baselines where there is a box."""
        mine, area = pairs.take(part), self.rules.area if self.rules.boxed else None
        found = figures(self.draw(mine.given, keep=False), mine.given, mine.wanted, area)
        if area is not None:
            mean = mean_mouth(pairs.take("train").wanted, area)
            found |= baselines(mine.given, mine.wanted, mean, area)
        return {"part": part, **found}
