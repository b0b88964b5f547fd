"""What the scores say: means with intervals, agreement, consistency, and whether the judge sees the same.

Intervals are 95% percentiles of the pigeonhole bootstrap (Owen, "The pigeonhole bootstrap", Annals of Applied
Statistics 1(2), 2007): graders and pictures are resampled, each on its own, so that the interval tells what other
graders and other pictures might have said. With a single grader (and for each grader alone) only the pictures
vary. With few graders percentiles are narrow: below about five take them as a lower bound of the doubt.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

import numpy as np

from workbench.base import noise
from workbench_app.grade.agreement import consistency, krippendorff
from workbench_app.grade.identity import ACCOUNT
from workbench_app.grade.rows import Score
from workbench_app.grade.sources import is_real

SCALES: tuple[Literal["fits"], Literal["real"]] = ("fits", "real")
RESAMPLES = 1000
LEVEL = 0.95
METHOD = (
    f"mean with {LEVEL:.0%} percentiles of the pigeonhole bootstrap over graders and pictures (Owen 2007), "
    f"{RESAMPLES} resamples; repeats count for consistency only"
)
Belief = Mapping[
    str, tuple[float, bool]
]  # picture -> judge's probability of the asked tags, both read rightly


class Mean(TypedDict):
    """A mean score and the ends of its interval; None where there are too few scores."""

    mean: float | None
    low: float | None
    high: float | None


class Summary(TypedDict):
    """Some scores together."""

    n: int
    pictures: int
    graders: int
    fits: Mean
    real: Mean


class Group(Summary):
    """The scores of one generator, colour or grader. digest: of what drew; empty for the others."""

    name: str
    digest: str


class Alpha(TypedDict):
    """Krippendorff's alpha, over so many pictures with two graders at least."""

    alpha: float | None
    pictures: int


Agreement = dict[Literal["fits", "real"], Alpha]
Consistency = dict[Literal["fits", "real"], dict[str, float | int] | None]
Rank = TypedDict(
    "Rank",
    {
        "rho": float | None,
        "p": float | None,
        "mean where read": float | None,
        "mean where misread": float | None,
    },
)
Judged = TypedDict(
    "Judged",
    {"pictures": int, "both colours read": float, "fits": NotRequired[Rank], "real": NotRequired[Rank]},
)


class Figures(TypedDict):
    """Every figure from the scores that count."""

    method: str
    scores: int
    graders: int
    pictures: int
    all: Summary
    checkpoint: list[Group]
    hair: list[Group]
    eyes: list[Group]
    grader: list[Group]
    agreement: Agreement
    consistency: Consistency
    judge: Judged | None


@dataclass(frozen=True)
class Table:
    """Counting scores as arrays, one entry a score: indices into graders and pictures, scores (N, 2)."""

    rows: list[Score]
    graders: list[str]
    pictures: list[str]
    grader: np.ndarray
    picture: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[Score]) -> "Table":
        graders = list(dict.fromkeys(row.grader for row in rows))
        pictures = list(dict.fromkeys(row.picture for row in rows))
        places = [{name: i for i, name in enumerate(names)} for names in (graders, pictures)]
        return cls(
            list(rows),
            graders,
            pictures,
            np.array([places[0][row.grader] for row in rows], np.int64),
            np.array([places[1][row.picture] for row in rows], np.int64),
            np.array([(row.fits, row.real) for row in rows], float).reshape(-1, 2),
        )

    def matrix(self, scale: int) -> np.ndarray:
        """(pictures, graders) scores, NaN where there is none."""
        answer = np.full((len(self.pictures), len(self.graders)), np.nan)
        answer[self.picture, self.grader] = self.scores[:, scale]
        return answer


def intervals(scores: np.ndarray, resamples: int = RESAMPLES) -> np.ndarray | None:
    """scores: (scales, pictures, graders), NaN where there is none -> (scales, 2). None for fewer than two scores."""
    known = ~np.isnan(scores[0])
    if known.sum() < 2:
        return None
    pictures, graders = known.shape
    rng = noise.generator("grading", "bootstrap")
    drawn = rng.multinomial(pictures, np.full(pictures, 1 / pictures), resamples).astype(np.float32)
    by = rng.multinomial(graders, np.full(graders, 1 / graders), resamples).astype(np.float32)
    counts = ((drawn @ known.astype(np.float32)) * by).sum(1)
    sums = np.stack([((drawn @ np.nan_to_num(part).astype(np.float32)) * by).sum(1) for part in scores])
    means = sums[:, counts > 0] / counts[counts > 0]
    return np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1).T


def figures(rows: Sequence[Score], belief: Callable[[Sequence[Score]], Belief] | None = None) -> Figures:
    """Every figure from the scores that count, as plain values. belief: the judge's, for correlation."""
    first = [row for row in rows if row.repeat == 0]
    drawn = [row for row in first if not is_real(row.checkpoint)]
    table = Table.of(first)
    return {
        "method": METHOD,
        "scores": len(rows),
        "graders": len({row.grader for row in rows}),
        "pictures": len({row.picture for row in rows}),
        "all": _summary(drawn),
        "checkpoint": _grouped(first, lambda row: (row.source, row.checkpoint)),
        "hair": _grouped(drawn, lambda row: (row.hair, "")),
        "eyes": _grouped(drawn, lambda row: (row.eyes, "")),
        "grader": _named(
            _grouped(drawn, lambda row: (row.grader, "")), list(dict.fromkeys(r.grader for r in rows))
        ),
        "agreement": {name: _agreement(table, scale) for scale, name in enumerate(SCALES)},
        "consistency": _consistency(rows),
        "judge": _judge(drawn, belief(drawn)) if belief and drawn else None,
    }


def _summary(rows: Sequence[Score]) -> Summary:
    table = Table.of(rows)
    scores = np.stack([table.matrix(scale) for scale in range(len(SCALES))])
    known = intervals(scores) if rows else None

    def mean(scale: int) -> Mean:
        return {
            "mean": float(np.nanmean(scores[scale])) if rows else None,
            "low": float(known[scale, 0]) if known is not None else None,
            "high": float(known[scale, 1]) if known is not None else None,
        }

    return {
        "n": len(rows), "pictures": len(table.pictures), "graders": len(table.graders), "fits": mean(0), "real": mean(1)
    }  # fmt: skip


def _grouped(rows: Sequence[Score], key: Callable[[Score], tuple[str, str]]) -> list[Group]:
    groups: dict[tuple[str, str], list[Score]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [
        {"name": name, "digest": digest, **_summary(mine)}
        for (name, digest), mine in sorted(groups.items())
        if name
    ]


def _named(groups: list[Group], order: list[str]) -> list[Group]:
    """Accounts by their names, everybody else by a number, in the order of first scores, which stays when others join:
    an identity is nobody's business.
    """
    groups = sorted(groups, key=lambda group: order.index(group["name"]))
    for group in groups:
        name = group["name"]
        number = order.index(name) + 1
        group["name"] = name.removeprefix(ACCOUNT) if name.startswith(ACCOUNT) else f"grader {number}"
    return groups


def _agreement(table: Table, scale: int) -> Alpha:
    matrix = table.matrix(scale)
    return {
        "alpha": krippendorff(matrix) if len(matrix) else None,
        "pictures": int(((~np.isnan(matrix)).sum(1) >= 2).sum()) if len(matrix) else 0,
    }


def _consistency(rows: Sequence[Score]) -> Consistency:
    first = {(row.grader, row.picture): row for row in rows if row.repeat == 0}
    pairs = [
        (first[key], row) for row in rows if row.repeat > 0 and (key := (row.grader, row.picture)) in first
    ]
    return {
        name: consistency(*(np.array([getattr(pair[i], name) for pair in pairs]) for i in (0, 1)))
        for name in SCALES
    }


def _judge(rows: Sequence[Score], known: Belief) -> Judged | None:
    """Spearman's rank correlation of a picture's mean score with the judge's belief in the asked tags."""
    from scipy.stats import spearmanr

    table = Table.of([row for row in rows if row.picture in known])
    if not table.rows:
        return None
    believed = np.array([known[picture][0] for picture in table.pictures])
    right = np.array([known[picture][1] for picture in table.pictures])
    answer: Judged = {"pictures": len(believed), "both colours read": float(right.mean())}
    for scale, name in enumerate(SCALES):
        means = np.nanmean(table.matrix(scale), axis=1)
        varied = len(means) > 2 and np.ptp(means) > 0 and np.ptp(believed) > 0
        rho, p = map(float, spearmanr(means, believed)) if varied else (None, None)
        answer[name] = {
            "rho": rho,
            "p": p,
            "mean where read": float(means[right].mean()) if right.any() else None,
            "mean where misread": float(means[~right].mean()) if not right.all() else None,
        }
    return answer
