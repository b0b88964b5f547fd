"""A picture that somebody drops, back to its recipe."""

from pathlib import Path

from workbench.base.errors import BadInput
from workbench.data.pictures import read_recipe
from workbench.draw.recipe import Recipe
from workbench_app.explore.faces import LARGEST_TRUNCATION

MOST_BYTES = 1 << 20


def from_png(path: str | None) -> Recipe:
    """The recipe inside an uploaded PNG. Raises BadInput for whatever is none, is huge, or was tampered with."""
    if not path:
        raise BadInput("no file was uploaded")
    file = Path(path)
    if file.stat().st_size > MOST_BYTES:
        raise BadInput(f"a picture of at most {MOST_BYTES >> 20} MiB")
    try:
        recipe = Recipe.from_json(read_recipe(file))
        if recipe.truncation > LARGEST_TRUNCATION:
            raise BadInput(f"truncation is from 0 to {LARGEST_TRUNCATION:g}; got {recipe.truncation}")
    except BadInput as error:  # the visitor's own name of the file, not where it lies here
        raise BadInput(str(error).replace(str(file), file.name)) from None
    return recipe
