"""How long /runs takes with 200 runs: python benchmarks/runs_list.py [--runs 200] [--times 15]

Milliseconds of an answer through the app's own routes, without a network: the first one, which reads every log, and
later ones, a second apart, so that each looks at every folder again. Says how busy the machine was.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient
from workbench_app.runs.web import attach

from workbench.data.pictures import save_png
from workbench.gan.presets import presets
from workbench.train.run import Run

TICKS, EVALUATIONS = 60, 3  # a run


def fill(folder: Path, count: int) -> None:
    """So many runs of all presets, each with ticks, evaluations and a grid."""
    known = list(presets().values())
    for number in range(count):
        preset = known[number % len(known)]
        run = Run.create(folder / f"run-{number:03d}", preset.config)
        run.write_json("environment.json", {"preset": preset.name})
        ticks = [
            {"seen": 1000 * n, "seconds": 3.0 * n, "loss/D": 0.5, "loss/G": 1.2} for n in range(1, TICKS)
        ]
        measured = [
            {"seen": 20_000 * n, "fid": 10.0 - n, "diversity": 0.3, "diversity_real": 0.33}
            for n in range(1, EVALUATIONS + 1)
        ]
        for name, lines in (("ticks.jsonl", ticks), ("metrics.jsonl", measured)):
            (run.path / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
        save_png(run.samples / "000020.png", np.zeros((64, 64, 3), np.uint8))


def main() -> None:
    """Fill a folder, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--times", type=int, default=15)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        fill(Path(place), args.runs)
        app = FastAPI()
        attach(app, place)
        client = TestClient(app)
        print(f"{args.runs} runs; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"/runs, first: {timed(client, '/runs'):.0f} ms")
        since = client.get("/runs/_/list").json()["at"]
        for path in ("/runs", "/runs/_/list", f"/runs/_/list?since={since}"):
            found = []
            for _ in range(args.times):
                time.sleep(1.05)
                found.append(timed(client, path))
            print(f"{path}: median {statistics.median(found):.0f}, {min(found):.0f} to {max(found):.0f} ms")


def timed(client: TestClient, path: str) -> float:
    """Milliseconds of one answer."""
    begun = time.perf_counter()
    assert client.get(path).status_code == 200
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
