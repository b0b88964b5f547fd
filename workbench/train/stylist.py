"""A trained pair of translators: opened from a run folder or a file, and measured on pictures new to it."""

import numpy as np

from workbench.base.weights import TRANSLATOR
from workbench.data.pictures import resized
from workbench.data.sides import SideSet
from workbench.gan.rules.translate import Translate
from workbench.gan.translator import Cycle
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.measurements import Measured
from workbench.measure.translating import figures
from workbench.train.games.translate import generator, translations
from workbench.train.opened import Opened

MOST = 1000  # pictures of a side that are measured
MOST_KNOWN = 10_000  # training pictures among which copies are looked for


class Stylist(Opened[Translate, Cycle]):
    """Draws pictures of side A as B and the other way round. size: pixels a side."""

    kind = TRANSLATOR
    game = Translate

    def built(self) -> Cycle:
        return generator(self.rules)

    def draw(self, given: np.ndarray, to: str = "b") -> np.ndarray:
        """(N, S, S, 3) uint8 -> the same as side "a" or "b"."""
        return np.concatenate(list(translations(self.network, given, to)))

    def measure(self, sides: SideSet, part: str = "test") -> Measured:
        """Figures of `measure.translating` on a part, at most MOST of a side, read by the judge that measures."""
        judge = Judge.open(MEASURING)
        a, b = sides.a.take(part, MOST), sides.b.take(part, MOST)
        training = sides.b.take("train", MOST_KNOWN)
        found = figures(
            a, b, self.draw, lambda pictures: judge.read(resized(pictures, SIZE)).features, training
        )
        return {"part": part, "judge": judge.digest} | found
