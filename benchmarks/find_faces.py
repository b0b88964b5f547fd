"""Faces in whole drawings: python benchmarks/find_faces.py [--train FOLDER ... --out FILE] [--count 200] [--json FILE]

With --train a finder learns from the faces of these sets and from drawn ones. Then, or without it the shipped one:
found, missed and false among drawn faces in COUNT drawn scenes whose places are known (overlap of at least a half),
with Wilson intervals, how well the squares fit, and seconds a scene. The scenes are of another seed than those it
learnt from.
--held FOLDER: also held-out faces of that set, one in each scene.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path

import numpy as np
import torch

from workbench.base import noise
from workbench.base.intervals import wilson
from workbench.data.drawn_scenes import Scene, draw_scene, free_place, paste
from workbench.data.faceset import FaceSet
from workbench.judge.finder import SHIPPED, Finder, Found, sized
from workbench.judge.finder_training import feathered, train

SEED, EACH, HIT = 1000, 4000, 0.5


def pool(folders: list[str]) -> np.ndarray:
    """Faces of the training parts, 64 pixels a side."""
    parts = []
    for folder in folders:
        faces = FaceSet.open(folder, size=64).train()
        parts.append(faces.pictures(np.random.default_rng(0).permutation(len(faces))[:EACH]))
    return np.concatenate(parts)


def measured(finder: Finder, scenes: list[Scene]) -> dict[str, object]:
    """Shares with their intervals."""
    hits, false, fits, begun = 0, 0, [], time.process_time()
    for scene in scenes:
        found = finder.find(scene.picture)
        for left, top, side in scene.boxes:
            best = max(found, key=Found(left, top, side, 1).overlap, default=None)
            if best is not None and Found(left, top, side, 1).overlap(best) >= HIT:
                hits += 1
                fits.append(best.overlap(Found(left, top, side, 1)))
                found.remove(best)
        false += len(found)
    seconds, faces = time.process_time() - begun, sum(len(scene.boxes) for scene in scenes)
    return {
        "scenes": len(scenes), "faces": faces,
        "found": hits / faces, "found_interval": wilson(hits, faces), "missed": 1 - hits / faces,
        "false": false, "false_of_all_found": false / max(1, hits + false),
        "false_interval": wilson(false, max(1, hits + false)),
        "overlap": float(np.mean(fits)) if fits else 0.0, "seconds_a_scene": round(seconds / len(scenes), 3),
    }  # fmt: skip


def held_scenes(folder: str, count: int) -> list[Scene]:
    """A held-out face of a set in each scene that has none."""
    faces = FaceSet.open(folder, size=64).held()
    made, index = [], 0
    pictures = faces.pictures(np.random.default_rng(0).permutation(len(faces))[:count])
    for picture in pictures:
        while (scene := draw_scene(index, SEED)).boxes:
            index += 1
        index += 1
        rng = noise.generator("held", index)
        place = free_place(rng, [], int(rng.integers(48, 141)), *scene.picture.shape[:2])
        assert place is not None
        paste(scene.picture, sized(picture, place[2], place[2]), feathered(rng, place[2]), *place[:2])
        made.append(Scene(scene.picture, [place]))
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--finder", type=Path)
    parser.add_argument("--held")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--card", action="store_true", help="write FINDER.json beside the file")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.train:
        begun = time.process_time()
        finder = train(
            pool(args.train), args.steps,
            report=lambda n, loss: print(f"{n} {loss:.3f} {time.process_time() - begun:.0f} s", flush=True)
            if n % 100 == 0 else None,
        )  # fmt: skip
        finder.save(args.out)
    finder = Finder.open(args.finder or args.out)
    told = {"drawn": measured(finder, [draw_scene(index, SEED) for index in range(args.count)])}
    if args.held:
        told["held"] = measured(finder, held_scenes(args.held, args.count))
    print(json.dumps(told, indent=1))
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n")
    if args.card:
        path = args.finder or args.out or SHIPPED
        card = {
            "file": path.name, "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "content sha256": finder.digest,
            "parameters": sum(p.numel() for p in finder.net.parameters()), "precision": "float16",
            "trained with": finder.info, "figures": told,
        }  # fmt: skip
        path.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n")
