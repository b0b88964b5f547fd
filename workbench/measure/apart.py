"""Can a machine tell samples from real pictures? A classifier two-sample test.

Distances between features ask whether two sets are alike as a whole; here a fresh classifier asks whether one picture
gives itself away (Lopez-Paz and Oquab 2017, section 3). 50% on pictures that it has not learnt from: it cannot.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.tensors import backward, descend, parts, seeded, tensor
from workbench.data.pictures import encode_jpeg, resized, to_float
from workbench.judge import imagenet
from workbench.measure.figures import SIZES

LEARNT, TOLD = 3000, 800  # pictures a side that a classifier learns from, and that it must tell
MOST = LEARNT + TOLD
SEEDS = 3
WIDTHS = (24, 48, 96, 128)


class Classifier(nn.Module):
    """Four 3x3 convolutions of stride 2 with batch norm and LeakyReLU, mean over places, dropout, one number."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b in zip((3, *WIDTHS), WIDTHS, strict=False):
            layers += [nn.Conv2d(a, b, 3, stride=2, padding=1), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        self.last = nn.Sequential(nn.Dropout(0.3), nn.Linear(WIDTHS[-1], 1))

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, S, S) in [-1, 1] -> (N,); above 0 means real."""
        return self.last(self.layers(x).mean((2, 3))).squeeze(1)  # (N, C, s, s) -> (N, C) -> (N,)


@dataclass(frozen=True)
class Sides:
    """Real pictures and samples of equal number, (2N, ...) in a row, and which are real; learnt and told apart."""

    learnt: np.ndarray
    learnt_real: np.ndarray
    told: np.ndarray
    told_real: np.ndarray


def sides(real: np.ndarray, group: np.ndarray, fake: np.ndarray, fake_group: np.ndarray, seed: int) -> Sides:
    """Pictures, or features, of both sides, cut by group: none of a told picture's group has been learnt from.

    At most LEARNT and TOLD a side, equally many of each; with fewer pictures, fewer in the same proportion.
    """
    most = min(len(real), len(fake), MOST)
    told = max(1, most * TOLD // MOST)
    sides: list[tuple[np.ndarray, np.ndarray]] = []
    for values, groups, name in ((real, group, "real"), (fake, fake_group, "fake")):
        rng = noise.generator("apart", name, seed)
        order = rng.permutation(np.unique(groups))
        rank = np.empty(len(order), int)
        rank[np.argsort(order)] = np.arange(len(order))
        rows = np.argsort(rank[np.searchsorted(np.sort(order), groups)], kind="stable")
        last, first = rows[-told:], rows[: most - told]
        first = first[~np.isin(groups[first], groups[last])]
        sides.append((values[first], values[last]))
    count = min(len(sides[0][0]), len(sides[1][0]))
    truth = [np.repeat([1.0, 0.0], n).astype(np.float32) for n in (count, told)]
    learnt = np.concatenate([sides[0][0][:count], sides[1][0][:count]])
    return Sides(learnt, truth[0], np.concatenate([sides[0][1], sides[1][1]]), truth[1])


def taught(both: Sides, seed: int, epochs: int = 4, batch: int = 64) -> Classifier:
    """A fresh Classifier that has learnt to tell the sides' pictures, (N, S, S, 3) uint8, ready to judge.

    AdamW, one cycle to 3e-3, weight decay 0.05, pictures mirrored at random.
    """
    with seeded(seed):
        net = Classifier()
        x, truth = to_float(both.learnt), tensor(both.learnt_real)
        steps = max(1, len(x) // batch) * epochs
        optimizer = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=0.05)
        rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
        order = torch.randperm(len(x))
        for step in range(steps):
            if step and step * batch % len(x) < batch:
                order = torch.randperm(len(x))
            rows = order[(torch.arange(batch) + step * batch) % len(x)]
            part = x[rows]
            part = torch.where((torch.rand(len(part)) < 0.5).view(-1, 1, 1, 1), part.flip(3), part)
            loss = F.binary_cross_entropy_with_logits(net(part), truth[rows])
            descend(loss, optimizer)
            rates.step()
    return net.eval()


@torch.inference_mode()
def scores(net: Classifier, pictures: np.ndarray) -> np.ndarray:
    """(N,) what the classifier says of pictures (N, S, S, 3) uint8; above 0: real."""
    return torch.cat([net(part) for part in parts(to_float(pictures), 256)]).numpy()


def by_pictures(both: Sides, seed: int) -> float:
    """Share of the told pictures that a fresh Classifier tells right."""
    return float(((scores(taught(both, seed), both.told) > 0) == both.told_real.astype(bool)).mean())


def by_features(both: Sides) -> float:
    """The same by a linear rule on features (N, F)."""
    told = rule(both.learnt, both.learnt_real)(both.told) > 0
    return float((told == both.told_real.astype(bool)).mean())


def rule(learnt: np.ndarray, real: np.ndarray, decay: float = 1e-2) -> Callable[[np.ndarray], np.ndarray]:
    """Logistic regression (L2 penalty) on features (N, F), brought to mean 0 and spread 1; real (N,) is 1 or 0.

    Returns what it says of features (M, F): (M,), above 0 = real.
    """
    middle, spread = learnt.mean(0), learnt.std(0) + 1e-6
    x, truth = tensor((learnt - middle) / spread).float(), tensor(real)
    weight, bias = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ weight + bias, truth) + decay * weight.square().sum()
        backward(loss)
        return loss

    optimizer.step(closure)  # type: ignore[arg-type]

    @torch.no_grad()
    def said(features: np.ndarray) -> np.ndarray:
        return (tensor((features - middle) / spread).float() @ weight + bias).numpy()

    return said


@dataclass(frozen=True)
class Set:
    """One side: pictures (N, S, S, 3) uint8, their features (N, F), and which must stay together (N,)."""

    pictures: np.ndarray
    features: np.ndarray
    group: np.ndarray

    @cached_property
    def sight(self) -> np.ndarray:
        """What the network of ImageNet that measures sees in the pictures, (N, F)."""
        return imagenet.statistics(self.pictures)

    @classmethod
    def of(cls, pictures: np.ndarray, features: np.ndarray, group: np.ndarray) -> "Set":
        """At most as many pictures as are used, each written as a JPEG once: so both sides have that trace."""
        return cls(through_jpeg(pictures[:MOST]), features[:MOST], group[:MOST])


def told_apart(
    real: Set, fake: Set, seeds: int = SEEDS, report: Callable[[int, int], None] | None = None
) -> dict[str, list[float]]:
    """{"64", "32", "16", "8", "features", "sight"} -> a share told right for each seed of classifier and cut.

    "sight": by what a network of ImageNet sees; left out where its packages are not installed.
    """
    found: dict[str, list[float]] = {}
    for number, size in enumerate(SIZES):
        shrunk = [resized(side.pictures, size) for side in (real, fake)]
        for seed in range(seeds):
            both = sides(shrunk[0], real.group, shrunk[1], fake.group, seed)
            found.setdefault(str(size), []).append(by_pictures(both, seed))
            if report:
                report(number * seeds + seed + 1, len(SIZES) * seeds)
    features = {"features": (real.features, fake.features)}
    if sighted():
        features["sight"] = (real.sight, fake.sight)
    for name, (a, b) in features.items():
        cuts = (sides(a, real.group, b, fake.group, seed) for seed in range(seeds))
        found[name] = [by_features(both) for both in cuts]
    return found


def sighted() -> bool:
    """Whether the network of ImageNet that measures is installed."""
    return not imagenet.missing_packages(imagenet.MEASURING)


def through_jpeg(pictures: np.ndarray) -> np.ndarray:
    """What is left of (N, S, S, 3) uint8 once written as `run.sh` writes them."""
    return np.stack([np.asarray(Image.open(io.BytesIO(encode_jpeg(picture)))) for picture in pictures])
