"""Faces that a visitor keeps: in their own browser, in order, and as a ZIP. Pure functions."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Sequence

from workbench.base.errors import BadInput
from workbench.draw.recipe import Recipe
from workbench_app.explore import reproduction
from workbench_app.explore.studio import Face

MOST_KEPT = 60
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same faces give the same bytes


def readable(stored: object) -> list[Recipe]:
    """The recipes that a browser kept; what is no recipe (any more) is left out."""
    found = []
    for item in stored if isinstance(stored, list) else []:
        try:
            found.append(Recipe.from_json(item))
        except BadInput:
            continue
    return found[:MOST_KEPT]


def with_one_more(kept: list[Recipe], recipe: Recipe) -> list[Recipe]:
    """The favourites with this one at the end, each once."""
    return [*without(kept, recipe), recipe]


def without(kept: list[Recipe], recipe: Recipe) -> list[Recipe]:
    """The favourites without this one, whichever generator it was kept with."""
    gone = dataclasses.replace(recipe, checkpoint="")
    return [one for one in kept if dataclasses.replace(one, checkpoint="") != gone]


def numbered(names: Sequence[str]) -> list[str]:
    """File names made distinct by a number in front: the order of the favourites."""
    return [f"{number:02d}_{name}" for number, name in enumerate(names, 1)]


def archive(faces: Sequence[Face], checkpoint: str = "") -> bytes:
    """A ZIP: every face as a PNG that carries its recipe, recipes.json, and draw.py that draws them again."""
    names = numbered([reproduction.file_name(face.recipe) for face in faces])
    recipes = {name: face.recipe.to_json() for name, face in zip(names, faces, strict=True)}
    files = {name: face.png() for name, face in zip(names, faces, strict=True)}
    files["recipes.json"] = json.dumps(recipes, indent=1, ensure_ascii=False).encode()
    files["draw.py"] = reproduction.redraw_all(checkpoint).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(zipfile.ZipInfo(name, LONG_AGO), data)
    return buffer.getvalue()
