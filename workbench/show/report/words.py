"""The report's words: its English text itself is the name of a message, so that templates and figures read naturally.

`say("Losses")`. A text that no catalogue knows raises KeyError in other languages, which tests look for. Names of
settings, layers, components and files are identifiers and stay as they are.
"""

from collections.abc import Callable

from workbench.base.languages import SOURCE, beside, languages, words
from workbench.base.registry import Component
from workbench.gan.presets import Preset
from workbench.measure.figures import FIGURES, Figure

__all__ = ["component_words", "field_words", "languages", "preset_words", "say_in"]

Say = Callable[[str], str]


def say_in(language: str) -> Say:
    """The function that turns an English text of this report into the language. Raises BadInput for another one."""
    known = words("report", language) | _figures(language)
    return str if language == SOURCE else known.__getitem__


def _figures(language: str) -> dict[str, str]:
    """Names of figures, also as plots show them."""
    both = (Figure.called, Figure.titled)
    return {name(figure): name(figure, language) for figure in FIGURES.values() for name in both}


def component_words(component: Component, language: str) -> str:
    """What a component is; its docstring's first line where there is no translation of it."""
    own = vars(type(component)).get("chinese")
    return beside("component", language, type(component).summary(), {"zh-TW": own} if own else {})


def preset_words(preset: Preset, language: str) -> str:
    """What a preset is, in one sentence."""
    return beside("preset", language, preset.summary, {})


def field_words(name: str, language: str) -> str:
    """What a setting means; a component's own settings go by their names."""
    outer, _, inner = name.partition(".")
    return inner or words("setting", language).get(outer, outer)
