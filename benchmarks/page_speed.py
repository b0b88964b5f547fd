"""How soon does the page of `workbench page` show faces in Chromium, and how smoothly does it walk?

    python benchmarks/page_speed.py [--rounds 5] [--json FILE]

A browser of its own for every round, the page opened as a file, nothing cached but by the operating system. Times are
since the navigation began: faces that the page brings along, the first face that its own networks drew (goal: 3 s), the
whole wall; the processor time of all the browser's processes until the first face was seen, which means something on a
busy machine, too; then frames a second of a walk over five seconds.
"""

import argparse
import itertools
import json
import os
import platform
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from workbench.show import static_page

GOAL_SECONDS = 3.0
MARKS = ("faces ahead", "first face", "whole wall")
WALK_SECONDS = 5


def processor_seconds(browser: Browser) -> float:
    """Of all processes of the browser so far."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(process["cpuTime"] for process in processes)


def reached(page: Page, mark: str) -> float:
    """Wait for a mark; its seconds since the navigation began."""
    for _ in range(1200):
        times = page.evaluate("name => performance.getEntriesByName(name).map(m => m.startTime / 1000)", mark)
        if times:
            return times[0]
        page.wait_for_timeout(50)
    raise SystemExit(f"no '{mark}' within a minute")


def once(browser: Browser, address: str) -> dict[str, float]:
    """Seconds to each of MARKS, processor seconds to the first face, and frames a second of a walk."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    before = processor_seconds(browser)
    page.goto(address)
    found = {mark: reached(page, mark) for mark in MARKS[:2]}
    found["processor seconds to the first face"] = processor_seconds(browser) - before
    found[MARKS[2]] = reached(page, MARKS[2])
    page.click("#play")
    page.wait_for_timeout(1000 * WALK_SECONDS)
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Walk")
    times = page.evaluate("performance.getEntriesByName('step of a walk').map(m => m.startTime / 1000)")
    page.close()
    return found | {
        "frames a second": (len(times) - 1) / (times[-1] - times[0]),
        "longest gap between frames": max(b - a for a, b in itertools.pairwise(times)),
    }


def launch(play: Playwright) -> Browser:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    return play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    load, rounds = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        written = static_page.write(Path(folder))
        for _ in range(args.rounds + 1):
            browser = launch(play)
            rounds.append(once(browser, (written.folder / static_page.PAGE).as_uri()))
            version = browser.version
            browser.close()
    rounds = rounds[1:]  # the first one fills the operating system's file cache
    result = {
        name: {
            "median": statistics.median(one[name] for one in rounds),
            "least": min(one[name] for one in rounds),
            "most": max(one[name] for one in rounds),
        }
        for name in rounds[0]
    } | {
        "bytes": written.files,
        "chromium": version,
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.processor() or platform.machine(),
        "load before": load,
    }
    print(json.dumps(result, indent=1))
    held = result["first face"]["median"] <= GOAL_SECONDS
    print(f"goal (first face within {GOAL_SECONDS:.0f} s): {'reached' if held else 'MISSED'}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
