"""`workbench evaluate`: measure a checkpoint, or a folder of pictures, against real pictures."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from workbench.base.files import make_room
from workbench.base.processes import cores
from workbench.commands.generate import truncation
from workbench.commands.options import above_zero, add_language, seed
from workbench.commands.terminal import Stages
from workbench.gan.limits import PICTURES, THREADS
from workbench.measure.against import BLOCKS, SAMPLES, SEED, evaluate
from workbench.train import wandb_place


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "subject", metavar="CHECKPOINT", nargs="?",
        help="a generator's file, a run folder, or a folder of pictures called sample_(id)_(k).jpg; "
        "default: the shipped generator",
    )  # fmt: skip
    add_measuring_arguments(parser)
    more = parser.add_argument_group("what comes out")
    more.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    more.add_argument("--html", type=Path, metavar="FILE", help="write a page with pictures, one file")
    add_language(more)
    more.add_argument(
        "--no-training-pictures", action="store_true", help="leave real pictures out of the page"
    )
    more.add_argument(
        "--wandb", choices=wandb_place.MODES, default="off",
        help="also a run of W&B with figures, a table of samples and the page; default off; WANDB_* say where",
    )  # fmt: skip
    more.add_argument(
        "--apart", action="store_true",
        help="also train classifiers that tell samples from real pictures, and compare spectra (minutes more)",
    )  # fmt: skip


def add_measuring_arguments(parser: argparse.ArgumentParser, data_required: bool = True) -> None:
    """What decides a measurement, shared with `compare`."""
    real = parser.add_argument_group("real pictures")
    real.add_argument(
        "--data", nargs="+", required=data_required, metavar="SOURCE", help="where they are, as for `train`"
    )
    real.add_argument(
        "--split", choices=("train", "held"), default="train", help="the reference's part of the data"
    )
    drawn = parser.add_argument_group("samples")
    drawn.add_argument(
        "--samples", type=above_zero(int, PICTURES), default=SAMPLES, help="pictures to measure"
    )
    drawn.add_argument("--seed", type=seed, default=SEED, help=f"first of the {BLOCKS} latent seeds")
    drawn.add_argument(
        "--truncation", type=truncation, default=1.0, help="below 1: more usual faces, as for `generate`"
    )
    drawn.add_argument(
        "--candidates", type=above_zero(int), default=1, help="latents tried for a picture, as for `generate`"
    )
    drawn.add_argument(
        "--texts", metavar="FILE", help="the id,text lines that a folder of pictures was made for"
    )
    how = parser.add_argument_group("how it is measured")
    how.add_argument(
        "--judge", type=Path, metavar="FILE", help="the classifier; default: the shipped judge-measure"
    )
    how.add_argument(
        "--inception", type=Path, metavar="WEIGHTS", help="torch-fidelity's InceptionV3 weights as features"
    )
    how.add_argument(
        "--threads",
        type=above_zero(int, THREADS),
        default=cores(),
        help="CPU threads; default: all cores, or OMP_NUM_THREADS",
    )


def main(args: argparse.Namespace) -> int:
    """Measure, print, write what was asked for."""
    from workbench.base.checkpoint import write_atomically
    from workbench.measure.words import headline

    make_room(args.json, args.html)
    start = time.monotonic()
    measured = measure(args, args.subject)
    for line in headline(measured.result):
        print(line)
    if args.json:
        write_atomically(args.json, (json.dumps(measured.result, indent=1) + "\n").encode())
    if args.html:
        from workbench.data.faceset import FaceSet
        from workbench.show.evaluation import page
        from workbench.show.pages import encoded

        size = measured.result["about"]["data"]["size"]
        shown = None if args.no_training_pictures else FaceSet.open(args.data, size, progress=False)
        write_atomically(args.html, encoded(page(measured, shown, args.lang)))
    if args.wandb != "off":
        _mirror(args, measured)
    print(f"measured in {time.monotonic() - start:.0f} s")
    return 0


def _mirror(args: argparse.Namespace, measured: Any) -> None:
    from workbench.show.wandb_evaluation import MOST_SECONDS, EvaluationMirror
    from workbench.train.run import Run

    subject = Path(args.subject) if args.subject else None
    run = Run(subject) if subject and (subject / "config.json").is_file() else None
    EvaluationMirror(measured, args.html, wandb_place.WandbTarget(args.wandb), run).close(MOST_SECONDS)


def measure(args: argparse.Namespace, path: str | None) -> Any:
    """The evaluation of one subject."""
    import torch

    torch.set_num_threads(args.threads)
    with Stages() as stages:
        return evaluate(
            path,
            args.data,
            samples=args.samples,
            split=args.split,
            seed=args.seed,
            truncation=args.truncation,
            candidates=args.candidates,
            texts=args.texts,
            judge=args.judge,
            inception=args.inception,
            apart=getattr(args, "apart", False),
            threads=args.threads,
            progress=sys.stderr.isatty(),
            report=stages,
        )
