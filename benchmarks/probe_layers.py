"""Which layers of a discriminator know the tags, and when? A linear probe after each stage, at each kept state.

python benchmarks/probe_layers.py RUN --data FOLDER        # RUN: train acgan ... --snapshot-kimg 2 --keep-states 60

A probe (Alain and Bengio 2016, section 3) reads the map after a stage, averaged to at most 4x4 places: ridge regression
onto the tags, fitted on training pictures; shown is the share of held-out pictures whose tag it names. The state after
0 pictures is what untrained layers hand through, since hair has a colour in any map; what a layer has *learnt* is what
it gains on that. `half` is the first state by which a layer has half of its final gain.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F

from workbench.base import noise
from workbench.base.checkpoint import load_state
from workbench.data.faceset import FaceSet
from workbench.data.pictures import to_float
from workbench.gan.model import Discriminator
from workbench.train.run import Run

BATCH = 100
PLACES = 4
PENALTY = 0.1  # of the ridge, as a share of the mean square of a feature, times the number of pictures


@torch.inference_mode()
def features(net: Discriminator, pictures: np.ndarray) -> list[np.ndarray]:
    """(N, S, S, 3) uint8 -> for the pixels and each stage (N, columns) float32."""
    found: list[list[np.ndarray]] = [[] for _ in range(len(net.trunk.stages) + 1)]
    for start in range(0, len(pictures), BATCH):
        h = net.trunk.enter(to_float(pictures[start : start + BATCH]))
        for number, stage in enumerate([torch.nn.Identity(), *net.trunk.stages]):
            h = stage(h)
            found[number].append(F.adaptive_avg_pool2d(h, PLACES).flatten(1).numpy())
    return [np.concatenate(parts) for parts in found]


def named(x: np.ndarray, y: np.ndarray, x_held: np.ndarray, y_held: np.ndarray, count: int) -> float:
    """Share of held-out tags that the probe names, of those that are known."""
    x, y, x_held, y_held = x[y >= 0], y[y >= 0], x_held[y_held >= 0], y_held[y_held >= 0]
    middle, scale = x.mean(0), x.std(0) + 1e-6
    x, x_held = (x - middle) / scale, (x_held - middle) / scale
    wanted = np.eye(count, dtype=np.float32)[y]
    weights = np.linalg.solve(
        x.T @ x + PENALTY * len(x) * np.eye(x.shape[1], dtype=np.float32), x.T @ (wanted - wanted.mean(0))
    )
    return float(((x_held @ weights + wanted.mean(0)).argmax(1) == y_held).mean())


def main() -> None:
    """Probe every state and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run")
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--count", type=int, default=4000, help="pictures that a probe is fitted on")
    parser.add_argument("--kimg", type=float, default=1e9, help="only states up to so many thousand pictures")
    args = parser.parse_args()
    run = Run.open(args.run)
    config, vocabulary = run.config(), run.vocabulary()
    net = Discriminator(config.architecture, config.conditioning, vocabulary.sizes, config.size).eval()
    faces = FaceSet.open(args.data, size=config.size, progress=False)
    parts = [
        (part.pictures(rows), part.y[rows])
        for part in (faces.train(), faces.held())
        for rows in [noise.generator("probe", 0).permutation(len(part))[: args.count]]
    ]
    (seen_pictures, y), (held_pictures, y_held) = parts
    layers = ["pixels", *(f"stage {n}" for n in range(1, len(net.trunk.stages) + 1))]
    states = [path for path in run.states()[::-1] if path <= run.state_path(int(1000 * args.kimg))]
    table = np.zeros((len(vocabulary.names), len(states), len(layers)))
    seen = []
    for number, path in enumerate(states):
        state = load_state(path)
        net.load_state_dict(state["game"]["nets"]["D"])
        seen.append(state["seen"])
        for layer, (x, x_held) in enumerate(
            zip(features(net, seen_pictures), features(net, held_pictures), strict=True)
        ):
            for group, count in enumerate(vocabulary.sizes):
                table[group, number, layer] = named(x, y[:, group], x_held, y_held[:, group], count)
        words = "; ".join(
            f"{name} " + " ".join(f"{share:.1%}" for share in table[group, number])
            for group, name in enumerate(vocabulary.names)
        )
        print(f"{seen[-1]:>8,}  {words}", flush=True)
    for group, name in enumerate(vocabulary.names):
        gain = table[group] - table[group, 0]
        half = [seen[int((gain[:, n] >= gain[-1, n] / 2).argmax())] for n in range(len(layers))]
        told = (f"{layer} {gain[-1, n]:+.1%} (half by {half[n]:,})" for n, layer in enumerate(layers) if n)
        print(f"{name}: gained {', '.join(told)}")


if __name__ == "__main__":
    main()
