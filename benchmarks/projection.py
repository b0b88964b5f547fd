"""Projection of held-out real pictures: python benchmarks/projection.py FOLDER [--count 32] [--threads 1]

Mean distance of 12x12 box means (of 255), how often the measuring judge reads the original's tags off what is drawn
(and off the original itself), after other hair was asked for how often it reads that, and seconds a face.
"""

import argparse
import dataclasses
import json
import time

import numpy as np
import torch

from workbench.data.faceset import FaceSet
from workbench.draw.engine import open_judge
from workbench.draw.painter import Painter
from workbench.draw.projection import STEPS, project
from workbench.judge.reading import MEASURING

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    faces = FaceSet.open(args.folder, size=64).held()
    rows = np.random.default_rng(0).choice(len(faces), args.count, replace=False)
    pictures, y = faces.pictures(rows), faces.y[rows]
    painter, judge = Painter.open(), open_judge(MEASURING)
    painter.judge.read(pictures[:1])
    begun = time.perf_counter()
    found = project(painter, pictures, args.steps)
    seconds = time.perf_counter() - begun
    drawn = np.stack([one.drawn for one in found])
    recolours = np.random.default_rng(1).integers(1, 12, args.count)
    other = [
        dataclasses.replace(f.recipe, hair=(f.recipe.hair + int(n)) % 12)
        for f, n in zip(found, recolours, strict=True)
    ]
    changed = np.stack([painter.draw_at(f.z[None], r)[0] for f, r in zip(found, other, strict=True)])
    read, again, after = (judge.read(part).colours() for part in (pictures, drawn, changed))
    distances = np.array([one.distance for one in found])
    eyes_before = again[:, 1] == y[:, 1]
    print(json.dumps({
        "count": args.count, "steps": args.steps, "threads": args.threads,
        "distance": round(float(distances.mean()), 2), "distance_largest": round(float(distances.max()), 2),
        "tags_of_original_read": float((again == y).all(1).mean()),
        "tags_read_off_original": float((read == y).all(1).mean()),
        "other_hair_read": float((after[:, 0] == [r.hair for r in other]).mean()),
        "eyes_kept_of_those_read_before": float((after[eyes_before, 1] == y[eyes_before, 1]).mean()),
        "seconds_a_face": round(seconds / args.count, 2),
    }, indent=1))  # fmt: skip
