"""Which of two generators draws better? A blind sheet of pairs, and the score of its guesses; needs no data.

    python benchmarks/blind_pairs.py make DIR --new CHECKPOINT --today CHECKPOINT [--seed 123]
    python benchmarks/blind_pairs.py make DIR --new CHECKPOINT --today CHECKPOINT --five NEW TODAY
    python benchmarks/blind_pairs.py score DIR GUESSES

`make` draws 40 recipes with both, up to four candidates, in turns at a truncation of 0.5 and 0.7, and writes
DIR/sheet-1.png ... (pairs side by side in random order, three times enlarged) and DIR/key.json, which the rater must
not open. `--five` draws 24 texts, five faces of each side by side, the new one's at the truncation NEW, today's at
TODAY; both may be the same file. GUESSES has a line `number,L` or `number,R` for every pair: which looks more like a
clean drawing. `score` prints how often that was the new one, with its 95% interval (Wilson).
"""

import json
from pathlib import Path

import numpy as np
from blind_sheet import guessed, options, share
from PIL import Image, ImageDraw, ImageFont

from workbench.data.tags import EYES, HAIR
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe

PAIRS, LINES, COLUMNS, ROWS, LINE = 40, 24, 4, 5, 20
TRUNCATIONS = (0.5, 0.7)


def main() -> None:
    """Make sheets, or score their guesses."""
    parser, making = options(__doc__, seed=123)
    making.add_argument("--today", required=True)
    making.add_argument("--five", type=float, nargs=2, metavar=("NEW", "TODAY"))
    args = parser.parse_args()
    if args.part == "make" and args.five:
        five(args.folder, Path(args.new), Path(args.today), args.seed, *args.five)
    elif args.part == "make":
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
    write(folder, Painter.open(new).draw(recipes), Painter.open(today).draw(recipes), rng, seed)


def five(folder: Path, new: Path, today: Path, seed: int, *truncations: float) -> None:
    """Sheets of lines of five faces of a text, and the key."""
    rng = np.random.default_rng(seed)
    texts = [(int(rng.integers(len(HAIR))), int(rng.integers(len(EYES)))) for _ in range(LINES)]
    sides = []
    for path, truncation in zip((new, today), truncations, strict=True):
        recipes = [
            Recipe(id=str(text), k=k, hair=hair, eyes=eyes, seed=seed, candidates=4, truncation=truncation)
            for text, (hair, eyes) in enumerate(texts)
            for k in range(1, 6)
        ]
        faces = Painter.open(path).draw(recipes)
        sides.append(np.stack([np.concatenate(list(line), axis=1) for line in np.split(faces, LINES)]))
    write(folder, *sides, rng, seed, columns=1, rows=8, times=2)


def write(
    folder: Path, after: np.ndarray, before: np.ndarray, rng: np.random.Generator, seed: int,
    columns: int = COLUMNS, rows: int = ROWS, times: int = 3,
) -> None:  # fmt: skip
    """Sheets of pairs of pictures (N, height, width, 3), enlarged so many times, and the key."""
    left = rng.random(len(after)) < 0.5  # whether the new one stands there
    folder.mkdir(parents=True, exist_ok=True)
    each, high, wide = columns * rows, times * after.shape[1], times * after.shape[2]
    for start in range(0, len(after), each):
        page = Image.new("RGB", (columns * (2 * wide + 24), rows * (high + LINE + 2)), (128, 128, 128))
        pen, font = ImageDraw.Draw(page), ImageFont.load_default(16)
        for place in range(start, min(start + each, len(after))):
            x = (place - start) % columns * (2 * wide + 24)
            y = (place - start) // columns * (high + LINE + 2)
            pen.text((x + 2, y), f"{place + 1}  L | R", fill=(255, 255, 255), font=font)
            pair = (after, before) if left[place] else (before, after)
            for side, pictures in enumerate(pair):
                picture = Image.fromarray(pictures[place]).resize((wide, high), Image.Resampling.BICUBIC)
                page.paste(picture, (x + side * (wide + 2), y + LINE))
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
