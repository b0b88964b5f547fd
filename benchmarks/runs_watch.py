"""How soon /runs shows much, and does its memory stay level over an hour? python benchmarks/runs_watch.py [--json FILE]

200 runs, one of them with 100,000 ticks, three of them growing, served by the app's own routes:

- first views: list, the long run's page, and its curves, until the whole answer is there (goal: 2 s); with --screen
  also until list and curves stand on a fresh browser's screen;
- an hour of one visitor who has the list (every 5 s) and the page of a run in training (every 4 s) open, one of another
  who has the long run open: as many questions as that brings, without the pauses, each finding a tick more. Resident
  memory, and how much it rises after the first quarter (goal: level).

Milliseconds of processor time beside those of the clock, since other work on the machine lengthens these alone.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import numpy as np
import uvicorn
from app_load import processor, resident
from fastapi import FastAPI
from runs_list import fill
from workbench_app.runs import summary
from workbench_app.runs.web import attach

RUNS, TICKS, GROWING = 200, 100_000, 3
LONG = "run-000"
PAUSES = {"list": 5, "growing": 4, "long": 8}  # seconds between two questions of an open page
COLUMNS = ("loss/D", "loss/G", "score/real", "score/fake", "accuracy/D", "gradient/D", "gradient/G")


def tick(number: int) -> str:
    """A line of ticks.jsonl."""
    known = {"seen": 1000 * number, "steps": 20 * number, "seconds": 3.0 * number, "kimg": float(number)}
    return json.dumps(known | dict.fromkeys(COLUMNS, 0.5 + number * 37 % 100 / 1000)) + "\n"


def serve(folder: Path) -> str:
    """The address of the pages of runs, served by a thread of this process."""
    app = FastAPI()
    attach(app, folder)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def timed(ask: Callable[[], Any]) -> dict[str, float]:
    """Milliseconds by the clock and of processor time, the client's own among them."""
    begun, used = time.perf_counter(), time.process_time()
    ask()
    return {"ms": 1000 * (time.perf_counter() - begun), "processor ms": 1000 * (time.process_time() - used)}


def first_views(client: httpx.Client) -> dict[str, dict[str, float]]:
    """Each asked for the first time."""
    views = {
        "list": "/runs",
        "page of the long run": f"/runs/{LONG}",
        "its curves": f"/runs/_/run?run={LONG}",
    }
    return {
        name: timed(lambda path=path: client.get(path).raise_for_status()) for name, path in views.items()
    }


def on_the_screen(address: str) -> dict[str, float]:
    """Seconds until a fresh browser shows them."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for name, path, there in (
            ("list", "/runs", "tbody tr"),
            ("curves", f"/runs/{LONG}", ".panel canvas"),
        ):
            page = opened.new_page(viewport={"width": 1280, "height": 800})
            begun = time.perf_counter()
            page.goto(address + path)
            page.wait_for_selector(there, timeout=120_000)
            found[f"{name} s"] = time.perf_counter() - begun
            page.close()
        opened.close()
    return found


def watch(client: httpx.Client, folder: Path, seconds: int) -> dict[str, Any]:
    """The hour, without its pauses."""
    summary.FRESH_SECONDS = 0.0  # questions come closer together than they would
    known: dict[str, dict[str, Any]] = {LONG: {}, growing()[0]: {}}
    since, costs = "", {name: [] for name in PAUSES}
    at, megabytes = [0], [resident(os.getpid())]

    def asked(kind: str, path: str) -> Any:
        answer: list[Any] = []
        costs[kind].append(timed(lambda: answer.append(client.get(path).raise_for_status().json())))
        return answer[0]

    def page(kind: str, name: str) -> None:
        got = asked(kind, f"/runs/_/run?{urlencode({'run': name} | known[name])}")
        before = {} if got["fresh"] else known[name]
        known[name] = {"generation": got["generation"], "row": got["ticks"]["row"]} | {
            part: before.get(part, 0) + len(got[part]) for part in ("grids", "metrics")
        }
        known[name]["findings"] = got["findings"]["mark"] if "findings" in got else before.get("findings", "")

    for second in range(1, seconds + 1):
        if second % PAUSES["growing"] == 0:
            for name in growing():
                with (folder / name / "ticks.jsonl").open("a") as log:
                    log.write(tick(60 + second // PAUSES["growing"]))
            page("growing", growing()[0])
        if second % PAUSES["list"] == 0:
            since = asked("list", f"/runs/_/list?since={since}")["at"]
        if second % PAUSES["long"] == 0:
            page("long", LONG)
        if second % max(1, seconds // 40) == 0:
            at.append(second)
            megabytes.append(resident(os.getpid()))
    late = [n for n, moment in enumerate(at) if moment >= seconds / 4]
    slope = float(np.polyfit(np.array(at)[late] / 3600, np.array(megabytes)[late], 1)[0])
    middle = {
        name: {key: statistics.median(one[key] for one in all_) for key in all_[0]}
        for name, all_ in costs.items()
    }
    share = sum(middle[name]["processor ms"] / 1000 / pause for name, pause in PAUSES.items())
    return {
        "questions": sum(map(len, costs.values())), "median": middle, "share of a core": share,
        "MB before": megabytes[0], "MB after a quarter": megabytes[late[0]], "MB after": megabytes[-1],
        "MB an hour, after the first quarter": slope,
    }  # fmt: skip


def median(asked: list[dict[str, float]]) -> dict[str, float]:
    """Of each figure."""
    return {key: statistics.median(one[key] for one in asked) for key in asked[0]}


def growing() -> list[str]:
    """The runs that train while one looks on."""
    return [f"run-{number:03d}" for number in range(1, 1 + GROWING)]


def main() -> None:
    """Fill a folder, look, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=3600, help="watched (default: %(default)s)")
    parser.add_argument("--screen", action="store_true", help="first views in Chromium, too")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        fill(folder, RUNS)
        (folder / LONG / "ticks.jsonl").write_text("".join(tick(number) for number in range(1, TICKS + 1)))
        address = serve(folder)
        with httpx.Client(base_url=address, timeout=120) as client:
            result: dict[str, Any] = {"first": first_views(client)}
            if args.screen:
                result["on the screen"] = on_the_screen(address)
            result["watch"] = watch(client, folder, args.seconds)
    result |= {
        "runs": RUNS, "ticks": TICKS, "cores": len(os.sched_getaffinity(0)), "machine": processor(),
        "load before": load, "load after": os.getloadavg()[0],
    }  # fmt: skip
    text = json.dumps(result, indent=1)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
