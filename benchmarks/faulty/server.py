"""The real app in a process of its own: killed under graders, asked for other people's files, fuzzed."""

import contextlib
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx

from faulty import Found, Sizes

ROOT = Path(__file__).parents[2]
CANARY = "canary-7f3d9c"  # stands in files that nobody may fetch
VISITORS = 250
SLOW = 20  # seconds, far above what the largest drawing takes
WAYS = (
    "run/generate",
    "run/walk",
    "run/rate",
    "run/next",
    "api/rate",
    "call/walk",
    "queue/join",
    "reset",
    "cancel",
)
LEAVES = [
    None, True, 0.5, 2**31 + 0.5, -1, 10**300, 1e308, "", "random", "blue", "x" * 100_000, "<img src=x>", "\x00",
    "../../etc/passwd", [], {}, [[[]]], {"id": "x" * 1000}, {"seed": 0.5},
]  # fmt: skip


@contextlib.contextmanager
def app(folder: Path) -> Iterator[tuple[str, int]]:
    """(address, process number) of `workbench app` with its files in `folder`."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for name in ("secret.txt", "scores/secret.txt", "runs/secret.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CANARY)
    command = [
        sys.executable,
        "-P",
        "-m",
        "workbench",
        "app",
        "--port",
        str(port),
        "--scores",
        str(folder / "scores"),
    ]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1800):
            if process.poll() is not None:
                raise SystemExit(f"the app ended with {process.returncode}")
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{address}/grade", timeout=60).status_code == 200:
                    break
            time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:  # on a busy machine; what was found counts all the same
            process.kill()
            process.wait()


def memory(process: int) -> float:
    """MB that it holds; NaN where /proc does not tell."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
        return int(found.group(1)) / 1024 if found else float("nan")
    return float("nan")


def grader_kills(sizes: Sizes) -> Found:
    """`grade_kills.py`: graders over HTTP, the server killed again and again."""
    command = [
        sys.executable, str(ROOT / "benchmarks" / "grade_kills.py"), "--graders", str(sizes.graders),
        "--kills", str(sizes.server_kills),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"confirmed (\d+), in the file \d+, missing (-?\d+), twice (-?\d+)", done.stdout)
    if not found:
        return Found(False, f"it ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    confirmed, missing, twice = map(int, found.groups())
    tried = f"{sizes.graders} graders over {sizes.server_kills} kills"
    figure = f"{confirmed} confirmed by {tried}: {missing} lost, {twice} twice"
    return Found(missing == twice == 0 < confirmed, figure)


def _tricks(folder: Path, count: int) -> Iterator[str]:
    """Addresses that lead to files beside the app's own, in many spellings."""
    chance = random.Random(3)
    places = (
        "",
        "assets",
        "static",
        "svelte",
        "gradio_api/file=",
        "gradio_api/",
        "runs",
        "runs/file",
        "grading",
        "files",
    )
    ups = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..\\",
        "..%5c",
        "..%252f",
        "....//",
        "%c0%ae%c0%ae/",
        "..;/",
        ".%00./",
    )
    aims = ("secret.txt", "scores/secret.txt", "runs/secret.txt", "etc/passwd")
    for number in range(count):
        aim = str(folder / chance.choice(aims)) if number % 3 == 0 else chance.choice(aims)
        spelt = quote(aim, safe="/") if number % 2 else quote(aim, safe="")
        yield f"/{chance.choice(places)}/{chance.choice(ups) * chance.randrange(8)}{spelt}".replace("=/", "=")


def paths(address: str, folder: Path, sizes: Sizes) -> Found:
    """Path tricks over every route, sent as they are spelt."""
    host, port = address.removeprefix("http://").split(":")
    leaks = answered = 0
    unanswered: list[str] = []
    for trick in _tricks(folder, sizes.paths):
        with socket.create_connection((host, int(port)), timeout=SLOW) as raw:  # clients tidy `..` up
            raw.sendall(f"GET {trick} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            answer = b""
            with contextlib.suppress(TimeoutError):
                answer = b"".join(iter(lambda raw=raw: raw.recv(65536), b""))
        unanswered += [] if answer else [trick]
        answered += answer.startswith(b"HTTP/1")
        leaks += CANARY.encode() in answer or b"root:x:0:0" in answer
    silent = f", {len(unanswered)} without an answer ({unanswered[0][:80]})" if unanswered else ""
    return Found(
        leaks == 0 and answered == sizes.paths, f"{leaks} leaks in {sizes.paths} path tricks{silent}"
    )


def _value(chance: random.Random, depth: int = 0) -> object:
    if depth < 3 and chance.random() < 0.25:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return chance.choice(LEAVES)


def _body(chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.1:
        return chance.randbytes(chance.randrange(300))
    if kind < 0.12:
        return b"[],".join([b"["] + [b""] * 1_000_000)  # 3 MB
    data = {
        "data": [_value(chance) for _ in range(chance.randrange(12))],
        "session_hash": str(chance.randrange(50)),
    }
    if kind < 0.6:
        data |= {"fn_index": chance.randrange(80)}
    return json.dumps(data).encode()


def fuzz(address: str, process: int, sizes: Sizes) -> Found:
    """Random bodies at all functions for a while: no failure, no wait, no growth."""
    chance, sent, failed, slowest = random.Random(4), 0, [], 0.0
    headers = {"content-type": "application/json"}
    with httpx.Client(base_url=address, timeout=SLOW) as http:
        http.get("/grade")
        for _ in range(50):  # what is loaded once is no growth
            http.post("/gradio_api/run/generate", json={"data": ["blue", "red", 7, 5]})
        before, until = memory(process), time.monotonic() + sizes.fuzz_seconds
        while time.monotonic() < until:
            way, start = chance.choice(WAYS), time.monotonic()
            try:
                status = http.post(f"/gradio_api/{way}", content=_body(chance), headers=headers).status_code
            except httpx.HTTPError as error:
                status = type(error).__name__
            sent, slowest = sent + 1, max(slowest, time.monotonic() - start)
            if not isinstance(status, int) or status >= 500:
                failed.append(f"{way}: {status}")
        alive = http.get("/grade").status_code == 200
    grown = memory(process) - before
    which = f" ({failed[0]})" if failed else ""
    figure = f"{sent} requests, {len(failed)} failures{which}, slowest {slowest:.1f} s, {grown:+.0f} MB"
    return Found(alive and not failed and slowest < SLOW and not grown > 150, figure)


def level(address: str, process: int, sizes: Sizes) -> Found:
    """Memory over many drawings after a warm-up: under 1 MB a hundred."""
    with httpx.Client(base_url=address, timeout=SLOW) as http:
        http.get("/grade")
        marks = []
        for number in range(2 * sizes.requests):
            http.post(
                "/gradio_api/run/generate", json={"data": ["blue", "red", number, 5]}
            ).raise_for_status()
            if number == sizes.requests:
                marks.append(memory(process))
        slope = (memory(process) - marks[0]) / sizes.requests * 100
    return Found(slope < 1, f"{slope:+.2f} MB a hundred over {sizes.requests} requests, after as many")


def left(address: str, process: int, _: Sizes) -> Found:
    """Memory over visitors who look at the page, draw once and never come back, after as many."""
    marks = []
    for number in range(2 * VISITORS):
        with httpx.Client(base_url=address, timeout=SLOW) as http:
            http.get("/").raise_for_status()
            call = {"data": ["blue", "red", number, 5], "session_hash": f"left-{number}"}
            http.post("/gradio_api/run/generate", json=call).raise_for_status()
        if number + 1 == VISITORS:
            marks.append(memory(process))
    slope = (memory(process) - marks[0]) / VISITORS * 100
    return Found(slope < 1, f"{slope:+.2f} MB a hundred over {VISITORS} visitors, after as many")
