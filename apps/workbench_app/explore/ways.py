"""What My picture can do with a given face: find it, draw it by a trained editor, draw it in another style."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workbench.base.errors import BadInput
from workbench.base.shipped import ARTIFACTS
from workbench.base.weights import EDITOR, TRANSLATOR
from workbench.data.captions import colour, of_indices
from workbench.data.tags import VOCABULARY
from workbench_app.explore import words
from workbench_app.explore.page_context import PageContext
from workbench_app.explore.trained import of_kind, opened

STEPS = 200  # of the search; fewer than the command's: somebody waits
FIND, EDIT, STYLE = "find", "edit", "style"
SHIPPED = ARTIFACTS / "translator.safetensors"
SIDES = ("b", "a")  # of a pair of translators, the wanted one

Named = tuple[np.ndarray, str]  # a picture (S, S, 3) uint8 and what it is called


@dataclass(frozen=True)
class Became:
    """What became of a picture: in a sentence, beside what was given, and by colours of hair and of eyes."""

    said: str
    pictures: list[Named]
    hair: list[Named] = field(default_factory=list)
    eyes: list[Named] = field(default_factory=list)


class Ways:
    """The ways by name: "find", "edit/RUN", "style/RUN/b"; of the shipped translator "style//b". Needs torch."""

    def __init__(self, context: PageContext) -> None:
        self.context = context

    def choices(self, language: str) -> list[tuple[str, str]]:
        """(what the menu says, name): what ships, then the runs that are there now."""

        def say(key: str, **values: str) -> str:
            return words.say(language, key, **values)

        found = [(say("way_find"), FIND)] if self.context.studio.painter.size == 64 else []
        found += [(say("way_edit", run=run), f"{EDIT}/{run}") for run in self._runs(EDITOR)]
        if SHIPPED.is_file():
            found += [(say(f"way_shipped_{to}"), f"{STYLE}//{to}") for to in SIDES]
        found += [
            (say(f"way_style_{to}", run=run), f"{STYLE}/{run}/{to}")
            for run in self._runs(TRANSLATOR)
            for to in SIDES
        ]
        return found

    def _runs(self, kind: str) -> dict[str, Path]:
        return of_kind(self.context.runs, kind)

    def went(self, way: object, given: np.ndarray, language: str) -> Became:
        """The picture, a square (S, S, 3) uint8, drawn in this way. Raises BadInput for a way that is not there."""
        import torch

        torch.set_num_threads(1)  # one face is little work: more threads wait for each other
        if way not in [name for _, name in self.choices(language)]:
            raise BadInput(words.say(language, "way_none"))
        kind, _, rest = str(way).partition("/")
        if kind == EDIT:
            return self._edited(self._runs(EDITOR)[rest], given, language)
        if kind == STYLE:
            run, _, to = rest.rpartition("/")
            return self._styled(self._runs(TRANSLATOR)[run] if run else SHIPPED, given, to, language)
        return self._found(given, language)

    def _found(self, given: np.ndarray, language: str) -> Became:
        """By the nearest face that the page's own generator can draw."""
        from workbench.draw.projection import fitted, project

        painter, picture = self.context.studio.borrowed(), fitted(given)
        (found,) = project(painter, picture[None], STEPS)
        recipe = found.recipe
        said = words.say(
            language,
            "mine_said",
            said=of_indices((recipe.hair, recipe.eyes), language),
            distance=found.distance,
        )

        def recoloured(kind: str) -> list[Named]:
            others = [dataclasses.replace(recipe, **{kind: n}) for n in range(len(VOCABULARY.values(kind)))]
            return named(kind, [painter.draw_at(found.z[None], other)[0] for other in others], language)

        pictures = [(picture, self._say(language, "given")), (found.drawn, self._say(language, "found"))]
        return Became(said, pictures, recoloured("hair"), recoloured("eyes"))

    def _edited(self, file: Path, given: np.ndarray, language: str) -> Became:
        """By a generator that was trained to give faces other tags."""
        from workbench.train.editing import Editing

        editing: Any = opened(Editing, file)
        picture = fit(given, editing.size)
        read = editing.tags(picture[None])[0]

        def recoloured(column: int, kind: str) -> list[Named]:
            count = len(VOCABULARY.values(kind))
            y = np.tile(read, (count, 1))
            y[:, column] = np.arange(count)
            return named(kind, editing.draw(np.stack([picture] * count), y), language)

        hair, eyes = (recoloured(column, kind) for column, kind in enumerate(("hair", "eyes")))
        said = words.say(language, "edit_said", said=of_indices(tuple(read), language))
        return Became(said, [(picture, self._say(language, "given"))], hair, eyes)

    def _styled(self, file: Path, given: np.ndarray, to: str, language: str) -> Became:
        """By a pair of translators, there and back."""
        from workbench.train.stylist import Stylist

        stylist: Any = opened(Stylist, file)
        picture = fit(given, stylist.size)
        there = stylist.draw(picture[None], to)
        back = stylist.draw(there, "a" if to == "b" else "b")
        apart = float(np.abs(back[0].astype(float) - picture).mean())
        names = [self._say(language, key) for key in ("given", "translated", "back")]
        return Became(
            words.say(language, "style_said", distance=apart),
            list(zip((picture, there[0], back[0]), names, strict=True)),
        )

    @staticmethod
    def _say(language: str, key: str) -> str:
        return words.say(language, f"mine_is_{key}")


def fit(given: np.ndarray, size: int) -> np.ndarray:
    """The middle square of a picture (H, W, 3) uint8 at (size, size, 3)."""
    from workbench.data.decode import crop_square, resize

    return np.array(resize(np.ascontiguousarray(crop_square(given)), size))  # writable, as torch wants it


def named(kind: str, pictures: Sequence[np.ndarray] | np.ndarray, language: str) -> list[Named]:
    """A picture for each colour of hair or eyes, with its name."""
    names = [colour(word, language) for word in VOCABULARY.values(kind)]
    return list(zip(pictures, names, strict=True))
