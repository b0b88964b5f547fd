"""Training a finder of faces: faces of real sets and drawn ones, laid into drawn scenes at known places."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.base import noise
from workbench.base.tensors import descend, seeded, tensor
from workbench.data.drawn import sample
from workbench.data.drawn_scenes import Box, backdrop, decoy, free_place, paste, silhouette
from workbench.data.pictures import to_float
from workbench.judge.finder import STRIDE, WINDOW, Finder, FinderNet, sized

SIDE = 128  # pixels of a training scene
NEAR, FAR = 0.16, 0.45  # offsets in windows up to which a window holds a face, and from which it does not
ALIKE, UNLIKE = 0.18, 0.45  # the same for the logarithm of the sizes
NEGATIVES = 6  # the hardest windows without a face that count, for each with one


Cut = tuple[np.ndarray, np.ndarray]  # a drawn face (S, S, 3) uint8 and its mask (S, S) float32


def cut_out(count: int, seed: int) -> list[Cut]:
    """Drawn faces without their backgrounds."""
    made = (silhouette(sample(index, seed), 64) for index in range(count))
    return [(picture, alpha.astype(np.float32)) for picture, alpha in made]


def scene(rng: np.random.Generator, pool: np.ndarray, drawn: list[Cut]) -> tuple[np.ndarray, list[Box]]:
    """A small scene (SIDE, SIDE, 3) uint8 and its faces. pool: (N, S, S, 3) uint8, faces of real sets, framed alike."""
    if rng.random() < 0.35:  # a piece of a real picture, hair and cloth without a face
        picture = sized(_piece(rng, pool), SIDE, SIDE).copy()
    else:
        picture = np.array(backdrop(rng, SIDE, SIDE))
    boxes: list[Box] = []
    taken: list[Box] = []
    for _ in range(int(rng.integers(1, 5))):
        side = (
            int(np.exp(rng.uniform(np.log(16), np.log(90))))
            if rng.random() < 0.4
            else int(rng.integers(26, 40))
        )
        place = free_place(rng, taken, side, SIDE, SIDE)
        if place is None:
            continue
        taken.append(place)
        kind = rng.random()
        if kind < 0.55:
            part = sized(pool[rng.integers(len(pool))], side, side)
            part = part[:, ::-1] if rng.random() < 0.5 else part
            paste(picture, part, feathered(rng, side), *place[:2])
            boxes.append(place)
        elif kind < 0.75:
            large, alpha = drawn[rng.integers(len(drawn))]
            paste(picture, sized(large, side, side), sized(alpha, side, side), *place[:2])
            boxes.append(place)
        elif kind < 0.9:
            paste(picture, sized(_piece(rng, pool), side, side), feathered(rng, side), *place[:2])
        else:
            paste(picture, *decoy(rng, side), *place[:2])
    return picture, boxes


def _piece(rng: np.random.Generator, pool: np.ndarray) -> np.ndarray:
    """A corner of a real picture, or one cut into four and shuffled: the same paints, no face."""
    picture, half = pool[rng.integers(len(pool))], pool.shape[1] // 2
    quarters = [picture[y : y + half, x : x + half] for y in (0, half) for x in (0, half)]
    if rng.random() < 0.5:
        order = rng.permutation(4)
        order = order if (order != np.arange(4)).all() else order[::-1]
        a, b, c, d = (quarters[n] for n in order)
        return np.concatenate([np.concatenate([a, b], 1), np.concatenate([c, d], 1)])
    quarter = quarters[rng.integers(4)]
    return quarter[: half * 2 // 3, : half * 2 // 3]


def feathered(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side), 1 in the middle, falling to 0 at a rounded border of any softness."""
    line = np.abs(np.linspace(-1, 1, side))
    power = rng.uniform(2, 8)
    distance = (line[:, None] ** power + line[None, :] ** power) ** (1 / power)
    return np.clip((1.02 - distance) / rng.uniform(0.02, 0.25), 0, 1)


def targets(boxes: list[Box]) -> np.ndarray:
    """(4, n, n) of a scene: 1 a face, 0 none, -1 does not count; then offsets and log size as FinderNet gives them."""
    count = SIDE // STRIDE - 3
    middle = np.arange(count) * STRIDE + WINDOW / 2
    found = np.zeros((4, count, count), np.float32)
    for left, top, side in boxes:
        x, y = (left + side / 2 - middle) / WINDOW, (top + side / 2 - middle) / WINDOW
        log = np.log(side / WINDOW)
        offset = np.maximum(np.abs(x)[None, :], np.abs(y)[:, None])
        yes, no = (offset < NEAR) & (abs(log) < ALIKE), (offset > FAR) | (abs(log) > UNLIKE)
        found[0][~(yes | no)] = -1
        found[0][yes] = 1
        for row, value in enumerate(np.broadcast_arrays(x[None, :], y[:, None], log), 1):
            found[row][yes] = np.broadcast_to(value, yes.shape)[yes]
    return found


def loss_of(given: Tensor, wanted: Tensor) -> Tensor:
    """Binary cross entropy of faces and of the hardest NEGATIVES times as many others; Huber loss of their places."""
    face, other = wanted[:, 0] == 1, wanted[:, 0] == 0
    each = F.binary_cross_entropy_with_logits(given[:, 0], face.float(), reduction="none")
    count = max(int(face.sum()), 1)
    hardest = each[other].topk(min(NEGATIVES * count, int(other.sum()))).values
    score = each[face].sum() / count + hardest.mean()
    places = F.smooth_l1_loss(given[:, 1:].movedim(1, -1)[face], wanted[:, 1:].movedim(1, -1)[face], beta=0.1)
    return score + 5 * places if face.any() else score


def train(
    pool: np.ndarray,
    steps: int = 1500,
    batch: int = 8,
    seed: int = 1,
    report: Callable[[int, float], None] | None = None,
    faces: int = 400,
) -> Finder:
    """AdamW, one cycle to 4e-3.

    pool: (N, S, S, 3) uint8, at least a few hundred framed faces; faces: how many are drawn for it besides.
    """
    drawn = cut_out(faces, seed)
    with seeded(seed):
        net = FinderNet().train()
        optimizer = torch.optim.AdamW(net.parameters(), 4e-3, weight_decay=0.02)
        rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
        for step in range(steps):
            rng = noise.generator("finder", seed, step)
            made = [scene(rng, pool, drawn) for _ in range(batch)]
            x = to_float(np.stack([picture for picture, _ in made]))
            loss = loss_of(net(x), tensor(np.stack([targets(boxes) for _, boxes in made])))
            descend(loss, optimizer)
            rates.step()
            if report:
                report(step + 1, float(loss.detach()))
    return Finder(net, {"steps": steps, "batch": batch, "seed": seed, "pool": len(pool)})
