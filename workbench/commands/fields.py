"""The fields of a config as options: in the config's order, each with the sentence that stands under the field."""

import argparse
import dataclasses
import typing
from typing import Any

from workbench.base.field_docs import sentences
from workbench.base.registry import Registry
from workbench.base.schedules import Schedule
from workbench.gan.config import PRECISIONS, REGISTRIES, Config

GROUPS = {  # a group begins at this field of the config
    "game": "what is trained",
    "batch": "steps and rates",
    "flip": "augmentation of real pictures",
    "ema_kimg": "G's moving average",
    "kimg": "length and rhythm",
    "precision": "numbers and randomness",
}
TYPES: dict[Any, tuple[str, str]] = {  # type -> what stands for the value, and what that is
    int: ("N", "whole number"),
    float: ("X", "number"),
    str: ("WORD", "word"),
    bool: ("yes|no", ""),
    Schedule: ("X|SHARE:X,...", "number, or several over the run"),
}


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Every field of a config, then those of its components, each group in the order of the classes."""
    types, told = typing.get_type_hints(Config), sentences(Config)
    plain, group = Config(), parser.add_argument_group("config")
    for field in dataclasses.fields(Config):
        if field.name in GROUPS:
            group = parser.add_argument_group(f"config: {GROUPS[field.name]}")
        if field.name in REGISTRIES:
            names = ", ".join(REGISTRIES[field.name].names())
            said = f"{told.get(field.name, '')}: {names} [default: {getattr(plain, field.name).name}]"
            _add(group, field.name, "NAME", said)
        elif field.name == "precision":
            _add(group, field.name, None, _said(told, field.name, str, [_shown(plain.precision)]), PRECISIONS)
        elif field.name != "data":  # which is an option of the command
            kind = types[field.name]
            _add(
                group,
                field.name,
                _value(kind),
                _said(told, field.name, kind, [_shown(getattr(plain, field.name))]),
            )
    for outer, registry in REGISTRIES.items():
        _add_component(parser, outer, registry)


def _add_component(parser: argparse.ArgumentParser, outer: str, registry: Registry) -> None:
    """The fields of all components of one kind; which of them has a field is said where not all do."""
    known = {name: registry[name] for name in registry.names()}
    group = parser.add_argument_group(f"config: fields of the {outer}")
    fields = {field.name: field for cls in known.values() for field in dataclasses.fields(cls)}
    for name in fields:
        having = {own: cls for own, cls in known.items() if name in {f.name for f in dataclasses.fields(cls)}}
        kind = typing.get_type_hints(next(iter(having.values())))[name]
        meanings: dict[str, dict[str, list[str]]] = {}  # sentence -> default -> components
        for own, cls in having.items():
            default = _shown(getattr(cls(), name))
            meanings.setdefault(sentences(cls).get(name, ""), {}).setdefault(default, []).append(own)
        everywhere = len(having) == len(known) and len(meanings) == 1
        said = []
        for sentence, defaults in meanings.items():
            of = [
                default if everywhere and len(defaults) == 1 else f"{default} in {', '.join(owners)}"
                for default, owners in defaults.items()
            ]
            said.append(_said({name: sentence}, name, kind, of))
        _add(group, f"{outer}.{name}", _value(kind), "; ".join(said))


def _add(group: Any, name: str, metavar: str | None, said: str, choices: Any = None) -> None:
    flag = "--" + name.replace("_", "-")
    group.add_argument(
        flag, dest=f"config:{name}", metavar=metavar, choices=choices, help=said.replace("%", "%%")
    )


def _value(kind: Any) -> str:
    return "N,N,..." if typing.get_origin(kind) is tuple else TYPES[kind][0]


def _said(told: dict[str, str], name: str, kind: Any, defaults: list[str]) -> str:
    """Sentence, type and default."""
    words = "whole numbers" if typing.get_origin(kind) is tuple else TYPES[kind][1]
    return f"{told.get(name, '')} [{words}{', ' if words else ''}default: {'; '.join(defaults)}]"


def _shown(value: Any) -> str:
    """A default as it could be given."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
