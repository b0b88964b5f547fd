"""How long does `bash run.sh FILE` take for 40 lines (200 pictures), imports included, and how much memory?

    python benchmarks/generate_speed.py [--rounds 5] [--json FILE]

The goals are 4 s of wall time and 600 MB of peak memory on 2 cores, with everything installed.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from workbench.tags import EYES, HAIR

ROOT = Path(__file__).parents[1]
GOAL_SECONDS, GOAL_MEGABYTES = 4.0, 600.0


def once(file: Path, out: Path) -> tuple[float, float]:
    """Seconds of the whole command, and the largest resident memory (MB) of any process that it started."""
    start = time.perf_counter()
    command = ["bash", str(ROOT / "run.sh"), str(file), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or len(list(out.glob("sample_*_*.jpg"))) != 200:
        raise SystemExit(f"the command failed (exit status {process.returncode})")
    return seconds, usage.ru_maxrss / 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "forty.txt"
        lines = [f"{n},{HAIR[n % 12]} hair {EYES[n % 11]} eyes" for n in range(40)]
        file.write_text("\n".join(lines) + "\n")
        load = os.getloadavg()[0]
        once(file, Path(folder) / "warm")  # set-up, and the operating system's file cache
        rounds = [once(file, Path(folder) / str(n)) for n in range(args.rounds)]
    seconds, memory = zip(*rounds, strict=True)
    result = {
        "pictures": 200,
        "seconds": {"median": statistics.median(seconds), "least": min(seconds), "most": max(seconds)},
        "peak MB": max(memory),
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.processor() or platform.machine(),
        "load before": load,
    }
    print(json.dumps(result, indent=1))
    held = result["seconds"]["median"] <= GOAL_SECONDS and result["peak MB"] <= GOAL_MEGABYTES
    print(f"goals ({GOAL_SECONDS:.0f} s, {GOAL_MEGABYTES:.0f} MB): {'reached' if held else 'MISSED'}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
