"""What My picture can do with a given face: find it, edit or enlarge it, draw another style, or what is hidden."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from workbench.base.errors import BadInput
from workbench.base.shipped import ARTIFACTS
from workbench.base.weights import EDITOR, ENLARGER, RESTORER, TRANSLATOR
from workbench.data.captions import colour, of_indices
from workbench.data.tags import VOCABULARY
from workbench_app.explore import words
from workbench_app.explore.page_context import PageContext
from workbench_app.explore.trained import of_kind, opened

STEPS = 200  # of the search; fewer than the command's: somebody waits
FIND, EDIT, STYLE, RESTORE, ENLARGE = "find", "edit", "style", "restore", "enlarge"
SHIPPED = ARTIFACTS / "translator.safetensors"
SHIPPED_ENLARGER = ARTIFACTS / "enlarger.safetensors"
SIDES = ("b", "a")  # of a pair of translators, the wanted one

Named = tuple[np.ndarray, str]  # a picture (S, S, 3) uint8 and what it is called
Box = tuple[int, ...]  # top, bottom, left, right in pixels, ends excluded
Move = Callable[[Box, int], Box]  # the box of a network, in pictures of so many pixels -> where it is wanted


@dataclass(frozen=True)
class Became:
    """What became of a picture: in a sentence, beside what was given, and by colours of hair and of eyes.

    boxed: the whole picture and the white box on it, where there is one. made: the one that may be taken along.
    """

    said: str
    pictures: list[Named]
    hair: list[Named] = field(default_factory=list)
    eyes: list[Named] = field(default_factory=list)
    boxed: tuple[np.ndarray, Box] | None = None
    made: np.ndarray | None = None


class Ways:
    """The ways by name: "find", "edit/RUN", "restore/RUN", "enlarge/RUN", "style/RUN/b"; of what ships the RUN is "".

    Needs torch.
    """

    def __init__(self, context: PageContext) -> None:
        self.context = context

    def choices(self, language: str) -> list[tuple[str, str]]:
        """(what the menu says, name): what ships, then the runs that are there now."""

        def say(key: str, **values: str) -> str:
            return words.say(language, key, **values)

        found = [(say("way_find"), FIND)] if self.context.studio.painter.size == 64 else []
        found += [(say("way_edit", run=run), f"{EDIT}/{run}") for run in self._runs(EDITOR)]
        found += [(say("way_restore", run=run), f"{RESTORE}/{run}") for run in self._runs(RESTORER)]
        if SHIPPED_ENLARGER.is_file():
            found.append((say("way_shipped_enlarge"), f"{ENLARGE}/"))
        found += [(say("way_enlarge", run=run), f"{ENLARGE}/{run}") for run in self._runs(ENLARGER)]
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

    def went(self, way: object, given: np.ndarray, language: str, move: Move | None = None) -> Became:
        """The picture, a square (S, S, 3) uint8, drawn in this way. Raises BadInput for a way that is not there.

        move: puts the white box, where there is one, somewhere else.
        """
        import torch

        torch.set_num_threads(1)  # one face is little work: more threads wait for each other
        if way not in [name for _, name in self.choices(language)]:
            raise BadInput(words.say(language, "way_none"))
        kind, _, rest = str(way).partition("/")
        if kind == EDIT:
            return self._edited(self._runs(EDITOR)[rest], given, language)
        if kind == RESTORE:
            return self._restored(self._runs(RESTORER)[rest], given, move, language)
        if kind == ENLARGE:
            return self._enlarged(self._runs(ENLARGER)[rest] if rest else SHIPPED_ENLARGER, given, language)
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

    def _restored(self, file: Path, given: np.ndarray, move: Move | None, language: str) -> Became:
        """By a network that draws what is under a white box, or the whole picture anew."""
        from workbench.data.pair_sources import whitened
        from workbench.measure.restoring import keep_known
        from workbench.train.restorer import Restorer

        restorer: Any = opened(Restorer, file)
        rules, whole = restorer.rules, fit(given, restorer.size)
        if rules.channels == 1:
            whole = np.asarray(Image.fromarray(whole).convert("L"))[..., None]
        box = move(rules.box, restorer.size) if move and rules.boxed else rules.box
        hidden = whitened(whole, box)
        drawn = restorer.draw(hidden[None], keep=False)
        if rules.boxed:
            drawn = keep_known(drawn, hidden[None], (slice(*box[:2]), slice(*box[2:])))
        changed = np.abs(drawn[0] - whole)[box[0] : box[1], box[2] : box[3]] if rules.boxed else drawn - whole
        shown = [
            np.broadcast_to(part, (*part.shape[:2], 3))
            for part in (hidden, drawn[0].round().astype(np.uint8))
        ]
        names = [self._say(language, key) for key in ("given", "translated")]
        return Became(
            words.say(
                language,
                "restore_said" if rules.boxed else "anew_said",
                distance=float(np.abs(changed).mean()),
            ),
            list(zip(shown, names, strict=True)),
            boxed=(np.broadcast_to(whole, (*whole.shape[:2], 3)), tuple(box)) if rules.boxed else None,
            made=shown[1],
        )

    def _enlarged(self, file: Path, given: np.ndarray, language: str) -> Became:
        """By a second generator, beside what enlarges without a network."""
        from workbench.measure.stacking import enlarged
        from workbench.train.enlarging import Enlarging

        enlarging: Any = opened(Enlarging, file)
        picture = fit(given, enlarging.size)
        second = enlarging.draw(picture[None])[0]
        plain = enlarged(picture[None], len(second))[0]
        apart = float(np.abs(second.astype(float) - plain).mean())
        names = [self._say(language, key) for key in ("given", "enlarged", "bicubic")]
        return Became(
            words.say(language, "enlarge_said", size=len(picture), larger=len(second), distance=apart),
            list(zip((picture, second, plain), names, strict=True)),
            made=second,
        )

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
            made=there[0],
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
