"""Options of the mirrors, and the mirrors that they ask for."""

import argparse
from pathlib import Path
from typing import Any

from workbench.train import wandb_place


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options; those for W&B win over its variables in the environment."""
    mirrors = parser.add_argument_group("mirrors of the run (by default the usual WANDB_* variables decide)")
    mirrors.add_argument(
        "--wandb",
        choices=wandb_place.MODES,
        help="default: WANDB_MODE, else offline: a log that `wandb sync` sends",
    )
    for name, told in (("project", wandb_place.PROJECT), ("entity", "the account's own")):
        mirrors.add_argument(
            f"--wandb-{name}", metavar="NAME", help=f"default: WANDB_{name.upper()}, else {told}"
        )
    mirrors.add_argument("--wandb-group", metavar="NAME", help="default: WANDB_RUN_GROUP")
    mirrors.add_argument("--wandb-job-type", metavar="NAME", help="default: WANDB_JOB_TYPE, else train")
    mirrors.add_argument("--wandb-tags", nargs="+", default=(), metavar="TAG", help="default: WANDB_TAGS")
    mirrors.add_argument(
        "--wandb-dir", type=Path, metavar="DIR", help="default: WANDB_DIR, else the run folder"
    )
    mirrors.add_argument(
        "--tensorboard",
        action="store_true",
        help="also event files, in RUN/tensorboard (needs `tensorboard`)",
    )


def place(args: argparse.Namespace) -> "wandb_place.WandbTarget":
    """Where W&B's log goes. Raises BadInput for a WANDB_MODE that nobody knows."""
    return wandb_place.WandbTarget(
        wandb_place.mode(args.wandb), args.wandb_project, args.wandb_entity, args.wandb_group,
        args.wandb_job_type, tuple(args.wandb_tags), args.wandb_dir,
    )  # fmt: skip


def refuse(args: argparse.Namespace) -> None:
    """Raises BadInput for mirrors that cannot be, before any picture is decoded."""
    place(args)
    if args.tensorboard:
        from workbench.train.tensorboard import refuse_missing

        refuse_missing()


def opened(args: argparse.Namespace, run: Any, config: Any) -> list[Any]:
    """The sinks of a run that begins or goes on now."""
    from workbench.train.sinks import mirrors

    return mirrors(run, config, place(args), args.tensorboard)
