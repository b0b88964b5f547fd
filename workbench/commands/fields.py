"""The fields of a config as options: in the config's order, each with the sentence that stands under the field."""

import argparse
import dataclasses
import itertools
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

Say = Callable[[str], str]


@dataclass(frozen=True)
class Option:
    """One field of the config: dotted name, group, what stands for its value, sentence with type and default.

    owners: the components that have the field, where it is one of theirs.
    """

    name: str
    group: str
    value: str | None
    said: str
    choices: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Every field of a config, then those of its components, each group in the order of the classes."""
    for title, members in itertools.groupby(options(), lambda one: one.group):
        group = parser.add_argument_group(title)
        for one in members:
            group.add_argument(
                one.flag, dest=f"config:{one.name}", metavar=one.value, choices=one.choices or None,
                help=one.said.replace("%", "%%"),
            )  # fmt: skip


def options(say: Say = str) -> Iterator[Option]:
    """All of them, in their order. say: turns an English text of this file or of a field into another language."""
    types, told = typing.get_type_hints(Config), sentences(Config)
    plain, group = Config(), "config"
    for field in dataclasses.fields(Config):
        name = field.name
        group = f"config: {GROUPS[name]}" if name in GROUPS else group
        default = [shown(getattr(plain, name))]
        if name in REGISTRIES:
            names = ", ".join(REGISTRIES[name].names())
            usual = say("default: {value}").format(value=getattr(plain, name).name)
            said = f"{say(told.get(name, ''))}: {names} [{usual}]"
            yield Option(name, group, "NAME", said)
        elif name == "precision":
            yield Option(name, group, None, _said(say, told.get(name, ""), str, default), PRECISIONS)
        elif name != "data":  # which is an option of the command
            kind = types[name]
            yield Option(name, group, _value(kind), _said(say, told.get(name, ""), kind, default))
    for outer, registry in REGISTRIES.items():
        yield from _of_component(say, outer, registry)


def _of_component(say: Say, outer: str, registry: Registry) -> Iterator[Option]:
    """The fields of all components of one kind; which of them has a field is said where not all do."""
    known = {name: registry[name] for name in registry.names()}
    fields = {field.name: field for cls in known.values() for field in dataclasses.fields(cls)}
    for name in fields:
        having = {own: cls for own, cls in known.items() if name in {f.name for f in dataclasses.fields(cls)}}
        kind = typing.get_type_hints(next(iter(having.values())))[name]
        meanings: dict[str, dict[str, list[str]]] = {}  # sentence -> default -> components
        for own, cls in having.items():
            default = shown(getattr(cls(), name))
            meanings.setdefault(sentences(cls).get(name, ""), {}).setdefault(default, []).append(own)
        everywhere = len(having) == len(known) and len(meanings) == 1
        said = []
        for sentence, defaults in meanings.items():
            of = [
                default
                if everywhere and len(defaults) == 1
                else say("{value} in {owners}").format(value=default, owners=", ".join(owners))
                for default, owners in defaults.items()
            ]
            said.append(_said(say, sentence, kind, of))
        yield Option(
            f"{outer}.{name}",
            f"config: fields of the {outer}",
            _value(kind),
            "; ".join(said),
            owners=tuple(having),
        )


def _value(kind: Any) -> str:
    return "N,N,..." if typing.get_origin(kind) is tuple else TYPES[kind][0]


def _said(say: Say, sentence: str, kind: Any, defaults: list[str]) -> str:
    """Sentence, type and default."""
    words = "whole numbers" if typing.get_origin(kind) is tuple else TYPES[kind][1]
    form = "{kind}, default: {value}" if words else "default: {value}"
    about = say(form).format(kind=say(words) if words else "", value="; ".join(defaults))
    return f"{say(sentence)} [{about}]"


def shown(value: Any) -> str:
    """A default as it could be given."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
