"""What a page knows of its generator, and the networks that it holds."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.base import graph, weights
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.languages import languages, words
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.draw.engine import CORNERS, GraphEngine
from workbench.draw.painter import SHIPPED, Painter
from workbench.draw.recipe import MOST_SEED, Recipe
from workbench.judge.reading import CHOOSING, SIZE

AHEAD = 28  # faces of the first wall that a page brings along; a phone shows so many


@dataclass(frozen=True)
class Source:
    """A generator with its graph, and the judge that chooses where it can read the generator's pictures."""

    file: Path
    judge: Path | None
    painter: Painter

    @classmethod
    def open(cls, checkpoint: Path | None) -> "Source":
        """From a generator's file or a run folder; None is the shipped one.

        Raises BadInput: there is none, no ONNX graph belongs to it, or it knows other tags than hair and eyes.
        """
        file = SHIPPED if checkpoint is None else Path(checkpoint)
        if file.is_dir():
            file = file / "checkpoints" / "best.safetensors"
        _, info, _ = weights.read(file, weights.GENERATOR)  # says what is wrong with it
        if (known := Vocabulary.of(info)) != VOCABULARY:
            raise BadInput(
                f"{file}: the page has swatches of hair and eye colours; this generator knows other tags "
                f"({', '.join(known.names)}): draw with it by `workbench generate --checkpoint`"
            )
        if not graph.belongs(file):
            raise BadInput(
                f"{file}: no ONNX graph belongs to it, which a page needs; workbench export {file} --onnx writes one"
            )
        painter = Painter.open(file)
        if not isinstance(painter.engine, GraphEngine):
            raise BadInput(f"{file}: its ONNX graph cannot be opened here")
        judged = painter.size == SIZE and painter.reads_labels and graph.belongs(CHOOSING)
        return cls(file, CHOOSING if judged else None, painter)

    def about(self) -> Json:
        """Plain values for the page's scripts."""
        painter, engine = self.painter, self.painter.engine
        judge = weights.read(self.judge, weights.JUDGE)[1] if self.judge else {}
        return {
            "latent": engine.latent,
            "extra": engine.extra,
            "corners": CORNERS,
            "size": painter.size,
            "course_size": SIZE,
            "latent_kind": painter.latent_kind,
            "reads_labels": painter.reads_labels,
            "tag_counts": painter.tag_counts.tolist(),
            "generator_file": self.file.name,
            "judge_file": self.judge.name if self.judge else "",
            "temperatures": judge.get("temperatures", [1.0, 1.0]),
            **self.usual,
            "checkpoint": painter.digest,
            "option": "" if self.file == SHIPPED else self.file.name,
            "words": {language: words("page", language) for language in languages()},
            "colours": {language: words("colour", language) for language in languages()},
            "hair": list(VOCABULARY.values("hair")),
            "eyes": list(VOCABULARY.values("eyes")),
            "most_seed": MOST_SEED,
            "recipe": {k: v for k, v in dataclasses.asdict(Recipe()).items() if k != "more"} | {"codes": []},
        }

    @property
    def usual(self) -> Json:
        """Candidates and truncation as `workbench generate` draws by default; without a judge nothing is chosen."""
        return self.painter.usual | ({} if self.judge else {"candidates": 1})

    def ahead(self) -> np.ndarray:
        """The first AHEAD faces of the wall that a page opens with, side by side: (S, AHEAD * S, 3) uint8.

        They are there while the page's own networks are being opened, which then draw them anew.
        """
        drawn = self.painter.draw([Recipe(seed=seed, **self.usual) for seed in range(1, AHEAD + 1)])
        return np.concatenate(list(drawn), axis=1)

    def networks(self) -> dict[str, bytes]:
        """The files that the page computes with."""
        found = {
            "generator": graph.path_of(self.file).read_bytes(),
            "generator_weights": self.file.read_bytes(),
        }
        if self.judge:
            found |= {
                "judge": graph.path_of(self.judge).read_bytes(),
                "judge_weights": self.judge.read_bytes(),
            }
        return found
