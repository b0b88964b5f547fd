"""How long does `workbench generate FILE` take for 40 lines (200 pictures), imports included, and how much memory?

    python benchmarks/generate_speed.py [--rounds 5] [--json FILE]

Measures the shipped generator by its ONNX graph and, in turn with it, a copy without a graph, which torch draws. The
goals are 1.2 s of wall time and 200 MB of peak memory on 2 idle cores; with other work on them processor time and the
ratios still mean something.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workbench.data.tags import EYES, HAIR
from workbench.draw.painter import SHIPPED

GOAL_SECONDS, GOAL_MEGABYTES = 1.2, 200.0
FIGURES = ("wall s", "processor s", "peak MB")


def once(file: Path, out: Path, *options: str) -> tuple[float, float, float]:
    """FIGURES of the whole command."""
    start = time.perf_counter()
    command = [sys.executable, "-P", "-m", "workbench", "generate", str(file), "--out", str(out), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or len(list(out.glob("sample_*_*.jpg"))) != 200:
        raise SystemExit(f"the command failed (exit status {process.returncode})")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def summary(rounds: list[tuple[float, float, float]]) -> dict[str, dict[str, float]]:
    """Median, least and most of each figure."""
    return {
        name: {"median": statistics.median(values), "least": min(values), "most": max(values)}
        for name, values in zip(FIGURES, zip(*rounds, strict=True), strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        lines = [f"{n},{HAIR[n % 12]} hair {EYES[n % 11]} eyes" for n in range(40)]
        (place / "forty.txt").write_text("\n".join(lines) + "\n")
        shutil.copy(SHIPPED, place / "without.safetensors")
        ways = {"graph": (), "torch": ("--checkpoint", str(place / "without.safetensors"))}
        load = os.getloadavg()[0]
        rounds: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
        for number in range(args.rounds + 1):
            for name, options in ways.items():
                figures = once(place / "forty.txt", place / name, *options)
                if number:  # the first one fills the operating system's file cache
                    rounds[name].append(figures)
    result = {"pictures": 200} | {name: summary(found) for name, found in rounds.items()}
    result["graph over torch"] = {
        name: statistics.median(a[i] / b[i] for a, b in zip(rounds["graph"], rounds["torch"], strict=True))
        for i, name in enumerate(FIGURES)
    }
    result |= {
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.processor() or platform.machine(),
        "load before": load,
    }
    print(json.dumps(result, indent=1))
    graph = summary(rounds["graph"])
    held = graph["wall s"]["median"] <= GOAL_SECONDS and graph["peak MB"]["most"] <= GOAL_MEGABYTES
    print(f"goals ({GOAL_SECONDS} s, {GOAL_MEGABYTES:.0f} MB): {'reached' if held else 'MISSED'}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
