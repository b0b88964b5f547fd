"""`workbench arena`: entries trained for equal processor time, measured alike, on one page."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.base.processes import cores
from workbench.commands.options import above_zero, add_language
from workbench.gan.config import DEFAULT_DATA
from workbench.gan.limits import DEVICES, PICTURES, THREADS
from workbench.train import wandb_place

if TYPE_CHECKING:
    from workbench.arena.folder import Folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.description = (
        "Trains every entry for equal processor time on the same data and measures it at shares of that time. The same "
        "command again goes on where it was stopped; with further entries it adds them to the arena."
    )
    parser.add_argument(
        "entries", metavar="ENTRY", nargs="*",
        help="a preset, or a variant such as wgan-gp-light:d_steps=1,objective.gp=0.5; none: only the page, anew",
    )  # fmt: skip
    parser.add_argument(
        "--file", type=Path, metavar="FILE.json",
        help="entries, minutes and seeds of a prepared contest such as docs/arena/claims/penalty.json; what is given "
        "here besides goes before; default: none",
    )  # fmt: skip
    parser.add_argument(
        "--data", nargs="+", metavar="SOURCE", help=f"sources as for `train`; default {DEFAULT_DATA[0]}"
    )
    parser.add_argument(
        "--minutes",
        type=above_zero(float),
        help="of all cores, for each entry: so many times the cores in processor time; needed for new entries",
    )
    parser.add_argument(
        "--kimg", type=above_zero(float), metavar="K",
        help="in place of --minutes: thousands of real pictures for each entry. No longer fair to fast ones, but the "
        "weights are the same, bit for bit, wherever an entry trains; default: none",
    )  # fmt: skip
    parser.add_argument(
        "--seeds", type=above_zero(int, 1000), metavar="K", help="trainings of each entry; default: 1"
    )
    parser.add_argument(
        "--samples",
        type=above_zero(int, PICTURES),
        default=2000,
        metavar="N",
        help="pictures of a measurement",
    )
    parser.add_argument(
        "--looks", type=int, choices=(1, 2, 3, 7), default=7,
        help="how often an entry is measured: at seven shares of its budget, or at the last of 10%%, 30%% and 100%%. "
        "Each costs seconds outside the budget: fewer where minutes are few",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, default=Path("arenas/arena"), metavar="DIR", help="the arena's folder"
    )
    parser.add_argument(
        "--cores",
        type=above_zero(int, THREADS),
        default=cores(),
        help="CPU cores to use; default: all of this machine",
    )
    parser.add_argument(
        "--together", type=above_zero(int, DEVICES), default=1, metavar="T",
        help="trainings side by side, sharing the cores. More use the cores better and change no budget",
    )  # fmt: skip
    parser.add_argument(
        "--executor", default="local", metavar="NAME[://ADDRESS]",
        help="where entries train: local; ray, ray://HOST:PORT, ray://auto (a Ray cluster, whose nodes take the "
        "entries that they have cores for); slurm (by submitit). All share this folder and the data; default local",
    )  # fmt: skip
    parser.add_argument(
        "--wandb", choices=wandb_place.MODES, default="off",
        help="mirror every training, grouped by the arena; costs each a little of its time; default off",
    )  # fmt: skip
    parser.add_argument("--html", type=Path, metavar="FILE", help="the page; default DIR/arena.html")
    add_language(parser)


def main(args: argparse.Namespace) -> int:
    """Train, measure, write page and table; 130 or 143 after a signal."""
    from workbench.arena.contest import Contest, Interrupted
    from workbench.arena.executors import Chosen
    from workbench.arena.folder import Folder
    from workbench.arena.measuring import Measure
    from workbench.commands.terminal import Stop

    if args.file:
        from workbench.arena.prepared import Prepared

        told = Prepared.read(args.file)
        args.entries = [*args.entries, *told.entries]
        args.seeds = args.seeds or told.seeds
        args.minutes = args.minutes or (None if args.kimg else told.minutes)
    args.seeds = args.seeds or 1
    if not args.entries:
        return _write(Folder.open(args.out), args.html, args.lang)
    if (args.minutes is None) == (args.kimg is None):
        raise BadInput("how long may each entry train? --minutes M, or --kimg K")
    chosen = Chosen(args.executor)
    folder, size = _begin(args)
    make_room(args.html)
    with folder.lock():  # first, so that a call that is refused neither reads the data nor writes the page
        stop = Stop()
        threads = max(1, folder.terms.cores // args.together)
        try:
            with chosen.opened(folder.path, threads) as executor:
                measure = Measure(folder.terms, size)
                Contest(folder, measure, threads, stop, _say, args.wandb, executor).hold(args.together)
        except Interrupted:
            _say("stopped; the same command goes on from here")
        finally:
            _write(folder, args.html, args.lang)  # also where an entry failed: the others' hours are not lost
    return stop.exit_code


def _begin(args: argparse.Namespace) -> "tuple[Folder, int]":
    """The folder, with every entry checked before the first one trains; and the size of its pictures."""
    from workbench.arena.entries import Entry
    from workbench.arena.folder import Folder, Terms
    from workbench.data.layouts import recognise

    entries = [Entry(text, seed) for seed in range(args.seeds) for text in args.entries]
    sizes = {entry.config().size: entry.text for entry in entries}
    data = tuple(recognise(source).origin for source in args.data or DEFAULT_DATA)
    if len(sizes) > 1:
        told = ", ".join(f"{text} {size}" for size, text in sizes.items())
        raise BadInput(f"entries of one arena draw pictures of one size; these: {told}")
    # Whole: other machines have other current folders.
    folder = Folder.begin(
        args.out.absolute(),
        Terms(data, args.minutes or 0.0, args.cores, args.samples, args.kimg or 0.0, args.looks),
        entries,
    )
    return folder, next(iter(sizes))


def _write(folder: "Folder", html: Path | None, language: str) -> int:
    from workbench.arena.page import page
    from workbench.arena.results import as_csv, table
    from workbench.base.checkpoint import write_atomically
    from workbench.show.pages import encoded

    rows = table(folder)
    write_atomically(folder.path / "arena.csv", encoded(as_csv(rows)))
    path = html or folder.path / "arena.html"
    write_atomically(path, encoded(page(folder, language=language)))
    for row in rows:
        if row["fid"] is not None:
            both = row["both"]
            print(
                f"{row['entry']}: distance {row['fid']:.3f}"
                + (f", both right {both:.1%}" if both is not None else "")
            )
    print(f"{path} and {folder.path / 'arena.csv'}")
    return 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)
