"""Would a critic choose better faces? Samples in the order in which a fresh classifier takes them for real ones.

python benchmarks/critic_sheet.py OUT.png --data FOLDER [--size 32] [--truncation 0.6]

The classifier of `evaluate --apart` learns real training pictures against as many samples, then looks at samples of
other latents: above, the sixty that it finds most real, below a black line the sixty least. A critic is of use where
those above have fewer faults to the eye.
"""

import argparse
from pathlib import Path

import numpy as np

from workbench.data.faceset import FaceSet
from workbench.data.pictures import encode_png, resized
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.measure.apart import LEARNT, Sides, scores, taught, through_jpeg

JUDGED, SHOWN, COLUMNS = 480, 60, 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--checkpoint")
    parser.add_argument("--size", type=int, default=32, help="pixels at which the classifier looks")
    parser.add_argument("--truncation", type=float, default=0.6)
    args = parser.parse_args()
    painter = Painter.open(args.checkpoint)
    faces = FaceSet.open(args.data, progress=False).train()
    rows = np.random.default_rng(0).permutation(len(faces))[:LEARNT]

    def drawn(count: int, seed: int) -> np.ndarray:
        recipes = [Recipe(id=str(n), seed=seed, truncation=args.truncation) for n in range(count)]
        return through_jpeg(painter.draw(recipes))

    learnt = np.concatenate([through_jpeg(faces.pictures(rows)), drawn(LEARNT, 901)])
    truth = np.repeat([1.0, 0.0], LEARNT).astype(np.float32)
    judged = drawn(JUDGED, 77)
    small = resized(judged, args.size)
    both = Sides(resized(learnt, args.size), truth, small, np.zeros(JUDGED, np.float32))
    found = [scores(taught(both, seed), small) for seed in (0, 1)]
    print(f"samples told from real pictures: {np.mean([(each < 0).mean() for each in found]):.1%}")
    print(f"correlation of two classifiers' scores: {np.corrcoef(found)[0, 1]:.2f}")
    order = np.argsort(-sum(found))

    def sheet(rows: np.ndarray) -> np.ndarray:
        lines = judged[rows].reshape(-1, COLUMNS, *judged.shape[1:])
        return np.concatenate([np.concatenate(list(line), 1) for line in lines])

    best, worst = sheet(order[:SHOWN]), sheet(order[-SHOWN:])
    line = np.zeros((12, best.shape[1], 3), np.uint8)
    args.out.write_bytes(encode_png(np.concatenate([best, line, worst]).repeat(2, 0).repeat(2, 1), {}))


if __name__ == "__main__":
    main()
