"""Measure something against data, both named as people name them; commands and Python come through here."""

import os
from collections.abc import Sequence
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.draw.engine import Threads
from workbench.draw.painter import Painter
from workbench.judge.classifier import SIZE, Judge
from workbench.measure import evaluation
from workbench.measure.evaluation import Evaluation
from workbench.measure.spaces import InceptionSpace, Report, Space
from workbench.measure.subjects import Checkpoint, Folder

BLOCKS = 5
SAMPLES = 10_000
SEED = 1000

Named = str | os.PathLike[str]


def evaluate(
    subject: Named | Painter | None,
    data: Named | Sequence[Named] | FaceSet,
    samples: int = SAMPLES,
    split: str = "train",
    seed: int = SEED,
    truncation: float = 1.0,
    candidates: int = 1,
    texts: Named | None = None,
    judge: Named | None = None,
    inception: Named | None = None,
    apart: bool = False,
    threads: int | None = None,
    progress: bool = False,
    report: Report = lambda _: None,
) -> Evaluation:
    """Every figure of `samples` pictures against as many real ones, as `workbench evaluate` prints them.

    print(evaluate("runs/first", "drawn:10000").result["fid"])

    Args:
        subject: a painter, a generator's file, a run folder, a folder of pictures called sample_(id)_(k).jpg, or None
            for the shipped generator. data: sources of real pictures as for training, or a FaceSet.
        split: the reference's part of the data, "train" or "held". seed: the first of the latent seeds.
        texts: the file of id,text lines that a folder of pictures was made for.
        judge: another judge than the shipped `judge-measure`. inception: a file of InceptionV3 weights as features.
        apart: also train classifiers that tell samples from real pictures (minutes). threads: None = as torch has it.
        progress: a bar while pictures are decoded. report: a stage's name -> where its progress goes.

    Raises:
        BadInput: for unusable subjects, data or options.
    """
    if split not in ("train", "held"):
        raise BadInput(f"the split is train or held; got {str(split)[:40]!r}")
    reader = Judge.open(Path(judge) if judge else None)
    space = InceptionSpace(reader, Path(inception), report) if inception else Space(reader, report)
    if not isinstance(subject, Painter) and subject is not None and _is_folder_of_pictures(Path(subject)):
        faces = data if isinstance(data, FaceSet) else _faces(data, SIZE, progress)
        measured = Folder(Path(subject), SIZE, os.fspath(texts) if texts else None, faces.vocabulary)
    else:
        limits = Threads(threads, threads) if threads else None
        measured = Checkpoint(subject, seed, truncation, candidates, BLOCKS, limits)
        faces = data if isinstance(data, FaceSet) else _faces(data, measured.size, progress)
    if faces.size != measured.size:
        raise BadInput(f"the data are {faces.size} pixels a side, the samples {measured.size}")
    return evaluation.evaluate(measured, faces, space, samples, split, apart)


def _is_folder_of_pictures(path: Path) -> bool:
    return path.is_dir() and not (path / "config.json").exists()


def _faces(data: Named | Sequence[Named], size: int, progress: bool) -> FaceSet:
    """Raises BadInput where a checkpoint or a run stands for one more source, or for untagged pictures."""
    sources = [data] if isinstance(data, str | os.PathLike) else list(data)
    for source in map(Path, sources):
        if source.suffix == ".safetensors" or (source / "config.json").exists():
            raise BadInput(f"{source}: no source of pictures; name what is measured before --data")
    return FaceSet.open(sources, size=size, progress=progress)
