"""Which of two generators draws better? A blind sheet of pairs, and the score of its guesses; needs no data.

    python benchmarks/blind_pairs.py make DIR --new CHECKPOINT --today CHECKPOINT [--seed 123]
    python benchmarks/blind_pairs.py score DIR GUESSES

`make` draws 40 recipes with both, up to four candidates, in turns at a truncation of 0.5 and 0.7, and writes
DIR/sheet-1.png ... (pairs side by side in random order, three times enlarged) and DIR/key.json, which the rater must
not open. GUESSES has a line `number,L` or `number,R` for every pair: which looks more like a clean drawing. `score`
prints how often that was the new one, with its 95% interval (Wilson).
"""

import json
from pathlib import Path

import numpy as np
from blind_sheet import guessed, options, share
from PIL import Image, ImageDraw, ImageFont

from workbench.data.tags import EYES, HAIR
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe

PAIRS, COLUMNS, ROWS, SIDE, LINE = 40, 4, 5, 192, 20
TRUNCATIONS = (0.5, 0.7)


def main() -> None:
    """Make sheets, or score their guesses."""
    parser, making = options(__doc__, seed=123)
    making.add_argument("--today", required=True)
    args = parser.parse_args()
    if args.part == "make":
        make(args.folder, Path(args.new), Path(args.today), args.seed)
    else:
        print(score(args.folder, args.guesses.read_text()))


def make(folder: Path, new: Path, today: Path, seed: int) -> None:
    """The sheets and the key."""
    rng = np.random.default_rng(seed)
    recipes = [
        Recipe(
            id=str(number), hair=int(rng.integers(len(HAIR))), eyes=int(rng.integers(len(EYES))),
            seed=900 + number, candidates=4, truncation=TRUNCATIONS[number % len(TRUNCATIONS)],
        )
        for number in range(PAIRS)
    ]  # fmt: skip
    before, after = Painter.open(today).draw(recipes), Painter.open(new).draw(recipes)
    left = rng.random(PAIRS) < 0.5  # whether the new one stands there
    folder.mkdir(parents=True, exist_ok=True)
    each = COLUMNS * ROWS
    for start in range(0, PAIRS, each):
        page = Image.new("RGB", (COLUMNS * (2 * SIDE + 24), ROWS * (SIDE + LINE + 2)), (128, 128, 128))
        pen, font = ImageDraw.Draw(page), ImageFont.load_default(16)
        for place in range(start, min(start + each, PAIRS)):
            x = (place - start) % COLUMNS * (2 * SIDE + 24)
            y = (place - start) // COLUMNS * (SIDE + LINE + 2)
            pen.text((x + 2, y), f"{place + 1}  L | R", fill=(255, 255, 255), font=font)
            pair = (after, before) if left[place] else (before, after)
            for side, pictures in enumerate(pair):
                picture = Image.fromarray(pictures[place]).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
                page.paste(picture, (x + side * (SIDE + 2), y + LINE))
        page.save(folder / f"sheet-{start // each + 1}.png")
    key = {str(place + 1): "L" if new_left else "R" for place, new_left in enumerate(left)}
    (folder / "key.json").write_text(json.dumps({"seed": seed, "key": key}, indent=1))


def score(folder: Path, text: str) -> str:
    """How often the new one was taken. Raises BadInput for a missing, unknown or doubled number."""
    key: dict[str, str] = json.loads((folder / "key.json").read_text())["key"]
    guesses = guessed(text, key, ("L", "R"), "pair")
    taken = sum(guesses[place] == side for place, side in key.items())
    return f"the new one was taken in {taken} of {len(key)}, {share(taken, len(key))}"


if __name__ == "__main__":
    main()
