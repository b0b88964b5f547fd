"""Does a discriminator of clips alone make every block true? python benchmarks/moving.py [--minutes 25] [--seeds 2]

Trains each entry for equal processor time and measures its clips; also what shuffled blocks and frames get. Claim 28.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ENTRIES = {
    "mocogan": ("mocogan",),
    "clips alone": ("mocogan-3d",),
    "clips alone, by blocks": ("mocogan-3d", "--game.d-output", "blocks"),
    "layers": ("vgan",),
}
SHOWN = ("fid", "local", "content", "kind", "told_blocks", "told_frames")
ROWS = {"real": "_real", "shuffled": "_chance", "shuffled blocks": "_blocks"}


def command(*arguments: object) -> None:
    """Call the workbench; its words go to the terminal."""
    subprocess.run([sys.executable, "-m", "workbench", *map(str, arguments)], check=True)


def measured(out: Path, name: str, seed: int, minutes: float, data: str) -> dict[str, float]:
    """Train an entry, if that is not done, and measure it."""
    run = out / f"{name.replace(', ', '-').replace(' ', '-')}-{seed}"
    if not run.exists():
        command(
            "train", *ENTRIES[name], "--data", data, "--processor-minutes", minutes, "--kimg", 2 * minutes,
            "--seed", seed, "--threads", 1, "--wandb", "off", "--out", run,
        )  # fmt: skip
    command("animate", run, "--measure", "--json", run / "measured.json")
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
    return last | json.loads((run / "measured.json").read_text())


def line(name: str, values: list[float | None]) -> str:
    """A row of the table."""
    return f"{name:28}" + "".join(f"{value:>13.3f}" if value is not None else f"{'':>13}" for value in values)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=25, help="of the processor, an entry and seed")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--data", default="clips:4000")
    parser.add_argument("--out", type=Path, default=Path("runs/moving"))
    args = parser.parse_args()
    print(" " * 28 + "".join(f"{key:>13}" for key in SHOWN))
    found: dict[str, float] = {}
    for name in ENTRIES:
        for seed in range(args.seeds):
            found = measured(args.out, name, seed, args.minutes, args.data)
            print(line(f"{name}, seed {seed}", [found.get(key) for key in SHOWN]), flush=True)
    found["fid_real"] = found["fid_floor"]
    for name, ending in ROWS.items():
        print(line(name, [found.get(f"{key}{ending}") for key in SHOWN]))
