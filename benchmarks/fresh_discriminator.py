"""How fast does a fresh discriminator learn to tell samples of a generator that stands still, and what slows it?

    python benchmarks/fresh_discriminator.py --data FOLDER [--checkpoint PATH] [--shift 0 2 6] [--gamma 0] [--kimg 8]

For each shift and gamma a new D (of the checkpoint's architecture and conditioning) sees 10,000 training pictures and
as many samples under the same tags, both as JPEG of quality 95, by the relativistic loss, in batches of 64 of each.
After every 2 kimg: how often a real picture that it has not seen scores above a new sample (area under the ROC curve;
50%: it tells nothing). A D that tells nothing here has nothing to say to G.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from unseen import above

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.tensors import descend
from workbench.data import augment
from workbench.data.faceset import FaceSet
from workbench.data.pictures import to_float
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.gan.config import Config
from workbench.gan.model import Discriminator
from workbench.gan.penalties import Penalty
from workbench.measure.apart import through_jpeg

LEARNT, TOLD, BATCH, LOOK = 10_000, 1_000, 64, 2048
RATE, EVERY = 4e-4, 8  # Adam's rate; R1 and R2 in every so many updates, so many times as strong


@torch.inference_mode()
def told(D: Discriminator, pictures: Tensor, y: Tensor) -> np.ndarray:
    """(N,) scores of pictures that D has not learnt from."""
    return torch.cat([D(*part) for part in zip(pictures.split(100), y.split(100), strict=True)]).numpy()


def learn(
    D: Discriminator, real: Tensor, fake: Tensor, y: Tensor, shift: int, gamma: float, kimg: float
) -> list[float]:
    """The share of pairs told right after every LOOK pictures."""
    rng, autocast = noise.generator("fresh-discriminator"), Devices("auto", "cpu").autocast
    optimizer = torch.optim.Adam([p for p in D.parameters() if p.requires_grad], RATE, betas=(0.0, 0.99))
    found = []
    for step in range(round(kimg * 1000 / BATCH)):
        rows, other = (torch.from_numpy(rng.integers(0, LEARNT, BATCH)) for _ in range(2))
        x = torch.cat(
            [augment.flip(real[rows], torch.from_numpy(rng.random(BATCH, np.float32))), fake[other]]
        )
        x = augment.shift(x, torch.from_numpy(rng.random((2 * BATCH, 2), np.float32)), shift)
        tags = torch.cat([y[rows], y[other]])
        with autocast():
            r, f = D(x, tags).chunk(2)
        loss = F.softplus(f - r).mean()
        if gamma and step % EVERY == 0:
            for where, own in (("real", tags[:BATCH]), ("fake", tags[BATCH:])):
                penalty = Penalty(where, share=0.5)
                value = penalty(lambda x, count, y=own: D(x, y[:count]), x[:BATCH], x[BATCH:])
                loss = loss + EVERY * gamma / 2 * value
        descend(loss, optimizer)
        if (step + 1) * BATCH % LOOK == 0:
            found.append(above(*(told(D, part[LEARNT:], y[LEARNT:]) for part in (real, fake))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--checkpoint")
    parser.add_argument(
        "--shift", nargs="+", type=int, default=[0, 2, 6], help="of what D learns from, in pixels"
    )
    parser.add_argument("--gamma", nargs="+", type=float, default=[0.0], help="of R1 and R2")
    parser.add_argument("--kimg", type=float, default=8.2)
    args = parser.parse_args()
    painter, faces = Painter.open(args.checkpoint), FaceSet.open(args.data, progress=False).train()
    config = Config.from_json(painter.info["config"])
    rows = np.random.default_rng(0).permutation(len(faces))[: LEARNT + TOLD]
    recipes = [Recipe(str(n), *map(int, faces.y[row][:2]), seed=7) for n, row in enumerate(rows)]
    real, fake = through_jpeg(faces.pictures(rows)), through_jpeg(painter.draw(recipes))
    y = torch.from_numpy(faces.y[rows].astype(np.int64))
    for shift in args.shift:
        for gamma in args.gamma:
            torch.manual_seed(1)
            D = Discriminator(config.architecture, config.conditioning, painter.vocabulary.sizes, config.size)
            line = learn(D, to_float(real), to_float(fake), y, shift, gamma, args.kimg)
            print(f"shift {shift}, gamma {gamma:g}:", " ".join(f"{share:.1%}" for share in line), flush=True)


if __name__ == "__main__":
    main()
