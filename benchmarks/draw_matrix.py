"""The picture of all colours in the README: one latent through 12 hair colours and 10 or 11 eye colours.

python benchmarks/draw_matrix.py docs/matrix.png
"""

import argparse
from pathlib import Path

from workbench.data.pictures import labelled_grid, save_png
from workbench.data.tags import EYES, HAIR
from workbench.draw.painter import Painter
from workbench.draw.recipe import USUAL_TRUNCATION, Recipe


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--checkpoint", type=Path, help="default: the shipped generator")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--candidates", type=int, default=1)
    parser.add_argument("--truncation", type=float, default=USUAL_TRUNCATION)
    args = parser.parse_args()
    recipes = [
        Recipe(hair=hair, eyes=eyes, seed=args.seed, candidates=args.candidates, truncation=args.truncation)
        for hair in range(len(HAIR))
        for eyes in range(len(EYES))
    ]
    drawn = Painter.open(args.checkpoint).draw(recipes)
    save_png(args.out, labelled_grid(drawn, HAIR, EYES))


if __name__ == "__main__":
    main()
