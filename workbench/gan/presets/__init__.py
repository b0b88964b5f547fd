"""Presets: configs with the names that people know them by. A module a family; `FAMILIES` is their order in lists."""

import functools

from workbench.base.errors import BadInput, did_you_mean
from workbench.gan.presets import composing, course, faces, further, moving, restoring, shipped, translating
from workbench.gan.presets.shared import Preset

FAMILIES = (shipped, course, further, restoring, translating, faces, composing, moving)


def presets() -> dict[str, Preset]:
    """All presets by name, in the order in which they are listed."""
    return dict(_built())


@functools.cache
def _built() -> dict[str, Preset]:
    return {preset.name: preset for family in FAMILIES for preset in family.family()}


def preset(name: str) -> Preset:
    """One preset, or BadInput with the nearest known name."""
    known = presets()
    if name not in known:
        raise BadInput(f"unknown preset '{name}'{did_you_mean(name, known)}")
    return known[name]
