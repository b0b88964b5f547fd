"""Games that an arena does not take, entries at equal processor time: python benchmarks/contests.py NAME --out FOLDER

`--help` lists the contests; docs/claims.md says which claim each is for. It goes on where it was stopped.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workbench.base.intervals import reach


@dataclass(frozen=True)
class Contest:
    """entries: {name: options of `train`}. measure: the command that measures a run, and what follows the run.
    shown: its figures; rows: {reference row: ending of its figures' names}. data: of training. minutes: of the
    processor, for each entry and seed. kimg: thousands of pictures a minute, over which schedules run; 0: as the
    preset says. common: options of all entries.
    """

    told: str
    entries: dict[str, str]
    measure: tuple[str, str]
    shown: tuple[str, ...]
    rows: dict[str, str] = field(default_factory=lambda: {"real": "_real"})
    data: str = ""
    minutes: float = 1.25
    seeds: int = 3
    kimg: float = 0.0
    common: str = ""

    def options(self, name: str, seed: int, minutes: float, data: list[str]) -> list[str]:
        """An entry as options of `train`."""
        bounds = f"--processor-minutes {minutes} --seed {seed} --threads 1 --wandb off"
        if self.kimg:
            bounds += f" --kimg {self.kimg * minutes:g}"
        return [*f"{self.entries[name]} {self.common} {bounds} --data".split(), *data]


MUSIC = ("chords", "chords_other", "different", "onsets", "pitch_classes", "copies", "across", "rhythm")
NO_PAST = "--game.past no --game.d-past no"
OTHERS = "--learning-rate 5e-4"  # that of midinet-wgan-gp

# Bars of other tunes than those that chose a run's best checkpoint.
TUNES: dict[str, Any] = {
    "measure": ("compose", "--measure melodies:16000:1"), "shown": MUSIC, "data": "melodies:16000",
    "common": "--evaluate-kimg 20 --snapshot-kimg 20",
}  # fmt: skip

CONTESTS = {
    "discrete": Contest(
        "for discrete data only WGAN-GP works",
        {
            "logistic with R1": "midinet",
            "WGAN-GP": "midinet-wgan-gp",
            "DCGAN": f"midinet --objective.r1 0 --game.d-norm batch --beta1 0.5 --beta2 0.999 {OTHERS}",
            "SNGAN": f"midinet --objective hinge --game.d-norm spectral --beta2 0.9 {OTHERS}",
        },
        **TUNES,
    ),
    "past": Contest(
        "the bar before as condition is good for melody",
        {
            "WGAN-GP": "midinet-wgan-gp", "WGAN-GP, without": f"midinet-wgan-gp {NO_PAST}",
            "logistic with R1": "midinet", "logistic with R1, without": f"midinet {NO_PAST}",
        },
        **TUNES,
    ),
    "tracks": Contest("with many tracks it copies", {"three tracks": "musegan"}, **TUNES),
    "clips": Contest(
        "a three-dimensional discriminator makes only local blocks true",
        {
            "mocogan": "mocogan",
            "clips alone": "mocogan-3d",
            "clips alone, by blocks": "mocogan-3d --game.d-output blocks",
            "layers": "vgan",
        },
        ("animate", "--measure"),
        ("fid", "local", "content", "kind", "told_blocks", "told_frames"),
        {"real": "_real", "shuffled": "_chance", "shuffled blocks": "_blocks"},
        data="clips:4000", minutes=25, seeds=2, kimg=2,
    ),
    "mouths": Contest(
        "PatchGAN is not worse than a dense D; weights of 1 : 1 do",
        {
            "patch": "pix2pix-tiny", "dense": "pix2pix-tiny --game.output dense",
            "patch, 1 : 100": "pix2pix-tiny --game.pixel mae --game.pixel_weight 100",
        },
        ("restore", "--measure"),
        ("rmse", "rmse_kept", "spread"),
        {"white box left": "_white", "mean mouth": "_mean", "real": "_real"},
        data="drawn:2000", minutes=3, seeds=2, kimg=5, common="--batch 8 --learning-rate 0:2e-3,0.4:2e-3,1:0",
    ),
    "styles": Contest(
        "CycleGAN with a Wasserstein distance is worse than with least squares",
        {"least squares": "cyclegan-light", "Wasserstein, clipped": "cyclegan-wgan-light"},
        ("stylize", "--measure"),
        ("kid_b", "kid_a", "cycle", "own", "own_a", "near_b"),
        {"untouched": "_untouched", "real": "_real"},
        data="drawn:2000", minutes=7, seeds=2, kimg=3.5, common="--game.identity 0.2 --evaluate-kimg 0",
    ),
}  # fmt: skip


def command(*arguments: object) -> None:
    """Call the workbench; its words go to the terminal."""
    subprocess.run([sys.executable, "-m", "workbench", *map(str, arguments)], check=True)


def measured(
    contest: Contest, out: Path, name: str, seed: int, minutes: float, data: list[str]
) -> dict[str, float]:
    """Train an entry, if that is not done, and measure it."""
    run = out / f"{name.replace(', ', '-').replace(' : ', 'to').replace(' ', '-')}-{seed}"
    if not run.exists():
        command("train", *contest.options(name, seed, minutes, data), "--out", run)
    found = run / "measured.json"
    if not found.exists():
        verb, what = contest.measure
        command(verb, run, *what.split(), "--json", found)
    lines = (run / "metrics.jsonl").read_text().splitlines() if (run / "metrics.jsonl").exists() else []
    tick = json.loads((run / "ticks.jsonl").read_text().splitlines()[-1])
    told = {key: value for line in lines[-1:] for key, value in json.loads(line).items()}
    return told | json.loads(found.read_text()) | {"kimg": tick["seen"] / 1000, "updates": tick["steps"]}


def line(name: str, values: list[float | None]) -> str:
    """A row of the table."""
    return f"{name:28}" + "".join(f"{value:>14.4g}" if value is not None else f"{'':>14}" for value in values)


def summary(name: str, seeds: list[dict[str, float]], keys: tuple[str, ...]) -> str:
    """Mean over seeds and half of its 95% interval (Student's t), of the figures that every seed has."""
    means, widths = [], []
    for key in keys:
        values = np.array([found[key] for found in seeds if key in found])
        whole = len(values) == len(seeds)
        means.append(float(values.mean()) if whole else None)
        widths.append(float(reach(values)) if whole else None)
    return line(f"{name}, mean", means) + "\n" + line("  and 95% either way", widths)


def main() -> None:
    """Hold a contest and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="; ".join(f"{name}: {contest.told}" for name, contest in CONTESTS.items()),
    )
    parser.add_argument("contest", choices=CONTESTS)
    parser.add_argument("--only", nargs="+", metavar="ENTRY", help="some of its entries; default: all")
    parser.add_argument("--minutes", type=float, help="of the processor, an entry and seed")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--data", nargs="+", help="of training, as `train` takes it")
    parser.add_argument("--out", type=Path, default=Path("runs/contests"))
    args = parser.parse_args()
    contest = CONTESTS[args.contest]
    minutes, data = args.minutes or contest.minutes, args.data or [contest.data]
    keys = ("kimg", "updates", *contest.shown)
    names = args.only or list(contest.entries)
    print(" " * 28 + "".join(f"{key:>14}" for key in keys))
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for seed in range(args.seeds or contest.seeds):  # outside: what is stopped early has every entry
        for name in names:
            found[name].append(measured(contest, args.out, name, seed, minutes, data))
            print(line(f"{name}, seed {seed}", [found[name][-1].get(key) for key in keys]), flush=True)
    for name, seeds in found.items():
        if len(seeds) > 1:
            print(summary(name, seeds, keys))
    for name, ending in contest.rows.items():
        print(line(name, [found[names[-1]][-1].get(f"{key}{ending}") for key in keys]))


if __name__ == "__main__":
    main()
