"""Names for components: found by import, refused when doubled, listed when unknown.

A component (objective, conditioning, architecture) is a frozen dataclass that is its own configuration,
registered where it is defined. A package given as `package` is searched for its modules, so that a new
file is enough to add a component.
"""

import dataclasses
import importlib
import math
import os
import pkgutil
import typing
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from workbench.base.documents import Json
from workbench.base.errors import BadInput, did_you_mean
from workbench.base.schedules import Schedule


@dataclasses.dataclass(frozen=True)
class Component:
    """Base of everything that a registry holds.

    formulas: what it computes as whole equations for reports, in the part of LaTeX that matplotlib's mathtext
    draws; a class that has none of its own is told by its docstring. row: the cells of its row in
    docs/components.md, from the second on; the last names the source. chinese: what reports in Chinese call it.
    None of the three is inherited: another class is another component.
    """

    name: ClassVar[str] = ""
    chinese: ClassVar[str] = ""
    row: ClassVar[tuple[str, ...]] = ()
    formulas: ClassVar[tuple[str, ...]] = ()

    def problems(self) -> list[str]:
        """Sentences that say why these fields cannot work, whatever the other components are."""
        return []

    def to_json(self) -> Json:
        """Name and fields, ready for `json.dump`; `Registry.from_json` is the way back."""
        return {"name": self.name} | fields_to_json(self)

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().split("\n")[0]


C = TypeVar("C", bound=type[Component])


class Registry:
    """The known components of one kind."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._known: dict[str, type[Component]] = {}
        self._looked: object = None  # at these folders, when they had been changed last

    def register(self, name: str) -> Callable[[C], C]:
        """Class decorator: `@OBJECTIVES.register("hinge")`. A name that is taken raises ValueError."""

        def add(cls: C) -> C:
            taken = self._known.get(name)
            if taken is not None:
                raise ValueError(f"two {self.kind}s are called '{name}': {taken!r} and {cls!r}")
            cls.name = name
            self._known[name] = cls
            return cls

        return add

    def discover(self) -> None:
        """Import the package and all of its modules once, so that their components are known."""
        module = importlib.import_module(self.package)
        folders = [(path, os.stat(path).st_mtime_ns) for path in getattr(module, "__path__", [])]
        if (
            self._looked == folders
        ):  # importing all of them again, if only by name, costs more than all that ask
            return
        for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
            importlib.import_module(f"{self.package}.{found.name}")
        self._looked = folders

    def names(self) -> list[str]:
        """All names, sorted."""
        self.discover()
        return sorted(self._known)

    def classes(self) -> list[type[Component]]:
        """All components, file by file, in the order in which they stand there."""
        self.discover()
        return sorted(self._known.values(), key=lambda cls: cls.__module__)

    def __getitem__(self, name: str) -> type[Component]:
        self.discover()
        if name not in self._known:
            raise BadInput(f"unknown {self.kind} '{name}'{did_you_mean(name, self.names())}")
        return self._known[name]

    def from_json(self, value: "str | Json | Component") -> Any:
        """A component from its name, or from a dictionary with `name` and fields."""
        if isinstance(value, Component):
            return value
        if isinstance(value, str):
            return self[value]()
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            raise BadInput(f"{self.kind}: a name, or an object with a 'name', is expected; got {value!r}")
        fields = {key: item for key, item in value.items() if key != "name"}
        return build(self[value["name"]], fields, f"{self.kind} '{value['name']}'")


def fields_to_json(instance: Any) -> Json:
    """The fields of a dataclass with schedules, components and tuples in their JSON forms."""
    return {f.name: _plain(getattr(instance, f.name)) for f in dataclasses.fields(instance)}


def _plain(value: Any) -> Any:
    if isinstance(value, (Schedule, Component)):
        return value.to_json()
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def build(cls: Any, fields: Json, where: str, registries: dict[str, Registry] | None = None) -> Any:
    """An instance of the dataclass `cls` from loosely typed values (JSON or command line).

    Raises:
        BadInput: an unknown field (with the nearest known one) or a value of the wrong type.
    """
    types = typing.get_type_hints(cls)
    known = [f.name for f in dataclasses.fields(cls)]
    values = {}
    for name, value in fields.items():
        if name not in known:
            raise BadInput(f"{where} has no field '{name}'{did_you_mean(name, known)}")
        if registries and name in registries:
            values[name] = registries[name].from_json(value)
        else:
            values[name] = coerce(value, types[name], f"{where}: {name}")
    return cls(**values)


def coerce(value: Any, wanted: Any, where: str) -> Any:
    """`value` as the annotated type `wanted` (int, float, bool, str, tuple of one type, Schedule)."""
    if typing.get_origin(wanted) is tuple:
        inner = typing.get_args(wanted)[0]
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)):
            raise BadInput(f"{where} takes several values with commas between them; got {value!r}")
        return tuple(coerce(item, inner, where) for item in items)
    try:
        if wanted is Schedule:
            return Schedule.parse(value)
        if wanted is bool:
            return _truth(value)
        if wanted is int and (isinstance(value, bool) or int(value) != float(value)):
            raise ValueError
        if wanted is float and not math.isfinite(float(value)):
            raise ValueError
        return wanted(value)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(f"{where} takes a value of type {wanted.__name__}; got {value!r}") from None


def _truth(value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).lower() not in words:
        raise ValueError
    return words[str(value).lower()]
