"""How fast is the app, how does it bear a crowd, and does its memory stay level? With real clients.

    python benchmarks/app_load.py [--quick] [--json benchmarks/results/app_load.json]

Starts `workbench app` itself and measures:

- the start: from the command to its first line and to the whole first page, with where the time goes;
- the warm answer of /generate for 5 pictures, asked as the page asks, the part of it that the networks take, and the
  server's processor time (goal on 2 cores with AVX512-BF16: at most 90 ms); the same through gradio_client, whose own
  waiting (it looks for an answer every 50 ms) is no part of the server;
- 30 users at once, each with a session of their own, each calling again and again: no error, 95% within 2 s;
- resident memory over 2,000 requests (goal: under 1 MB a 100 requests after warming up).

Every request has a seed of its own, so that nothing comes from memory.
"""

import argparse
import functools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
from gradio_client import Client

GOALS = {
    "median ms": 90.0,
    "start s": 4.0,
    "users p95 s": 2.0,
    "MB a 100 requests": 1.0,
}
DEFAULT = Path(__file__).with_name("results") / "app_load.json"
USERS = 30
seeds = count(1)


@contextmanager
def app() -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(address, process id, figures of the start) of `workbench app` on a free port."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-P",
            "-m",
            "workbench",
            "app",
            "--port",
            "0",
            "--scores",
            f"{folder}/scores",
        ]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
        try:
            line = process.stdout.readline() if process.stdout else ""
            told = time.perf_counter() - start
            url = line.split()[0].partition("?")[0]  # the token is for results
            page = httpx.get(url)
            page.raise_for_status()
            figures = {"to its first line s": told, "to its first page s": time.perf_counter() - start}
            yield (
                url,
                process.pid,
                figures | {"said": line.split(" ", 1)[1].strip(), "processor s": cpu(process.pid)},
            )
        finally:
            process.terminate()
            process.wait(20)


def cpu(pid: int) -> float:
    """Processor seconds that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Resident megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    raise SystemExit("the app has ended")


class Visitor:
    """A session that asks as the page does: a question to the queue, its answer by a stream of events."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self.path, self.session = place.path.rstrip("/") + "/gradio_api/queue", uuid.uuid4().hex
        self.asking, self.hearing = (HTTPConnection(place.hostname or "", place.port, 120) for _ in range(2))
        self.function = function(url)

    def generate(self, pictures: int = 5) -> float:
        """Seconds until the answer is there. Raises RuntimeError where there is none."""
        asked = {"data": ["blue", "red", next(seeds), pictures], "fn_index": self.function}
        body = json.dumps(asked | {"session_hash": self.session})
        start = time.perf_counter()
        self.asking.request("POST", f"{self.path}/join", body, {"content-type": "application/json"})
        taken = self.asking.getresponse()
        if (said := taken.read()) and taken.status != 200:
            raise RuntimeError(f"{taken.status}: {said[:200]!r}")
        self.hearing.request("GET", f"{self.path}/data?session_hash={self.session}")
        stream, seconds, answer = self.hearing.getresponse(), 0.0, b""
        while line := stream.readline():
            if b'"process_completed"' in line:
                seconds, answer = time.perf_counter() - start, line[5:]
        told = json.loads(answer or b"{}")
        if not told.get("success") or len(told["output"]["data"][0]["pictures"]) != pictures:
            raise RuntimeError(f"no answer: {answer[:200]!r}")
        return seconds


@functools.cache
def function(url: str) -> int:
    """The number of /generate among the page's functions."""
    known = httpx.get(f"{url}config").json()["dependencies"]
    return next(one["id"] for one in known if one["api_name"] == "generate")


def by_gradio_client(url: str, calls: int) -> float:
    """Median seconds of the same call through gradio_client, which looks for an answer every 50 ms."""
    client, seconds = Client(url, verbose=False), []
    for number in range(calls + 3):
        start = time.perf_counter()
        client.predict("blue", "red", next(seeds), 5, api_name="/generate")
        seconds += [time.perf_counter() - start] if number >= 3 else []
    return statistics.median(seconds)


def warm(url: str, pid: int, calls: int) -> dict[str, float]:
    """One user, one call after the other."""
    visitor = Visitor(url)
    for _ in range(3):
        visitor.generate()
    drawn, used = httpx.get(f"{url}healthz").json()["drawing_seconds"], cpu(pid)
    seconds = [visitor.generate() for _ in range(calls)]
    used, drawn = cpu(pid) - used, httpx.get(f"{url}healthz").json()["drawing_seconds"] - drawn
    return {
        "calls": calls, "median ms": 1e3 * statistics.median(seconds),
        "p95 ms": 1e3 * float(np.quantile(seconds, 0.95)),
        "networks ms": 1e3 * drawn / calls, "processor ms": 1e3 * used / calls,
        "by gradio_client, median ms": 1e3 * by_gradio_client(url, calls // 2),
    }  # fmt: skip


def crowd(url: str, pid: int, calls: int) -> dict[str, Any]:
    """USERS at once, each with a session, each with `calls` calls; all begin together."""
    together = threading.Barrier(USERS)

    def user(visitor: Visitor) -> tuple[list[float], list[str]]:
        together.wait()
        seconds, refused = [], []
        for _ in range(calls):
            try:
                seconds.append(visitor.generate())
            except (RuntimeError, OSError, HTTPException) as error:  # what is counted
                refused.append(str(error)[:200])
        return seconds, refused

    with ThreadPoolExecutor(USERS) as pool:
        visitors = [Visitor(url) for _ in range(USERS)]
        start, used, mine = time.perf_counter(), cpu(pid), time.process_time()
        told = list(pool.map(user, visitors))
        whole, used, mine = time.perf_counter() - start, cpu(pid) - used, time.process_time() - mine
    seconds = [one for own, _ in told for one in own]
    refused = [one for _, own in told for one in own]
    quantiles = np.quantile(seconds, (0.5, 0.95, 1.0))
    return {
        "users": USERS, "calls": USERS * calls, "refused": len(refused), "said": sorted(set(refused)),
        "median s": float(quantiles[0]), "p95 s": float(quantiles[1]), "most s": float(quantiles[2]),
        "answers a second": len(seconds) / whole, "processor ms": 1e3 * used / len(seconds),
        "processor ms of the clients": 1e3 * mine / len(seconds),
    }  # fmt: skip


def memory(url: str, pid: int, requests: int) -> dict[str, Any]:
    """Resident memory over so many requests, and its slope after the first quarter."""
    visitor = Visitor(url)
    every = max(1, requests // 20)
    done, megabytes = [0], [resident(pid)]
    for number in range(1, requests + 1):
        visitor.generate()
        if number % every == 0:
            done.append(number)
            megabytes.append(resident(pid))
            print(f"{number} requests: {megabytes[-1]:.1f} MB", file=sys.stderr, flush=True)
    late = [n for n, at in enumerate(done) if at >= requests / 4]
    slope = float(np.polyfit(np.array(done)[late], np.array(megabytes)[late], 1)[0])
    return {
        "requests": requests, "MB before": megabytes[0], "MB after": megabytes[-1], "MB most": max(megabytes),
        "MB a 100 requests": 100 * slope, "MB by requests": dict(zip(done, megabytes, strict=True)),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only shows that it works")
    parser.add_argument("--requests", type=int, default=2000, help="for the memory (default: %(default)s)")
    parser.add_argument("--json", type=Path, default=DEFAULT)
    args = parser.parse_args()
    load = os.getloadavg()[0]
    with app() as (url, pid, start):
        result: dict[str, Any] = {
            "start": start,
            "warm": warm(url, pid, 5 if args.quick else 40),
            "crowd": crowd(url, pid, 1 if args.quick else 4),
            "memory": memory(url, pid, 40 if args.quick else args.requests),
        }
    result |= {
        "goals": GOALS, "cores": len(os.sched_getaffinity(0)), "machine": processor(), "load before": load,
        "load after": os.getloadavg()[0],
    }  # fmt: skip
    text = json.dumps(result, indent=1)
    print(text)
    if not args.quick:
        args.json.write_text(text + "\n")


def processor() -> str:
    """The processor's name and the widest vector instructions that it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    widest = next((kind for kind in ("avx512_bf16", "avx512f", "avx2") if kind in told.get("flags", "")), "")
    return f"{told.get('model name', platform.machine())} {widest}".strip()


if __name__ == "__main__":
    main()
