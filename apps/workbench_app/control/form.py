"""What the page of a new run can ask for: the very options of `workbench train`, checked by the command itself."""

import argparse
import dataclasses
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput, WorkbenchError
from workbench.base.languages import beside
from workbench.base.registry import Component
from workbench.commands import train
from workbench.commands.fields import options, shown
from workbench.commands.options import Parser
from workbench.commands.plan import planned
from workbench.gan.config import DEFAULT_DATA, REGISTRIES, Config
from workbench.gan.presets import presets
from workbench.show.report.words import field_words, preset_words
from workbench_app.runs.folder import RunsFolder

NAME = re.compile(r"\w[\w.-]{0,59}")
TAKEN = ("compare", "_")  # addresses of other pages
MOST_TEXT = 2000  # characters of one value
BOUNDS = ("minutes", "kimg")


class _Raising(Parser):
    """The command's parser, which leaves the process where it is."""

    def error(self, message: str) -> Any:
        raise BadInput(message)


def described(language: str, data: Sequence[str]) -> Json:
    """For the page: the presets with their values, every field with what `--help` says of it, sources of data.

    data: those that the app was given, offered first.
    """
    fields = [
        {
            "name": one.name, "words": field_words(one.name, language), "group": one.group, "help": one.said,
            "choices": _choices(one.name) or list(one.choices), "owners": list(one.owners),
        }
        for one in options(lambda text: beside("field", language, text, {}))
    ]  # fmt: skip
    known = [
        {"name": one.name, "summary": preset_words(one, language), "values": values(one.config)}
        for one in presets().values()
    ]
    return {
        "fields": fields,
        "presets": known,
        "data": list(dict.fromkeys([*data, *DEFAULT_DATA])),
        "kinds": list(REGISTRIES),
    }


def _choices(name: str) -> list[str]:
    return list(REGISTRIES[name].names()) if name in REGISTRIES else []


def values(config: Config) -> dict[str, str]:
    """Every field as it would be given on the command line, but the data; a component's own beneath its name."""
    found: dict[str, str] = {}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name in ("data", *config.game.unread):
            continue
        if isinstance(value, Component):
            found[field.name] = value.name
            inner = dataclasses.fields(value)
            found |= {f"{field.name}.{part.name}": shown(getattr(value, part.name)) for part in inner}
        else:
            found[field.name] = shown(value)
    return found


def new_run(folder: RunsFolder, asked: Mapping[str, Any]) -> tuple[str, list[str]]:
    """(the run's name, arguments of `workbench train`). Raises BadInput, a problem a line, as the command does."""
    preset, name = _text(asked, "preset"), _text(asked, "name") or _text(asked, "preset")
    if preset.startswith("-"):
        raise BadInput(f"unknown preset '{preset[:60]}'")
    arguments = [preset] if preset else []
    if sources := _sources(asked):
        arguments += ["--data", *sources]
    arguments += ["--out", str(folder.path / _name(name))]
    return name, _checked(arguments + _bounds(asked) + _fields(asked))


def going_on(folder: RunsFolder, asked: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The same for a run that goes on; its length and what may be steered can change. Raises BadInput."""
    name = _text(asked, "run")
    if "/" in name:
        raise BadInput(
            f"{name[:60]}: an entry of an arena goes on with its arena, so that all get the same time"
        )
    run = folder.run(name)
    if run.training:
        raise BadInput(f"{name}: trains already")
    return name, _checked(["--resume", str(run.path), *_bounds(asked), *_fields(asked)])


def _checked(arguments: list[str]) -> list[str]:
    """The same arguments, once the command would take them."""
    parser = _Raising("workbench train", allow_abbrev=False)
    train.add_arguments(parser)
    try:
        planned(parser.parse_args(arguments))
    except BadInput:
        raise
    except (argparse.ArgumentError, SystemExit, WorkbenchError) as error:
        raise BadInput(str(error)) from None
    return arguments


def _name(name: str) -> str:
    if not NAME.fullmatch(name) or name in TAKEN:
        raise BadInput(
            f"name '{name[:60]}': up to 60 letters, digits, dots, dashes, underscores; not {' or '.join(TAKEN)}"
        )
    return name


def _sources(asked: Mapping[str, Any]) -> list[str]:
    """One a line. Raises BadInput for what the command would read as an option."""
    found = [line.strip() for line in _text(asked, "data").splitlines() if line.strip()]
    if odd := next((one for one in found if one.startswith("-")), ""):
        raise BadInput(
            f"data: '{odd[:60]}' is no source; a folder's name that begins with a dash is given as ./{odd[:60]}"
        )
    return found


def _bounds(asked: Mapping[str, Any]) -> list[str]:
    return [f"--{name}={said}" for name in BOUNDS if (said := _text(asked, name))]


def _fields(asked: Mapping[str, Any]) -> list[str]:
    """Options of the changed fields. Raises BadInput for what is no field."""
    changed = asked.get("fields") or {}
    known = {one.name: one.flag for one in options()}
    if not isinstance(changed, dict):
        raise BadInput("fields: names with values")
    if unknown := [name for name in changed if name not in known]:
        raise BadInput(f"unknown field '{str(unknown[0])[:60]}'")
    return [f"{known[name]}={_text(changed, name)}" for name in changed if _text(changed, name)]


def _text(asked: Mapping[str, Any], name: str) -> str:
    """One value as it was typed. Raises BadInput for what is no text."""
    value = asked.get(name, "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > MOST_TEXT or "\0" in value:
        raise BadInput(f"{name}: a short text is expected")
    return value.strip()


def meant(problems: Sequence[str]) -> list[str]:
    """Fields that these sentences of the command are about."""
    heads = {one.name: (f"{one.name} ", f"config: {one.name} ", f"argument {one.flag}:") for one in options()}
    return [name for name, begins in heads.items() if any(one.startswith(begins) for one in problems)]


def as_command(arguments: Sequence[str]) -> str:
    """The same from a terminal."""
    return "bash run.sh train " + " ".join(shlex.quote(one) for one in arguments)
