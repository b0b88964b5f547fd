"""`workbench judge`: train the classifiers that read tags (those that the data have), examine one, label with one."""

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.documents import Json
from workbench.base.processes import cores
from workbench.commands.options import above_zero, seed
from workbench.gan.limits import THREADS

if TYPE_CHECKING:
    from workbench.judge.training import Examined


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the two actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    train = actions.add_parser("train", help="train, calibrate and examine a judge")
    train.add_argument("name", choices=("judge-measure", "judge-choose"), help="which of the two")
    train.add_argument(
        "--out",
        type=Path,
        default=Path("judges"),
        help="folder of NAME.safetensors (judge-tags-... of further tags) and its card; artifacts has the shipped ones",
    )
    train.add_argument("--epochs", type=above_zero(float, 1e6), help="passes over the pictures; default 6")
    train.add_argument(
        "--width",
        type=above_zero(int, 1024),
        help="channels of the first layer; default: that of the shipped judge of this name",
    )
    train.add_argument(
        "--seed", type=seed, help="seed of weights and order; default: that of the shipped judge of this name"
    )
    test = actions.add_parser("test", help="examine a judge on the held-out pictures")
    test.add_argument(
        "--judge", type=Path, metavar="FILE", help="its file; default: the shipped judge-measure"
    )
    test.add_argument("--json", type=Path, metavar="FILE", help="write the whole result, confusion included")
    label = actions.add_parser(
        "label", help="a source with the tags that it lacks, where a judge is sure of them, as Parquet shards"
    )
    label.add_argument("source", metavar="SOURCE", help="a folder, drawn:COUNT[:SEED] or gray-eyes:FOLDER")
    label.add_argument("out", type=Path, metavar="OUT", help="a new folder; give it to --data")
    label.add_argument("--judge", type=Path, required=True, metavar="FILE", help="who reads the pictures")
    label.add_argument(
        "--sure",
        type=above_zero(float, 1),
        default=0.9,
        metavar="P",
        help="probability from which a reading becomes a label; default 0.9",
    )
    for action in (train, test):
        action.add_argument(
            "--data", nargs="+", required=True, metavar="SOURCE", help="real pictures, as for `train`"
        )
    for action in (train, test, label):
        action.add_argument(
            "--threads",
            type=above_zero(int, THREADS),
            default=cores(),
            help="CPU threads; default: all cores, or OMP_NUM_THREADS",
        )


def main(args: argparse.Namespace) -> int:
    """Train, test or label."""
    import torch

    from workbench.data.faceset import FaceSet

    torch.set_num_threads(args.threads)
    if args.action == "label":
        return _label(args)
    faces = FaceSet.open(args.data, progress=sys.stderr.isatty())
    return _train(args, faces) if args.action == "train" else _test(args, faces)


def _train(args: argparse.Namespace, faces: Any) -> int:
    import torch

    from workbench.base.checkpoint import write_atomically
    from workbench.base.errors import BadInput
    from workbench.data import further
    from workbench.judge.training import PLANS, examine, train_judge

    given = {name: getattr(args, name) for name in ("epochs", "width", "seed")}
    plan = dataclasses.replace(
        PLANS[args.name], **{name: value for name, value in given.items() if value is not None}
    )
    try:
        args.out.mkdir(parents=True, exist_ok=True)  # before the minutes of training
    except OSError as error:
        raise BadInput(f"{args.out}: {error.strerror}") from None
    start = time.monotonic()
    with _Bar(plan.name) as bar:
        judge = train_judge(faces, plan, bar.show)
    judge.info["minutes"] = round((time.monotonic() - start) / 60, 1)
    judge.info["trained with"] = {"torch": torch.__version__, "threads": torch.get_num_threads()}
    files = {"judge-choose": further.CHOOSING, "judge-measure": further.MEASURING}
    own = judge.vocabulary == further.FURTHER
    path = args.out / (files[plan.name].name if own else f"{plan.name}.safetensors")
    judge.save(path)
    judge = type(judge).open(path)  # what is examined is what was written, in half precision
    result = examine(judge, faces)
    card = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "content sha256": judge.digest,
        "parameters": sum(p.numel() for p in judge.net.parameters()),
        **judge.info,
        "held-out": _plain(result),
    }
    write_atomically(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())
    print(f"{path}: {card['bytes']:,} bytes, {judge.info['minutes']} minutes")
    _print(result)
    return 0


def _test(args: argparse.Namespace, faces: Any) -> int:
    from workbench.base.checkpoint import write_atomically
    from workbench.judge.classifier import Judge
    from workbench.judge.training import examine

    judge = Judge.open(args.judge)
    result = examine(judge, faces)
    print(f"{judge.info['name']}, sha256 {judge.digest[:16]}, on held-out pictures")
    _print(result)
    if args.json:
        write_atomically(args.json, (json.dumps(_plain(result), indent=1) + "\n").encode())
    return 0


def _label(args: argparse.Namespace) -> int:
    from workbench.base.errors import DiskError
    from workbench.data import shards
    from workbench.data.cache import open_entry
    from workbench.data.layouts import recognise
    from workbench.data.vocabulary import Vocabulary
    from workbench.judge.classifier import SIZE, Judge
    from workbench.judge.labelling import labelled

    judge, progress = Judge.open(args.judge), sys.stderr.isatty()
    entry = open_entry(recognise(args.source), SIZE, None, progress)
    own = Vocabulary.of(entry.manifest)
    with _Bar("reading") as bar:
        entry = labelled(entry, judge, args.sure, bar.show)
    try:
        shards.write(entry, args.out, progress)
    except OSError as error:
        raise DiskError(f"{args.out}: cannot write the shards ({error})") from error
    print(f"{len(entry.y):,} pictures: {args.out}")
    for column, labels in zip(Vocabulary.of(entry.manifest).columns, entry.y.T, strict=True):
        if column.name not in own.names:
            counts = (
                f"{value} {int((labels == number).sum()):,}" for number, value in enumerate(column.values)
            )
            print(f"  {column.name}: {', '.join(counts)}, unknown {int((labels < 0).sum()):,}")
    return 0


def _plain(result: "dict[str, Examined]") -> Json:
    return {source: told.to_json() for source, told in result.items()}


def _print(result: "dict[str, Examined]") -> None:
    for source, told in result.items():
        known = {name: kind for name, kind in told.columns.items() if kind["n"]}
        parts = [f"{name} {kind['right']:.1%}" for name, kind in known.items()]
        if told.both["n"]:
            parts.append(f"{'both' if len(told.columns) == 2 else 'all'} {told.both['right']:.1%}")
        errors = [f"{name} {kind['calibration error']:.3f}" for name, kind in known.items()]
        print(f"{source}: {', '.join(parts)} right of {told.n:,}; calibration error {', '.join(errors)}")
        for name, kind in told.columns.items():
            rows = kind["per colour"].items()
            print(f"  {name}: " + ", ".join(f"{value} {row['right']:.0%}" for value, row in rows))


class _Bar:
    """A bar on a terminal, a line now and then where the output is a file."""

    def __init__(self, name: str) -> None:
        from tqdm import tqdm

        self.terminal = sys.stderr.isatty()
        self.bar = tqdm(desc=name, disable=not self.terminal)

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def show(self, done: int, whole: int, loss: float | None = None) -> None:
        said = "" if loss is None else f"loss {loss:.3f}"
        self.bar.total = whole
        self.bar.set_postfix_str(said, refresh=False)
        self.bar.n = done
        self.bar.refresh()
        if loss is not None and not self.terminal and (done == whole or done % max(1, whole // 20) == 0):
            print(f"step {done:,} of {whole:,}, {said}", flush=True)
