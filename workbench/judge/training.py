"""How a judge is trained, calibrated and examined.

The held-out part is never trained on and never calibrated on: calibration has groups of its own, taken out of
the training part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.base import noise
from workbench.base.devices import has_bf16
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data import augment
from workbench.data.faceset import FaceSet, order
from workbench.data.pictures import to_float
from workbench.judge.classifier import SIZE, Judge, JudgeNet, Reading
from workbench.judge.reading import judged

CALIBRATION_SHARE = 0.05  # of the training part's groups
BINS = 15  # of the expected calibration error (Guo et al. 2017, eq. 3)


@dataclass(frozen=True)
class Plan:
    """How a judge is trained. epochs: passes over the pictures; rate: highest learning rate (one cycle).

    smoothing: of the labels; shift: pixels either way.
    """

    name: str
    trunk: str
    width: int
    seed: int
    epochs: float = 6.0
    batch: int = 128
    rate: float = 2e-3
    weight_decay: float = 0.05
    smoothing: float = 0.05
    shift: int = 4
    dropout: float = 0.2


PLANS = {
    plan.name: plan
    for plan in (
        Plan("judge-measure", "residual", width=48, seed=11),
        Plan("judge-choose", "plain", width=64, seed=12),
    )
}


def train_judge(
    faces: FaceSet, plan: Plan, progress: Callable[[int, int, float], None] | None = None
) -> Judge:
    """A judge of the training part of `faces`, calibrated on groups of it that were kept aside.

    progress: called with steps done, all steps and the loss. Raises BadInput for pictures of another size
    or without tags.
    """
    if faces.size != SIZE:
        raise BadInput(f"a judge reads {SIZE}x{SIZE} pictures; the data are {faces.size}x{faces.size}")
    part = faces.train()
    part = part.take(np.flatnonzero((part.y >= 0).any(1)))
    aside = _aside(part.group, plan.seed)
    learnt, kept = part.take(~aside), part.take(aside)
    if min(len(learnt), len(kept)) == 0:
        raise BadInput("a judge needs pictures with tags, of at least two faces in the training part")
    bf16 = has_bf16("cpu")  # elsewhere it is imitated, far more slowly than float32
    net = _fit(learnt, plan, bf16, progress)
    about = {"name": plan.name, "trunk": plan.trunk, "width": plan.width} | faces.vocabulary.about()
    judge = Judge(net, about)
    judge.temperatures = _temperatures(net, kept)
    judge.info |= {
        "temperatures": judge.temperatures,
        "precision": "bf16-mixed" if bf16 else "32-true",
        "plan": plan.__dict__ | {"calibration_share": CALIBRATION_SHARE},
        "data": {"hash": faces.hash, "sources": list(faces.sources), "trained on": len(learnt)},
    }
    return judge


def _aside(groups: np.ndarray, seed: int) -> np.ndarray:
    """(N,) bool: the pictures of a random CALIBRATION_SHARE of the groups."""
    names = np.unique(groups)
    rng = noise.generator("judge-calibration", seed)
    chosen = rng.permutation(names)[: max(1, round(CALIBRATION_SHARE * len(names)))]
    return np.isin(groups, chosen)


def _fit(
    part: FaceSet, plan: Plan, bf16: bool, progress: Callable[[int, int, float], None] | None
) -> JudgeNet:
    torch.manual_seed(plan.seed)  # initial weights and dropout
    net = JudgeNet(plan.trunk, plan.width, plan.dropout, part.vocabulary.sizes)
    steps = max(4, round(plan.epochs * len(part) / plan.batch))
    optimizer = torch.optim.AdamW(net.parameters(), plan.rate, weight_decay=plan.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, total_steps=steps)
    for step in range(steps):
        x, y = _batch(part, plan, step)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            _, logits = net(x)
        loss = _loss(logits, y, plan.smoothing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if progress:
            progress(step + 1, steps, loss.item())
    return net.eval()


def _batch(part: FaceSet, plan: Plan, step: int) -> tuple[Tensor, Tensor]:
    """Flipped and shifted at random, but never recoloured: colour is the label."""
    rows = order(plan.seed, step * plan.batch, plan.batch, len(part))
    u = torch.from_numpy(noise.generator("judge", plan.seed, step).random((plan.batch, 3), np.float32))
    x = augment.flip(to_float(part.pictures(rows)), u[:, 0])
    return augment.shift(x, u[:, 1:], plan.shift), torch.from_numpy(part.y[rows])


def _loss(logits: list[Tensor], y: Tensor, smoothing: float) -> Tensor:
    """Mean cross entropy of the known tags, summed over the columns."""
    total = logits[0].new_zeros(())
    for kind, logit in enumerate(logits):
        known = y[:, kind] >= 0
        if known.any():
            total = total + F.cross_entropy(logit[known], y[known, kind], label_smoothing=smoothing)
    return total


@torch.inference_mode()
def _temperatures(net: JudgeNet, kept: FaceSet) -> list[float]:
    """One number a head that logits are divided by: the lowest log loss on `kept` (Guo et al. 2017, sec. 4.2).

    A head is calibrated on the first source that knows its column: that is the style that the judge will read, and
    noisy labels elsewhere would make it too modest. 1 where `kept` knows nothing of a column.
    """
    from scipy.optimize import minimize_scalar

    pieces = np.array_split(np.arange(len(kept)), max(1, len(kept) // 64))
    parts = [net(to_float(kept.pictures(rows)))[1] for rows in pieces]
    found = []
    for kind, labels in enumerate(kept.y.T):
        known = labels >= 0
        if not known.any():
            found.append(1.0)
            continue
        rows = torch.from_numpy(np.flatnonzero(known & (kept.source == kept.source[known].min())))
        logits, y = torch.cat([part[kind] for part in parts])[rows], torch.from_numpy(labels[rows])

        def loss(log_t: float, logits: Tensor = logits, y: Tensor = y) -> float:
            return float(F.cross_entropy(logits / np.exp(log_t), y))

        best: Any = minimize_scalar(loss, bounds=(-2, 2), method="bounded")
        found.append(float(np.exp(best.x)))
    return found


class Right(TypedDict):
    """Pictures, and the share of them that was read right; None of no picture."""

    n: int
    right: float | None


Kind = TypedDict(
    "Kind",
    {
        "n": int,
        "right": float | None,
        "calibration error": float | None,
        "log loss": float | None,
        "per colour": dict[str, Right],
        "confusion": list[list[int]],  # asked by read
    },
)


@dataclass(frozen=True)
class Examined:
    """What a judge reads of one source's pictures: of all columns together, and of each by its name."""

    n: int
    both: Right
    columns: dict[str, Kind]

    def to_json(self) -> Json:
        """As cards hold it: the columns beside the rest."""
        return {"n": self.n, "both": self.both, **self.columns}


def examine(judge: Judge, faces: FaceSet) -> dict[str, Examined]:
    """Accuracy, confusion and calibration on the held-out part, for each source apart."""
    held = faces.held()
    answer = {}
    for number, source in enumerate(held.sources):
        part = held.take(held.source == number)
        if len(part):
            reading = judge.read(part.pictures(np.arange(len(part))))
            answer[source] = _examined(reading, judged(part.y, part.vocabulary, reading.vocabulary))
    return answer


def _examined(reading: Reading, y: np.ndarray) -> Examined:
    read = reading.colours()
    known = y >= 0
    right = (read == y) & known
    both = known.all(1)

    def of(kind: int, colours: Sequence[str], table: np.ndarray) -> Kind:
        mine = known[:, kind]
        confusion = np.zeros((len(colours), len(colours)), int)
        np.add.at(confusion, (y[mine, kind], read[mine, kind]), 1)
        return {
            "n": int(mine.sum()),
            "right": _share(right[mine, kind]),
            "calibration error": _calibration_error(table[mine], y[mine, kind]),
            "log loss": float(-np.log(table[mine, y[mine, kind]].clip(1e-12)).mean()) if mine.any() else None,
            "per colour": {
                colour: {"n": int(row.sum()), "right": float(row[i] / row.sum())}
                for i, (colour, row) in enumerate(zip(colours, confusion, strict=True))
                if row.sum()
            },
            "confusion": confusion.tolist(),
        }

    columns = zip(reading.vocabulary.columns, reading.tables, strict=True)
    return Examined(
        len(y),
        {"n": int(both.sum()), "right": _share(right[both].all(1))},
        {column.name: of(kind, column.values, table) for kind, (column, table) in enumerate(columns)},
    )


def _share(right: np.ndarray) -> float | None:
    return float(right.mean()) if len(right) else None


def _calibration_error(table: np.ndarray, y: np.ndarray) -> float | None:
    """Mean distance of confidence and accuracy over BINS bins, weighted by their size."""
    if not len(y):
        return None
    sure, right = table.max(1), table.argmax(1) == y
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    distances = [
        abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    ]
    return float(sum(distances))
