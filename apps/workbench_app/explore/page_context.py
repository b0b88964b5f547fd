"""What every pane of the page shares: the studio, the downloads, the words, and the gradio of a picture."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from workbench.base.errors import WorkbenchError
from workbench.base.problems import problem
from workbench.data.tags import VOCABULARY
from workbench.draw.captions import caption
from workbench.draw.recipe import Recipe
from workbench_app import messages
from workbench_app.explore import reproduction, words
from workbench_app.explore.bells import Bells
from workbench_app.explore.downloads import Downloads
from workbench_app.explore.faces import seen
from workbench_app.explore.studio import Face, Studio
from workbench_app.explore.wall import Wall
from workbench_app.languages import negotiated

DRAWING = "draw"  # one queue for whatever draws
TOGETHER = 8  # calls at once: the studio draws them in one go
QUEUED: dict[str, Any] = {
    "concurrency_id": DRAWING, "concurrency_limit": TOGETHER, "api_visibility": "private", "show_progress": "hidden",
}  # fmt: skip
BUSY: dict[str, Any] = QUEUED | {"show_progress": "minimal"}  # what takes seconds shows that it works
QUICK: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


@dataclass(frozen=True)
class PageContext:
    """studio draws, downloads holds files. i18n: labels. favourites: recipes that the
    browser keeps; made outside the tabs, as are bells, since what a closed tab
    holds is not there yet. runs: as the command."""

    studio: Studio
    downloads: Downloads
    i18n: gr.I18n
    favourites: gr.BrowserState
    bells: Bells
    runs: str = "runs"

    def t(self, key: str) -> Any:
        """A label in the visitor's language."""
        return self.i18n(words.PREFIX + key)

    def colours(self, kind: str, random: str | None = "random") -> list[tuple[Any, str]]:
        """Choices of a menu, the vocabulary's colours after `random`."""
        known = ([random] if random else []) + list(VOCABULARY.values(kind))
        return [(self.t(f"colour_{w}"), w) for w in known]

    def wall(self, elem_id: str, **more: Any) -> Wall:
        """Faces, each with its actions."""
        return Wall(self, elem_id, **more)

    def gallery(self, key: str, columns: int = 5, **more: Any) -> gr.Gallery:
        """Pictures, large and crisp."""
        options: dict[str, Any] = {
            "object_fit": "contain",
            "show_label": False,
            "visible": False,
            "allow_preview": False,
            "height": "auto",
            "buttons": ["fullscreen"],
        }
        return gr.Gallery(
            label=self.t(key), columns=columns, format="png", elem_classes="crisp", interactive=False,
            **(options | more),
        )  # fmt: skip

    def file(self, face: Face) -> str:
        """The path of the face's PNG."""
        return self.downloads.put(reproduction.file_name(face.recipe), face.png())

    def caption(self, recipe: Recipe, language: str) -> str:
        """The asked colours; "rare" where they hardly occurred in training."""
        said = caption(recipe, language)
        mark = self.rarity(recipe, language)
        return f"{said} · {mark}" if mark else said

    def rarity(self, recipe: Recipe, language: str) -> str:
        """ "rare" or "never seen", where training hardly saw these colours; else nothing."""
        count, rare = seen(recipe, self.studio.generators.painter_of(recipe).of(recipe).tag_counts)
        return words.say(language, "rare" if count else "never") if rare else ""


def filled(shown: Any, alt: str = "") -> Any:
    """An update that shows a picture or gallery; what is empty stays hidden, and away from screen readers.

    alt: what a picture shows, in the visitor's language: gradio translates labels, but no alternative texts.
    """
    return gr.update(value=shown, visible=bool(shown), **({"alt_text": alt} if alt else {}))


def language_of(request: gr.Request | None) -> str:
    """The visitor's language."""
    return negotiated(request.headers.get("accept-language") if request else None)


def _refused(error: WorkbenchError, arguments: tuple[Any, ...]) -> Exception:
    """What was raised, in the language of whoever asked."""
    language = language_of(next((one for one in arguments if isinstance(one, gr.Request)), None))
    return messages.refusal(problem(str(error), language), words.say(language, "toast_refused"))


def errors_as_sentences(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler whose errors reach the visitor as one sentence, in their language where the catalogue has it."""

    @functools.wraps(handler)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return handler(*arguments, **named)
        except WorkbenchError as error:
            raise _refused(error, arguments) from None

    return call


def errors_as_sentences_in_parts(handler: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """`errors_as_sentences` for a handler that answers part by part."""

    @functools.wraps(handler)
    def call(*arguments: Any, **named: Any) -> Iterator[Any]:
        try:
            yield from handler(*arguments, **named)
        except WorkbenchError as error:
            raise _refused(error, arguments) from None

    return call


def recipes_of(stored: Any) -> list[Recipe]:
    """Recipes that a browser sends back. Raises BadInput for what is none."""
    return [Recipe.from_json(item) for item in stored or []]
