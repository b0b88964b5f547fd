"""Told apart by sight, and the yield: which generators' pictures would pass for drawn ones?

    python benchmarks/sight.py CHECKPOINT ... --data FOLDER [--network lite2] [--truncation 1] [--blur] [--json FILE]

For each checkpoint, by what a frozen network of ImageNet sees: the share that a linear rule tells right of samples and
real training pictures, as in `evaluate --apart`; and the yield, the share of samples that pass one rule for all. That
rule learns real pictures against as many samples, the same number of each checkpoint; others pass where it finds them
as real as the least real twentieth of other real pictures, so real ones pass in 95%. Samples are first latents under
the tags of real pictures. With `--blur` all pictures are without their finest pattern, which a network sees better than
an eye does. `lite0` is the network that `smooth-aided` trains with, `lite2` none trains with. Needs the
extra `imagenet`.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from workbench.base.tensors import parts
from workbench.data.faceset import FaceSet
from workbench.data.pictures import to_float, to_uint8
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.gan.architectures.layers import Blur
from workbench.judge.imagenet import CHANNELS, MEASURING, statistics
from workbench.measure.apart import MOST, SEEDS, by_features, rule, sides, through_jpeg

LEAST = 0.05  # of real pictures, which do not pass


def blurred(pictures: np.ndarray) -> np.ndarray:
    """(N, S, S, 3) uint8, averaged by [1, 2, 1] / 4 both ways."""
    return np.concatenate([to_uint8(Blur(3)(part)) for part in parts(to_float(pictures), 100)])


def told(real: np.ndarray, group: np.ndarray, drawn: np.ndarray) -> float:
    """Share told right by a rule of its own, mean over cuts."""
    cuts = (sides(real, group, drawn, np.arange(len(drawn)), seed) for seed in range(SEEDS))
    return float(np.mean([by_features(both) for both in cuts]))


def yields(real: np.ndarray, drawn: dict[str, np.ndarray]) -> dict[str, float]:
    """Share of each one's samples that pass the rule for all; half of everything is learnt from."""
    parts = {name: np.array_split(features, 2) for name, features in drawn.items()}
    each = len(real) // 2 // len(parts)
    learnt = [real[: each * len(parts)], *(part[0][:each] for part in parts.values())]
    truth = np.repeat([1, 0], each * len(parts)).astype(np.float32)
    said = rule(np.concatenate(learnt), truth)
    least = np.quantile(said(real[each * len(parts) :]), LEAST)
    return {name: float((said(part[1]) >= least).mean()) for name, part in parts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoints", nargs="+", help="files or runs")
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--network", choices=CHANNELS, default=MEASURING)
    parser.add_argument("--truncation", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=MOST, help="pictures of a side")
    parser.add_argument("--blur", action="store_true", help="without the finest pattern")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()

    def seen(pictures: np.ndarray) -> np.ndarray:
        written = through_jpeg(pictures)
        return statistics(blurred(written) if args.blur else written, args.network)

    faces = FaceSet.open(args.data, progress=False).train()
    rows, others = np.array_split(np.random.default_rng(0).permutation(len(faces))[: 2 * args.count], 2)
    real, again = (seen(faces.pictures(part)) for part in (rows, others))
    print(f"real from real: {told(real, faces.group[rows], again):.1%}", flush=True)
    drawn, found = {}, {}
    for name in args.checkpoints:
        recipes = [
            Recipe(str(n), *map(int, pair[:2]), seed=7, truncation=args.truncation)
            for n, pair in enumerate(faces.y[rows])
        ]
        drawn[name] = seen(Painter.open(name).draw(recipes))
        found[name] = {"told": told(real, faces.group[rows], drawn[name])}
        print(f"{name}: told right {found[name]['told']:.1%}", flush=True)
    for name, share in sorted(yields(again, drawn).items(), key=lambda pair: -pair[1]):
        found[name]["yield"] = share
        print(f"{name}: passes {share:.1%}")
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
