"""One sheet of what pictures become: python benchmarks/draw_pictures.py docs/experiments/pictures.jpg --mouths RUN ...

Given are faces that the shipped generator draws, so that the sheet shows nobody's pictures. A row each: as drawn, under
a white box, and for every run or file that is named what it makes of them; all at 96 pixels a side.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.data.pair_sources import whitened
from workbench.data.pictures import labelled_grid
from workbench.data.tags import HAIR
from workbench.draw.painter import Painter
from workbench.draw.recipe import USUAL_TRUNCATION, Recipe
from workbench.measure.stacking import enlarged
from workbench.train.editing import Editing
from workbench.train.enlarging import Enlarging
from workbench.train.restorer import Restorer
from workbench.train.stylist import Stylist

SIDE = 96


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--mouths", type=Path, help="a run of pix2pix in colour at 64 pixels")
    parser.add_argument("--style", type=Path, help="a pair of translators, drawn as its side A")
    parser.add_argument("--edits", type=Path, help="a run of stargan")
    parser.add_argument("--stack", type=Path, help="a run of stack")
    parser.add_argument("--hair", default="pink", choices=HAIR, help="asked for of stargan")
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    recipes = [
        Recipe(id=str(n), hair=n * 5 % 12, eyes=n * 3 % 10, seed=args.seed, truncation=USUAL_TRUNCATION)
        for n in range(args.count)
    ]
    faces = Painter.open().draw(recipes)
    rows = {"drawn": enlarged(faces, SIDE)}
    if args.mouths:
        restorer = Restorer(args.mouths)
        given = np.stack([whitened(face, restorer.rules.box) for face in faces])
        drawn = restorer.draw(given).round().clip(0, 255).astype(np.uint8)
        rows |= {"white box": enlarged(given, SIDE), "pix2pix": enlarged(drawn, SIDE)}
    if args.style:
        rows["cyclegan"] = enlarged(Stylist(args.style).draw(faces, "a"), SIDE)
    if args.edits:
        editing = Editing(args.edits)
        wanted = editing.tags(faces, HAIR.index(args.hair))
        rows[f"stargan, {args.hair} hair"] = enlarged(editing.draw(faces, wanted), SIDE)
    if args.stack:
        rows["stack"] = Enlarging(args.stack).draw(faces)
    sheet = labelled_grid(np.concatenate(list(rows.values())), list(rows))
    Image.fromarray(sheet).save(args.out, quality=90)


if __name__ == "__main__":
    main()
