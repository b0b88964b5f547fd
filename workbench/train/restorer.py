"""A trained network that restores pictures: opened from a run folder or a file, and measured on whole pictures."""

from pathlib import Path

import numpy as np

from workbench.base.weights import RESTORER
from workbench.data.pair_sources import fitted, pixels
from workbench.data.pairs import PairSet
from workbench.gan.rules.restore import Restore
from workbench.gan.unet import UNet
from workbench.measure.measurements import Measured
from workbench.measure.restoring import baselines, figures, keep_known, mean_mouth
from workbench.train.games.restore import drawn_from, generator
from workbench.train.opened import Opened


class Restorer(Opened[Restore, UNet]):
    """Draws the wanted pictures for given ones. rules: its game's; size: pixels a side."""

    kind = RESTORER
    game = Restore

    def built(self) -> UNet:
        return generator(self.rules)

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
