"""Every fault that the workbench promises to survive, tried; one line of a table each.

    python benchmarks/faults.py [--long] [--only WORD] [--keep FILE] [--write docs/faults.md [--long-kept FILE]]

Most rows are tests of `tests/`, run here and counted; kills, cuts, flips and fuzzing are tried as often as said. A
row whose system tool is missing reads "not run". With --keep each row, and each of the kills, is on disk once it is
through, and the same command goes on with the others; --long-kept takes such a file of the long form, for a second
table of what was tried more often. Ends with exit status 1 where a row did not hold.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "apps")]  # this checkout, whatever is installed
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "apps"), os.environ.get("PYTHONPATH", "")])
os.environ.setdefault("OMP_NUM_THREADS", "1")

from faulty import LONG, SHORT, Found, Sizes  # noqa: E402
from faulty.rows import ROWS, Row  # noqa: E402

HEAD = """# Faults

What goes wrong on real machines, what is required then, and what came out when it was tried, by

    python benchmarks/faults.py{form} --keep FILE --write docs/faults.md

up to {when}, on {machine}. `--keep` holds each row that is through, so that the
same command goes on with the others; `--only WORD` tries some. Most rows are tests of `tests/`; beside them the short
form tries 20 kills, 100 cuts, 200 flips, 5 kills of the server under 20 graders, 300 path tricks, 300 drawings and 250
visitors after as many, and a minute of fuzzing; `--long` 200, 1,000, 2,000, 100 under 50, 1,000, 3,000 and ten minutes.
A row whose system tool is missing reads "not run", never passed. The last column says which tests a figure counts;
"itself" is this command. 30 visitors at once are measured by `benchmarks/app_load.py`, which needs idle cores
([app](app.md)). Exit statuses: 0 done, 1 unexpected, 2 bad input, 3 diverged, 74 disk, 130 SIGINT, 143 SIGTERM.

| fault | required | found | by |
| --- | --- | --- | --- |
"""


LONG_HEAD = """
## The long form

What is tried more often by `--long`, where it was run: some hours of a core that other work shares, a row at a time:

    python benchmarks/faults.py --long --only WORD --keep LONG    # again: goes on, also within the 200 kills
    python benchmarks/faults.py --keep FILE --write docs/faults.md --long-kept LONG

| fault | required | found | by |
| --- | --- | --- | --- |"""


def tested(nodes: list[str]) -> dict[str, list[str]]:
    """What became of each test: {"passed", "failed", "skipped"} a case, by the node that was asked for."""
    if not nodes:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={told}",
            *nodes,
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not told.exists():
            raise SystemExit(f"pytest: {(done.stdout + done.stderr)[-2000:]}")
        cases = ElementTree.parse(told).iter("testcase")
        found: dict[str, list[str]] = {node: [] for node in nodes}
        for case in cases:
            file = (case.get("classname") or "").replace(".", "/") + ".py"
            node = f"{file}::{(case.get('name') or '').partition('[')[0]}"
            became = {child.tag for child in case}
            state = (
                "failed" if became & {"failure", "error"} else "skipped" if "skipped" in became else "passed"
            )
            for asked in (node, file):
                if asked in found:
                    found[asked].append(state)
    return found


def of_tests(nodes: tuple[str, ...], became: dict[str, list[str]]) -> Found:
    """One row's tests in a phrase."""
    states = [state for node in nodes for state in became[node]]
    failed, passed = states.count("failed"), states.count("passed")
    if failed or not states:
        return Found(False, f"{failed} of {len(states)} cases of its tests FAILED")
    if not passed:
        return Found(None, "not run: its tests were skipped")
    hold = "1 case holds" if passed == 1 else f"{passed} cases hold"
    return Found(True, hold + (f", {len(states) - passed} not run" if len(states) > passed else ""))


def tried(row_tries: Callable[[], Found], tools: tuple[str, ...]) -> Found:
    """A row's own trial, where its tools are there."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return Found(None, f"not run: no {', '.join(missing)} here") if missing else row_tries()


def through(row: Row, folder: Path, sizes: Sizes) -> tuple[str, bool]:
    """One row tried: its line of the table, and whether nothing of it failed."""
    parts = []
    if row.tries:
        parts.append(tried(lambda: row.tries(folder, sizes), row.tools))  # pyright: ignore[reportOptionalCall]
    if row.tests:
        parts.append(of_tests(row.tests, tested(list(row.tests))))
    held = all(part.held is not False for part in parts)
    said = "; ".join(part.figure for part in parts)
    return f"| {row.fault} | {row.required} | {said if held else f'**did not hold:** {said}'} |", held


def kept(path: Path | None) -> dict[str, tuple[str, bool]]:
    """What earlier calls have tried, by row."""
    return json.loads(path.read_text()) if path and path.exists() else {}


def listed(rows: Iterable[Row], done: dict[str, tuple[str, bool]]) -> list[str]:
    """A line a row, also of those that were not tried."""
    unknown = "| {0.fault} | {0.required} | not run yet |"
    return [f"{done.get(row.fault, (unknown.format(row),))[0]} {row.by} |" for row in rows]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--long", action="store_true", help="the long form; some hours")
    parser.add_argument("--only", default="", metavar="WORD", help="rows that contain this word")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="rows that are through, to go on from")
    parser.add_argument("--long-kept", type=Path, metavar="FILE", help="rows of the long form, told beside")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the table as Markdown")
    return parser.parse_args()


def main() -> int:
    """Try, print, and write the table if asked to."""
    args = arguments()
    sizes, start = LONG if args.long else SHORT, time.monotonic()
    if args.keep:
        sizes = replace(sizes, parts=args.keep.with_suffix(".kills.json"))
    done = kept(args.keep)
    with tempfile.TemporaryDirectory() as folder:
        for row in ROWS:
            if args.only.lower() not in row.fault.lower() or row.fault in done:
                continue
            done[row.fault] = through(row, Path(folder), sizes)
            print(f"{done[row.fault][0]} after {time.monotonic() - start:.0f} s", flush=True)
            if args.keep:
                args.keep.write_text(json.dumps(done, ensure_ascii=False, indent=1))
    lines = listed(ROWS, done)
    if args.long_kept:
        lines += [LONG_HEAD, *listed([row for row in ROWS if row.sized], kept(args.long_kept))]
    if args.write:
        machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
        head = HEAD.format(
            form=" --long" if args.long else "", when=time.strftime("%Y-%m-%d"), machine=machine
        )
        args.write.write_text(head + "\n".join(lines) + "\n")
    return 0 if all(held for _, held in done.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
