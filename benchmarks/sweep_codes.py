"""InfoGAN's codes swept: a picture of each code's values, and how much of what changes it decides.

python benchmarks/sweep_codes.py RUN docs/experiments/infogan.png

A row is a latent under tags of its own, a column a value of the code. The table has the share of a measure's variance
over latents and values that the code alone explains (eta squared of a one-way analysis of variance, 0 to 1; as much as
a code that decides nothing would have by chance stands below), and how often hair and eyes are read as asked.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from workbench.data.pictures import labelled_grid, save_png
from workbench.data.tags import VOCABULARY
from workbench.draw.engine import open_judge
from workbench.draw.naming import measures
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.gan.codes import Code
from workbench.judge.reading import MEASURING

STEPS = 7  # values of a continuous code, from -1 to 1
SHOWN = 4  # latents in the picture


def values(code: Code) -> list[float]:
    """Every class, or STEPS values."""
    return list(range(code.size)) if code.kind == "categorical" else list(np.linspace(-1, 1, STEPS))


def explained(found: np.ndarray) -> float:
    """(latents, values) of a measure -> between 0 and 1: variance of the columns' means over that of all."""
    return float(found.mean(0).var() / (found.var() + 1e-12))


def main() -> None:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--latents", type=int, default=120)
    args = parser.parse_args()
    painter, judge = Painter.open(args.run), open_judge(MEASURING)
    hairs, eyes = VOCABULARY.sizes
    plain = [
        painter.complete(Recipe(id=str(n), hair=n * 5 % hairs, eyes=n * 3 % eyes, seed=3))
        for n in range(args.latents)
    ]
    rows, words = [], []
    wide = max(len(values(code)) for code in painter.codes)
    for place, code in enumerate(painter.codes):
        steps = values(code)
        recipes = [
            dataclasses.replace(one, codes=(*one.codes[:place], code.number(step), *one.codes[place + 1 :]))
            for one in plain
            for step in steps
        ]
        drawn = painter.draw(recipes)
        found = {name: value.reshape(-1, len(steps)) for name, value in measures(drawn).items()}
        read = judge.read(drawn)
        right = [
            np.mean(read.of(kind).argmax(1) == [getattr(one, kind) for one in recipes])
            for kind in VOCABULARY.names
        ]
        shares = ", ".join(f"{name} {explained(value):.3f}" for name, value in found.items())
        chance = (len(steps) - 1) / (len(recipes) - 1)
        print(
            f"{code.name} ({code.kind}, {len(steps)} values): {shares}; chance {chance:.3f}; "
            f"hair right {right[0]:.1%}, eyes right {right[1]:.1%}",
            flush=True,
        )
        shown = drawn.reshape(-1, len(steps), *drawn.shape[1:])[:SHOWN]
        blank = np.full((SHOWN, wide - len(steps), *drawn.shape[1:]), 255, np.uint8)
        rows.extend(np.concatenate([shown, blank], 1).reshape(-1, *drawn.shape[1:]))
        words.extend([f"{code.name} {n}" for n in range(1, SHOWN + 1)])
    save_png(args.out, labelled_grid(np.stack(rows), words, [str(n) for n in range(1, wide + 1)]))


if __name__ == "__main__":
    main()
