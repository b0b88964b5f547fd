"""Would somebody take them for drawn ones? A blind sheet of real and generated pictures, and the score of its guesses.

    python benchmarks/blind_sheet.py make DIR --data MLDS2018 --new CHECKPOINT [--today CHECKPOINT] [--seed 1]
        [--truncation T]
    python benchmarks/blind_sheet.py score DIR GUESSES

`make` mixes 32 held-out real pictures, 32 of the new generator and 32 of today's (by default the shipped one),
each drawn as `run.sh` draws (`--truncation`: the new one's is another), and writes DIR/sheet-1.png ... (three times
enlarged, numbered) and DIR/key.json, which the rater must not open. All pass through the same JPEG. GUESSES has a line
`number,real` or `number,drawn` for every picture. `score` prints the share told right of each kind with its 95%
interval (Wilson), and whether the sitting counts: a rater who tells less than 90% of today's or 75% of the real ones
right proves nothing. DIR holds other people's drawings: keep it outside the repository.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.measure.apart import through_jpeg

EACH = 32  # pictures of a kind
COLUMNS, ROWS, ENLARGED = 8, 4, 3
KINDS = ("real", "new", "today")
NEEDED = {"today": 0.9, "real": 0.75}


def main() -> None:
    """Make a sheet, or score its guesses."""
    parser, making = options(__doc__, seed=1)
    making.add_argument("--data", nargs="+", required=True)
    making.add_argument("--today")
    making.add_argument("--truncation", type=float)
    args = parser.parse_args()
    if args.part == "make":
        make(args.folder, args.data, args.new, args.today, args.seed, args.truncation)
    else:
        print("\n".join(score(args.folder, args.guesses.read_text())))


def options(told: str | None, seed: int) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """The command line of a blind sheet, and its part `make`, which takes more."""
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    making = parts.add_parser("make")
    making.add_argument("folder", type=Path)
    making.add_argument("--new", required=True)
    making.add_argument("--seed", type=int, default=seed)
    scoring = parts.add_parser("score")
    scoring.add_argument("folder", type=Path)
    scoring.add_argument("guesses", type=Path)
    return parser, making


def guessed(text: str, key: dict[str, str], words: tuple[str, str], what: str) -> dict[str, str]:
    """The guess of every place of a key. Raises BadInput for a missing, unknown or doubled number, or another word."""
    guesses: dict[str, str] = {}
    for number, line in enumerate(text.split(), 1):
        place, _, guess = line.partition(",")
        if place not in key or guess not in words or place in guesses:
            raise BadInput(
                f"line {number}: '{line}' is no `number,{words[0]}` or `number,{words[1]}` of a {what} not yet told"
            )
        guesses[place] = guess
    if missing := sorted(key.keys() - guesses.keys(), key=int):
        raise BadInput(f"no guess for the {what}s {', '.join(missing)}")
    return guesses


def share(hits: int, of: int) -> str:
    """As a percentage with its 95% interval (Wilson)."""
    from scipy.stats import binomtest

    low, high = binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits / of:.0%} ({low:.0%} to {high:.0%})"


def make(
    folder: Path, data: list[str], new: str, today: str | None, seed: int, truncation: float | None = None
) -> None:
    """The sheets and the key."""
    faces = FaceSet.open(data, size=64, progress=False)
    rng = noise.generator("blind-sheet", seed)
    held = np.flatnonzero(faces.held_out)
    _, first = np.unique(faces.group[held], return_index=True)  # each face once
    rows = rng.permutation(held[first])[: 3 * EACH]
    if len(rows) < 3 * EACH:
        raise SystemExit(f"{3 * EACH} different held-out faces are needed; the data have {len(first)}")
    pictures = [faces.pictures(rows[:EACH])]
    for path, part, asked in ((new, rows[EACH : 2 * EACH], truncation), (today, rows[2 * EACH :], None)):
        painter = Painter.open(path)
        usual = painter.usual if asked is None else painter.usual | {"truncation": asked}
        recipes = [
            Recipe(id=str(number), hair=int(hair), eyes=int(eyes), seed=seed, **usual)
            for number, (hair, eyes) in enumerate(faces.y[part])
        ]
        pictures.append(painter.draw(recipes))
    mixed = through_jpeg(np.concatenate(pictures))
    kinds = np.repeat(KINDS, EACH)
    order = rng.permutation(len(mixed))
    folder.mkdir(parents=True, exist_ok=True)
    page = COLUMNS * ROWS
    for start in range(0, len(order), page):
        sheet(mixed[order[start : start + page]], start + 1).save(folder / f"sheet-{start // page + 1}.png")
    key = {str(place + 1): str(kinds[row]) for place, row in enumerate(order)}
    about = {"new": str(new), "truncation": truncation, "today": str(today or "shipped"), "seed": seed}
    (folder / "key.json").write_text(json.dumps({"about": about, "key": key}, indent=1))


def sheet(pictures: np.ndarray, first: int) -> Image.Image:
    """Numbered pictures on gray, ENLARGED without smoothing being hidden: bicubic, as a page shows them."""
    side, line = pictures.shape[1] * ENLARGED, 16
    page = Image.new("RGB", (COLUMNS * (side + 4), ROWS * (side + line + 4)), (128, 128, 128))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(14)
    for place, picture in enumerate(pictures):
        x, y = place % COLUMNS * (side + 4), place // COLUMNS * (side + line + 4)
        pen.text((x + 2, y), str(first + place), fill=(255, 255, 255), font=font)
        page.paste(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC), (x, y + line))
    return page


def score(folder: Path, text: str) -> list[str]:
    """Lines that say how much was told right. Raises BadInput for a missing, unknown or doubled number."""
    key: dict[str, str] = json.loads((folder / "key.json").read_text())["key"]
    guesses = guessed(text, key, ("real", "drawn"), "picture")
    lines, right = [], {}
    for kind in KINDS:
        mine = [place for place, its in key.items() if its == kind]
        hits = sum((guesses[place] == "real") == (kind == "real") for place in mine)
        right[kind] = hits / len(mine)
        lines.append(f"{kind}: {hits} of {len(mine)} told right, {share(hits, len(mine))}")
    counts = all(right[kind] >= needed for kind, needed in NEEDED.items())
    lines.append("the sitting counts" if counts else "the sitting does not count: the rater guessed")
    return lines


if __name__ == "__main__":
    main()
