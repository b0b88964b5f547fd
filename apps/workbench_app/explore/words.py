"""The exploring page's words: labels are chosen in the browser (gradio's I18n), sentences with values here."""

from typing import Any

from workbench.base.languages import languages, words
from workbench_app.explore import direction_words

PAGE = "explore"
PREFIX = "workbench."  # of every key: gradio translates any value that happens to be a key


def labels() -> dict[str, dict[str, str]]:
    """Locale -> key -> label, colours included, for gradio's I18n."""
    return {spoken: {PREFIX + key: said for key, said in _labels(spoken).items()} for spoken in languages()}


def _labels(language: str) -> dict[str, str]:
    """A menu says a colour's English word behind the other language's, since files and links do; a swatch is short."""
    known = words("colour", language)
    menus = {f"colour_{word}": word if said == word else f"{said} {word}" for word, said in known.items()}
    own = words(PAGE, language)
    return (
        own | direction_words.labels(own) | menus | {f"swatch_{word}": said for word, said in known.items()}
        | {f"tag_{tag}": said for tag, said in words("tag", language).items()}
    )  # fmt: skip


def label(language: str, key: str) -> str:
    """A label, where the browser cannot choose it."""
    return words(PAGE, language)[key]


def say(language: str, key: str, **values: Any) -> str:
    """A sentence with its values."""
    return words(PAGE, language).say(key, **values)
