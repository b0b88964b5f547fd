"""`workbench evaluate`: measure a checkpoint, or a folder of pictures, against real pictures."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.generate import truncation
from workbench.commands.train import above_zero, cores
from workbench.gan.limits import PICTURES, THREADS
from workbench.train import wandb_place

BLOCKS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "subject", metavar="CHECKPOINT", nargs="?",
        help="a generator's file, a run folder, or a folder of pictures called sample_(id)_(k).jpg; "
        "default: the shipped generator",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with pictures, one file")
    parser.add_argument(
        "--no-training-pictures", action="store_true", help="leave real pictures out of the page"
    )
    add_measuring_arguments(parser)
    parser.add_argument(
        "--wandb", choices=wandb_place.MODES, default="off",
        help="also a run of W&B with figures, a table of samples and the page; default off; WANDB_* say where",
    )  # fmt: skip
    parser.add_argument(
        "--apart", action="store_true",
        help="also train classifiers that tell samples from real pictures, and compare spectra (minutes more)",
    )  # fmt: skip


def add_measuring_arguments(parser: argparse.ArgumentParser, data_required: bool = True) -> None:
    """What decides a measurement, shared with `compare`."""
    parser.add_argument(
        "--data", nargs="+", required=data_required, help="sources of real pictures, as for `train`"
    )
    parser.add_argument(
        "--texts", metavar="FILE", help="the id,text lines that a folder of pictures was made for"
    )
    parser.add_argument(
        "--samples", type=above_zero(int, PICTURES), default=10_000, metavar="N", help="default 10,000"
    )
    parser.add_argument("--seed", type=int, default=1000, help=f"first of the {BLOCKS} latent seeds")
    parser.add_argument(
        "--split", choices=("train", "held"), default="train", help="the reference's part of the data"
    )
    parser.add_argument("--truncation", type=truncation, default=1.0, metavar="T")
    parser.add_argument(
        "--candidates", type=above_zero(int), default=1, metavar="N", help="as for `generate`; default 1"
    )
    parser.add_argument("--judge", type=Path, help="another judge than the shipped judge-measure")
    parser.add_argument(
        "--inception", type=Path, metavar="WEIGHTS", help="torch-fidelity's InceptionV3 weights as features"
    )
    parser.add_argument("--threads", type=above_zero(int, THREADS), default=cores())


def main(args: argparse.Namespace) -> int:
    """Measure, print, write what was asked for."""
    from workbench.base.checkpoint import write_atomically
    from workbench.measure.words import headline

    make_room(args.json, args.html)
    start = time.monotonic()
    measured, faces = measure(args, args.subject)
    for line in headline(measured.result):
        print(line)
    if args.json:
        write_atomically(args.json, (json.dumps(measured.result, indent=1) + "\n").encode())
    if args.html:
        from workbench.show.evaluation import page
        from workbench.show.pages import encoded

        shown = None if args.no_training_pictures else faces
        write_atomically(args.html, encoded(page(measured, shown)))
    if args.wandb != "off":
        _mirror(args, measured)
    print(f"measured in {time.monotonic() - start:.0f} s")
    return 0


def _mirror(args: argparse.Namespace, measured: Any) -> None:
    from workbench.show.wandb_evaluation import MOST_SECONDS, EvaluationMirror
    from workbench.train.run import Run

    subject = Path(args.subject) if args.subject else None
    run = Run(subject) if subject and (subject / "config.json").is_file() else None
    EvaluationMirror(measured, args.html, wandb_place.Place(args.wandb), run).close(MOST_SECONDS)


def measure(args: argparse.Namespace, path: str | None) -> tuple[Any, Any]:
    """The evaluation of one subject, and the data that it was compared with."""
    import torch

    from workbench.data.faceset import FaceSet
    from workbench.draw.engine import Threads
    from workbench.judge.classifier import SIZE, Judge
    from workbench.measure.evaluation import evaluate
    from workbench.measure.spaces import InceptionSpace, Space
    from workbench.measure.subjects import Checkpoint, Folder

    _refuse_subjects(args.data)
    torch.set_num_threads(args.threads)
    judge = Judge.open(args.judge)
    stages = Stages()
    space = InceptionSpace(judge, args.inception, stages) if args.inception else Space(judge, stages)
    if path and Path(path).is_dir() and not (Path(path) / "config.json").exists():
        subject: Any = Folder(Path(path), SIZE, args.texts)
    else:
        subject = Checkpoint(
            path, args.seed, args.truncation, args.candidates, BLOCKS, Threads(args.threads, args.threads)
        )
    faces = FaceSet.open(args.data, size=subject.size, progress=sys.stderr.isatty())
    with stages:
        return evaluate(subject, faces, space, args.samples, args.split, getattr(args, "apart", False)), faces


def _refuse_subjects(sources: list[str]) -> None:
    """`--data FOLDER CHECKPOINT` would take the checkpoint for one more source, and a run for untagged pictures."""
    for source in map(Path, sources):
        if source.suffix == ".safetensors" or (source / "config.json").exists():
            raise BadInput(f"{source}: no source of pictures; name what is measured before --data")


class Stages:
    """A bar for each stage on a terminal; nothing where the output is a file."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __enter__(self) -> "Stages":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def __call__(self, stage: str) -> Callable[[int, int], None]:
        from tqdm import tqdm

        self.__exit__()
        self.bar = bar = tqdm(desc=stage, unit="pictures", disable=not sys.stderr.isatty())

        def report(done: int, whole: int) -> None:
            bar.total = whole
            bar.update(done - bar.n)

        return report
