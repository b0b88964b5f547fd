"""How an arena measures a generator: the judge that no training has seen, in the words of metrics.jsonl."""

import dataclasses
import sys
from pathlib import Path

import numpy as np

from workbench.arena.folder import COLUMNS, Terms, asked
from workbench.base.documents import Json
from workbench.data.faceset import FaceSet
from workbench.data.pictures import grid
from workbench.draw.painter import Painter
from workbench.judge.classifier import Judge
from workbench.measure.evaluation import evaluate
from workbench.measure.measurements import BOTH, measurements
from workbench.measure.readings import all_by_chance
from workbench.measure.spaces import Space
from workbench.measure.subjects import Checkpoint

SEED, BLOCKS = 1000, 5  # first latent seed, and how many


@dataclasses.dataclass
class Measure:
    """A generator's file to figures and pictures, always with the same latents, tags and reference."""

    terms: Terms
    size: int

    def __post_init__(self) -> None:
        self.faces = FaceSet.open(self.terms.data, size=self.size, progress=sys.stderr.isatty())
        self.space = Space(Judge.open())

    def pictures(self, path: Path) -> np.ndarray:
        """(H, W, 3) uint8: the pictures of `asked`, the first latents, uncurated."""
        painter = Painter.open(path)
        return grid(painter.draw(asked(painter.vocabulary)), COLUMNS)

    def figures(self, path: Path) -> Json:
        """The keys of a line of metrics.jsonl, `intervals` over latent seeds, and what real pictures reach."""
        subject = Checkpoint(path, SEED, 1.0, 1, BLOCKS)
        found = evaluate(subject, self.faces, self.space, self.terms.samples)
        result = found.result
        tags = self.space.judge.vocabulary.names
        measured = {key: reading for key, reading in measurements(result).items() if key in result}
        figures: Json = {"n": result["n"], "fid_floor": result["fid_floor"]}
        figures |= {key: reading.value for key, reading in measured.items()}
        figures |= {
            f"{key}_real": one.real for key, one in measured.items() if one.real is not None and key != "fid"
        }
        # Without held-out pictures there is nothing to say what agreement real ones reach.
        if result["agreement"]["both"] is not None and result["agreement_real"]["both"] is not None:
            for name in ("agreement", "agreement_real"):
                figures[name] = {kind: result[name][kind] for kind in (*tags, BOTH)}
            known = (found.samples.y >= 0).all(1)
            figures["agreement_chance"] = all_by_chance(found.reading.rows(known), found.samples.y[known])
        return figures | {"intervals": result["intervals"]}
