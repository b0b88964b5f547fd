"""Checkpoints side by side: each row one of them, each column the same latent and colours.

python benchmarks/draw_checkpoints.py docs/experiments/faces.png NAME=CHECKPOINT ... [--columns 9] [--scale 2]
"""

import argparse
from pathlib import Path

import numpy as np

from workbench.data.pictures import labelled_grid, save_png
from workbench.data.tags import EYES, HAIR
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe

GRAY_EYES = EYES.index("gray")  # made from other pictures, not found in the set


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("checkpoints", nargs="+", metavar="NAME=CHECKPOINT")
    parser.add_argument("--columns", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scale", type=int, default=2)
    args = parser.parse_args()
    random = np.random.default_rng(args.seed)
    eyes = [number for number in range(len(EYES)) if number != GRAY_EYES]
    recipes = [
        Recipe(
            hair=int(random.integers(len(HAIR))),
            eyes=int(random.choice(eyes)),
            seed=args.seed + number,
            candidates=1,
        )
        for number in range(args.columns)
    ]
    named = [text.split("=", 1) for text in args.checkpoints]
    drawn = [picture for _, path in named for picture in Painter.open(Path(path)).draw(recipes)]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    save_png(args.out, labelled_grid(np.stack(drawn), [name for name, _ in named], scale=args.scale))


if __name__ == "__main__":
    main()
