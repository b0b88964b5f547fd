"""The course's timed mission: one text, drawn at a moment's notice into a folder of its own."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.data import tags
from workbench_app.grade.sources import MISSION, Picture, SampleFolder

if TYPE_CHECKING:
    from workbench.draw.painter import Painter

EARLY = "early"


class Mission:
    """Draws MISSION as `run.sh` does, five pictures sample_1_(k).jpg, into `folder`."""

    def __init__(self, painter: "Painter", folder: str | Path = EARLY, seed: int = 1) -> None:
        self.painter, self.folder, self.seed = painter, Path(folder), seed

    def draw(self) -> float:
        """Returns the seconds it took. Raises BadInput, DiskError where the folder cannot be written."""
        from workbench.draw.generate import generate

        start = time.perf_counter()
        line = tags.Line(1, "1", MISSION, tags.parse(MISSION))
        generate([line], self.painter.draw, self.folder, seed=self.seed, **self.painter.usual)
        return time.perf_counter() - start

    def pictures(self) -> list[Picture]:
        """What stands in the folder now; graded is what was handed in."""
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as texts:
            texts.write(f"1,{MISSION}\n")
            texts.flush()
            return SampleFolder(self.folder, texts.name, EARLY).pictures()
