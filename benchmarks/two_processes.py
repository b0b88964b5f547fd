"""Two processes against one, on the CPU with a thread each: how much faster one run on two cores is.

    python benchmarks/two_processes.py [--steps 16] [--preset faces-64]

By `workbench train` and `--devices 2`, the same batch in all. By the clock, which holds where nothing else runs; and by
processor time of one process, the most that can be gained: waiting for the other one costs none.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from workbench.train.run import Run  # noqa: E402


def trained(folder: Path, processes: int, args: argparse.Namespace) -> tuple[float, float]:
    """(pictures a second by the clock, by processor time of process 0), after the first tick, which warms up."""
    out, tick = folder / str(processes), args.steps * args.batch / 1000 / 4
    command = [
        sys.executable, "-m", "workbench", "train", args.preset, "--data", args.data, "--out", out, "--wandb", "off",
        "--accelerator", "cpu", "--threads", 1, "--devices", processes, "--steps", args.steps, "--batch", args.batch,
        "--tick-kimg", tick, "--snapshot-kimg", 1e6, "--evaluate-kimg", 0,
    ]  # fmt: skip
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run(list(map(str, command)), check=True, env=env, stdout=subprocess.DEVNULL)
    first, *_, last = Run.open(out).lines()
    seen = last["seen"] - first["seen"]
    return seen / (last["seconds"] - first["seconds"]), seen / (last["processor"] - first["processor"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default="faces-64")
    parser.add_argument("--data", default="drawn:256")
    parser.add_argument("--steps", type=int, default=16, help="a multiple of four ticks")
    parser.add_argument("--batch", type=int, default=64)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {processes: trained(Path(folder), processes, args) for processes in (1, 2)}
    for processes, (clock, processor) in found.items():
        print(
            f"{processes}: {clock:.1f} pictures/s by the clock, {processor:.1f} by processor time of one process"
        )
    (one, alone), (two, beside) = found[1], found[2]
    print(f"two against one: {two / one:.2f} by the clock, {beside / alone:.2f} by processor time")


if __name__ == "__main__":
    main()
