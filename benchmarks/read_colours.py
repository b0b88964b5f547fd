"""Are the asked-for colours drawn? A classifier reads hair and eyes off real and drawn pictures.

    python benchmarks/read_colours.py --data FOLDER gray-eyes:FOLDER --reader reader.pt \\
        --checkpoint artifacts/generator.safetensors --json benchmarks/results/read_colours.json

The reader is trained on the training part of the data (the generator never sees it, and is never chosen by
it), checked on the held-out part, and kept in --reader. Then --each pictures are drawn for every one of the
12 x 11 conditions and read. "Known" are the combinations that occur in the first source.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench import noise
from workbench.data import FaceSet, augment, order
from workbench.painter import Painter, Recipe
from workbench.pictures import to_float
from workbench.tags import EYES, HAIR

BATCH, SHIFT, RATE = 128, 3, 2e-3


class Block(nn.Module):
    """Two 3x3 convolutions with batch norm, and the way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip

    def forward(self, h: Tensor) -> Tensor:
        return F.relu(h + self.body(h))


class Reader(nn.Module):
    """(N, 3, 64, 64) in [-1, 1] -> logits (N, 12) and (N, 11)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(12, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            nn.Conv2d(64, 96, 4, 2, 1, bias=False), nn.BatchNorm2d(96), nn.ReLU(),
            nn.Conv2d(96, 192, 4, 2, 1, bias=False), nn.BatchNorm2d(192), nn.ReLU(),
            Block(192),
            nn.AvgPool2d(2), nn.Flatten(), nn.Dropout(0.3),
        )  # fmt: skip
        self.heads = nn.ModuleList(nn.Linear(192 * 16, size) for size in (len(HAIR), len(EYES)))

    def forward(self, x: Tensor) -> list[Tensor]:
        h = self.trunk(x)
        return [head(h).float() for head in self.heads]


def train(faces: FaceSet, epochs: int, seed: int) -> Reader:
    """A reader trained on the training part."""
    part = faces.train()
    torch.manual_seed(seed)
    reader = Reader().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(reader.parameters(), RATE, weight_decay=0.02)
    steps = epochs * len(part) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    start = time.time()
    for step in range(steps):
        rows = order(seed, step * BATCH, BATCH, len(part))
        u = torch.from_numpy(noise.generator("reader", seed, step).random((BATCH, 3), np.float32))
        x = augment.shift(augment.flip(to_float(part.pictures(rows)), u[:, 0]), u[:, 1:], SHIFT)
        y = torch.from_numpy(part.y[rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = reader(x)
        loss = sum(
            F.cross_entropy(logit, y[:, kind], ignore_index=-1, label_smoothing=0.05)
            for kind, logit in enumerate(logits)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.3f}, {time.time() - start:.0f} s", flush=True)
    return reader.eval()


@torch.inference_mode()
def read(reader: Reader, pictures: np.ndarray) -> np.ndarray:
    """(N, 64, 64, 3) uint8 -> (N, 2) indices."""
    parts = [reader(to_float(pictures[i : i + BATCH])) for i in range(0, len(pictures), BATCH)]
    return np.concatenate([np.stack([logit.argmax(1).numpy() for logit in part], 1) for part in parts])


def agreement(read_y: np.ndarray, asked: np.ndarray) -> dict:
    """Shares of right hair, eyes and both, over all and per asked colour."""
    right = read_y == asked
    return {
        "n": len(asked), "hair": float(right[:, 0].mean()), "eyes": float(right[:, 1].mean()),
        "both": float(right.all(1).mean()),
        "per_hair": {c: float(right[asked[:, 0] == i, 0].mean()) for i, c in enumerate(HAIR) if i in asked[:, 0]},
        "per_eyes": {c: float(right[asked[:, 1] == i, 1].mean()) for i, c in enumerate(EYES) if i in asked[:, 1]},
    }  # fmt: skip


def show(name: str, result: dict) -> None:
    """One line of totals and two of colours."""
    print(
        f"{name}: N {result['n']:,}, hair {result['hair']:.1%}, eyes {result['eyes']:.1%}, both {result['both']:.1%}"
    )
    for kind in ("per_hair", "per_eyes"):
        print(
            "   " + kind.replace("_", " ") + ": " + ", ".join(f"{c} {v:.0%}" for c, v in result[kind].items())
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--each", type=int, default=20, help="pictures of every condition")
    parser.add_argument("--seed", type=int, default=1000, help="of the latents")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    faces = FaceSet.open(args.data)
    reader = Reader().to(memory_format=torch.channels_last)
    if args.reader.exists():
        reader.load_state_dict(torch.load(args.reader, weights_only=True))
    else:
        reader = train(faces, args.epochs, seed=7)
        torch.save(reader.state_dict(), args.reader)
    reader.eval()
    held = faces.held()
    results: dict = {"reader": {"data": faces.describe()["hash"], "epochs": args.epochs}}
    for number, source in enumerate(held.sources):
        rows = np.flatnonzero((held.source == number) & (held.y >= 0).all(1))
        results[f"real held-out, {source}"] = agreement(read(reader, held.pictures(rows)), held.y[rows])
    if args.checkpoint:
        results |= measure(reader, Painter.open(args.checkpoint), args, faces)
    for name, result in results.items():
        if "n" in result:
            show(name, result)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(results, indent=1) + "\n")


def measure(reader: Reader, painter: Painter, args: argparse.Namespace, faces: FaceSet) -> dict:
    """Readings of drawn pictures: known combinations, gray eyes, and whatever else there is."""
    conditions = [(h, e) for h in range(len(HAIR)) for e in range(len(EYES))]
    recipes = [
        Recipe(id=f"{h}-{e}", hair=h, eyes=e, seed=args.seed, k=k)
        for h, e in conditions
        for k in range(1, args.each + 1)
    ]
    drawn = read(reader, painter.draw(recipes))
    asked = np.array([(r.hair, r.eyes) for r in recipes])
    gray = asked[:, 1] == EYES.index("gray")
    return {
        "checkpoint": {"sha256": painter.digest, "seen": painter.info.get("seen"), "latent seed": args.seed},
        "drawn, known combinations": agreement(drawn[~gray], asked[~gray]),
        "drawn, gray eyes": agreement(drawn[gray], asked[gray]),
    }


if __name__ == "__main__":
    main()
