"""Graders over HTTP, and a server that is killed again and again: which confirmed scores are missing afterwards?

    python benchmarks/grade_kills.py [--graders 50] [--kills 10] [--seconds 3]

Starts `python -m workbench_app.grade` on the shipped generator. Each grader asks for a picture and scores it,
again and again, while the server is sent SIGKILL at a random moment and started again on the same scores. Prints
what was confirmed, what is there, and how long a score took from the request to its confirmation.
"""

import argparse
import collections
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # this checkout, whatever is installed

from workbench_app.grade.store import Scores  # noqa: E402


def serve(scores: Path, port: int) -> subprocess.Popen[bytes]:
    """A server that answers and has its pictures ready."""
    command = [sys.executable, "-m", "workbench_app.grade", "--scores", str(scores), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                http.get("/grade")  # gives the cookie
                http.post("/gradio_api/run/next", json={"data": []}).raise_for_status()
                return process
        except httpx.ConnectError:
            time.sleep(0.1)
    process.kill()
    raise TimeoutError("the server does not answer")


class Grader:
    """One person: a cookie, and what was confirmed to them."""

    def __init__(self, number: int) -> None:
        self.cookies = httpx.Cookies()
        self.random = random.Random(number)
        self.confirmed: list[tuple[str, int, int]] = []
        self.times: list[float] = []

    def grade(self, url: str, until: threading.Event) -> None:
        """Score until the server is gone."""
        try:
            with httpx.Client(base_url=url, cookies=self.cookies, timeout=30) as http:
                if not self.cookies:
                    self.cookies = http.get("/grade").cookies
                view = self._call(http, "next")
                while view["showing"] and not until.is_set():
                    scores = self.random.randint(1, 5), self.random.randint(1, 5)
                    start, showing = time.perf_counter(), view["showing"]
                    view = self._call(http, "rate", showing, *scores)
                    self.confirmed.append((showing, *scores))
                    self.times.append(time.perf_counter() - start)
                    if not view["showing"]:
                        view = self._call(http, "undo")  # all are scored: correct the last one
        except httpx.HTTPError:
            return  # killed

    def _call(self, http: httpx.Client, name: str, *data: object) -> dict:
        answer = http.post(f"/gradio_api/run/{name}", json={"data": data})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"][0]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graders", type=int, default=50)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3, help="a round lasts from 0.2 to so many seconds")
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    graders = [Grader(number) for number in range(args.graders)]
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.close()
        for number in range(args.kills):
            server, over = serve(Path(folder), port), threading.Event()
            with ThreadPoolExecutor(args.graders) as pool:
                rounds = [pool.submit(grader.grade, f"http://127.0.0.1:{port}", over) for grader in graders]
                time.sleep(chance.uniform(0.2, args.seconds))
                server.send_signal(signal.SIGKILL)
                over.set()
                for done in rounds:
                    done.result()
            server.wait()
            print(
                f"kill {number + 1}: {sum(len(grader.confirmed) for grader in graders)} confirmed", flush=True
            )
        scores = Scores(folder, print)
        rows = scores.rows()
        scores.close()
    kept = collections.Counter(
        (row.showing + (f"-{row.revision}" if row.revision else ""), row.fits, row.real) for row in rows
    )
    confirmed = [score for grader in graders for score in grader.confirmed]
    times = sorted(second for grader in graders for second in grader.times)
    missing, twice = sum(score not in kept for score in confirmed), len(rows) - len(kept)
    print(f"confirmed {len(confirmed)}, in the file {len(rows)}, missing {missing}, twice {twice}")
    middle, slow = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{args.graders} graders without a pause: median {middle:.3f} s, 95% {slow:.3f} s a score")


if __name__ == "__main__":
    main()
