"""Does a run's discriminator know its training pictures by heart? What it says of pictures that training never saw.

python benchmarks/unseen.py RUN --data FOLDER [--count 1500]

The sign of overfitting that adaptive augmentation waits for (Karras et al. 2020, section 3): scores of held-out real
pictures leave those of training ones and come near those of fakes.
"""

import argparse

import numpy as np
import torch

from workbench.base import noise
from workbench.data.faceset import FaceSet
from workbench.data.pictures import to_float
from workbench.gan.model import Discriminator, Generator
from workbench.train.run import Run

BATCH = 100


def above(one: np.ndarray, other: np.ndarray) -> float:
    """How often a number of `one` is above one of `other`; 0.5: no difference (area under the ROC curve)."""
    order = np.searchsorted(np.sort(other), one)
    return float(order.mean() / len(other))


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run")
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--count", type=int, default=1500, help="pictures of each kind")
    args = parser.parse_args()
    run = Run.open(args.run)
    config, state = run.config(), run.load_state()[0]
    parts = (config.architecture, config.conditioning, run.vocabulary().sizes)
    G, D = Generator(*parts, config.latent, config.size), Discriminator(*parts, config.size)
    G.load_state_dict(state["game"]["average"])
    D.load_state_dict(state["game"]["nets"]["D"])
    G.eval(), D.eval()
    faces = FaceSet.open(args.data, size=config.size, progress=False)
    found: dict[str, np.ndarray] = {}
    for name, part in (("trained on", faces.train()), ("held out", faces.held())):
        rows = noise.generator("unseen", name).permutation(len(part))[: args.count]
        scores = []
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            y = torch.from_numpy(part.y[some].astype(np.int64))
            scores.append(D(to_float(part.pictures(some)), y).numpy())
        found[name] = np.concatenate(scores)
    rng = noise.generator("unseen", "fakes")
    y = torch.from_numpy(faces.train().y[rng.integers(0, len(faces.train()), args.count)].astype(np.int64))
    fakes = []
    for start in range(0, args.count, BATCH):
        some = y[start : start + BATCH]
        z = torch.from_numpy(noise.latents(rng, config.latent_kind, (len(some), config.latent)))
        fakes.append(D(G(z, some), some).numpy())
    found["fakes"] = np.concatenate(fakes)
    for name, scores in found.items():
        print(f"{name}: score {scores.mean():.3f}, spread {scores.std():.3f}, {len(scores)} pictures")
    print(f"trained on above held out: {above(found['trained on'], found['held out']):.1%}")
    for name in ("trained on", "held out"):
        print(f"{name} above fakes: {above(found[name], found['fakes']):.1%}")


if __name__ == "__main__":
    main()
