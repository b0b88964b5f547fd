"""A picture as something to take away: the command, the Python and the link that draw it again."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from workbench.base.errors import BadInput
from workbench.commands.generate import DEFAULT_SEED
from workbench.data import further, tags
from workbench.data.captions import word
from workbench.data.further import text
from workbench.draw.recipe import USUAL_CANDIDATES, USUAL_TRUNCATION, Recipe
from workbench_app.explore.faces import place

if TYPE_CHECKING:
    from workbench_app.explore.studio import Face, Studio

HIDDEN = ("checkpoint", "codes")  # of a recipe's fields: which generator, and numbers that it drew by itself


def file_name(recipe: Recipe) -> str:
    """As `run.sh --format png` calls it, with what else makes this picture another one."""
    extra = "".join(
        f"_{name}{value}"
        for name, value in (
            ("c", recipe.candidate),
            ("n", recipe.neighbour if recipe.step else 0),
            ("d", "_".join(f"{amount:g}" for amount in recipe.directions)),
        )
        if value
    )
    return f"sample_{_plain(recipe.id)}_{recipe.k}{extra}.png"


def _plain(name: str) -> str:
    """A recipe's id as a part of a file name; ids come from dropped pictures too."""
    try:
        tags.check_id(name)
    except BadInput:
        return "x"
    return name


def command(recipe: Recipe, checkpoint: str = "", free_codes: bool = True) -> str | None:
    """The shell command that writes this very picture, for a complete recipe; None where the command has no words.

    checkpoint: path of another generator than the shipped one. free_codes: the recipe's codes are those that the
    generator would draw by itself.
    """
    beyond = recipe.blends or recipe.step or recipe.candidate or not free_codes
    if beyond or _plain(recipe.id) != recipe.id or "'" in recipe.id or not 1 <= recipe.k <= 5:
        return None
    line = f"{recipe.id},{text(recipe)}"
    options = [f"--seed {recipe.seed}"] if recipe.seed != DEFAULT_SEED else []
    options += [f"--candidates {recipe.candidates}"] if recipe.candidates != USUAL_CANDIDATES else []
    options += [f"--truncation {recipe.truncation!r}"] if recipe.truncation != USUAL_TRUNCATION else []
    options += [f"--directions={_amounts(recipe)}"] if recipe.directions else []
    options += [f"--checkpoint {_quoted(checkpoint)} --size native"] if checkpoint else []
    tail = " ".join(["--format png --out drawn", *options])
    return (
        f"echo '{line}' > line.txt\nbash run.sh line.txt {tail}    # drawn/sample_{recipe.id}_{recipe.k}.png"
    )


def _amounts(recipe: Recipe) -> str:
    """The directions' amounts, exactly, as commands and links take them."""
    return ",".join(f"{a:g}" if float(f"{a:g}") == a else repr(a) for a in recipe.directions)


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)


def python(recipe: Recipe, checkpoint: str = "", free_codes: bool = True) -> str:
    """Python that writes this very picture, byte for byte, for a complete recipe."""
    usual = Recipe()
    fields = {name: value for name, value in vars(recipe).items() if value != getattr(usual, name)}
    for name in HIDDEN:
        if name == "checkpoint" or free_codes:
            fields.pop(name, None)
    for name in ("hair", "eyes", "more"):
        fields.pop(name, None)
    said = "".join(f", {name}={value!r}" for name, value in fields.items())
    return (
        "import workbench\n\n"
        f"painter = workbench.Painter.open({repr(checkpoint) if checkpoint else ''})\n"
        f"recipe = workbench.Recipe.of({text(recipe)!r}{said})\n"
        "picture = painter.draw([recipe])[0]  # (S, S, 3) uint8\n"
        f"workbench.save_png({file_name(recipe)!r}, picture, painter.complete(recipe).to_json())\n"
    )


def link(
    recipe: Recipe, candidates: int = USUAL_CANDIDATES, free_codes: bool = True, generator: str = ""
) -> str | None:
    """The query that opens the page with this picture in hand, for a complete recipe; None where no query says it.

    candidates: those of the page. free_codes: as for `command`. generator: its name in the page's menu.
    """
    number = place(recipe)
    plain = recipe.candidates == candidates and not recipe.step and not recipe.candidate and free_codes
    if not plain or not number or (recipe.directions and generator):
        return None
    parts: dict[str, object] = {
        "hair": word("hair", recipe.hair), "eyes": word("eyes", recipe.eyes), "seed": recipe.seed,
    }  # fmt: skip
    for kind in ("hair", "eyes"):
        if getattr(recipe, f"{kind}_share"):
            parts[f"{kind}_to"] = word(kind, getattr(recipe, f"{kind}_to"))
            parts[f"{kind}_share"] = getattr(recipe, f"{kind}_share")
    if also := further.said(recipe):
        parts["also"] = ",".join(also)
    if recipe.truncation != USUAL_TRUNCATION:
        parts["truncation"] = recipe.truncation
    if recipe.directions:
        parts["directions"] = _amounts(recipe)
    if number > 1:
        parts["picture"] = number
    if generator:
        parts["generator"] = generator
    return "?" + urlencode(parts, safe="/,")


def all_of(face: "Face", studio: "Studio") -> dict[str, str]:
    """Link, command and Python of a drawn face; empty where there are no words for it."""
    from workbench_app.explore.studio import candidates

    recipe, known = face.recipe, studio.generators.named(face.recipe)
    free = studio.free_codes(recipe)
    tries = candidates(studio.generators.painter_of(recipe))
    return {
        "link": link(recipe, tries, free, known.name) or "",
        "command": command(recipe, known.shown, free) or "",
        "python": python(recipe, known.shown, free),
    }


def redraw_all(checkpoint: str = "") -> str:
    """Python that draws every picture named in the recipes.json beside it again."""
    return (
        "import json\nfrom pathlib import Path\n\n"
        "import workbench\n\n"
        "here = Path(__file__).parent\n"
        f"painter = workbench.Painter.open({repr(checkpoint) if checkpoint else ''})\n"
        "for name, stored in json.loads((here / 'recipes.json').read_text()).items():\n"
        "    recipe = workbench.Recipe.from_json(stored)\n"
        "    workbench.save_png(here / name, painter.draw([recipe])[0], painter.complete(recipe).to_json())\n"
    )
