"""Takes the pictures of docs/app anew from a running app, in a real browser (pip install playwright).

    bash run.sh app --runs RUNS --train --scores SCORES
    python docs/app_pictures.py ADDRESS --run NAME --other NAME [--out FOLDER] [draw runs ...]

ADDRESS is what the app printed, token included. run, other: two runs with grids, for the pages of runs; without them
these pictures stay as they are. results.png shows what lies in SCORES: grade some pictures at ADDRESS/grade before.
"""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PANES = ("matrix", "walk", "neighbours", "recolour", "training", "kept")
GRADING = {"grade": "#grade .grade-form img", "results": "#results table"}
TABS = {"recolour": "arithmetic"}  # where a pane's name is another one in the page
FILLED = {
    "matrix": "#matrix img", "walk": "#film img", "neighbours": "#around img", "recolour": "#recoloured img",
    "training": "#curves img", "kept": "#history img",
}  # fmt: skip
QUIET = 1500  # milliseconds, for what is still being drawn


def opened(page: Any, address: str) -> None:
    """The exploring page, with its faces and the facts of the one in hand."""
    page.goto(address)
    page.wait_for_selector("#pictures img[src]")
    page.wait_for_selector("#facts dl")
    page.wait_for_timeout(QUIET)


def pane(page: Any, name: str) -> None:
    """One of the panes, filled."""
    if name == "kept":
        page.locator("#pictures button[data-action=keep]").first.click()
        page.wait_for_timeout(QUIET)
    page.locator(f"#tab-{TABS.get(name, name)}-button").click()
    page.wait_for_selector(FILLED[name])
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(QUIET)


def menu(page: Any) -> None:
    """The menu of a face."""
    page.locator("#pictures li").nth(1).hover()
    page.locator("#pictures button[data-action=menu]").first.click()
    page.wait_for_timeout(QUIET)


def runs_page(page: Any, address: str) -> None:
    """A page of runs, its grids and curves drawn."""
    page.goto(address)
    page.wait_for_selector("#command:not(:empty), .panel canvas")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2 * QUIET)


def grading(page: Any, address: str, there: str) -> None:
    """A page of grading, with what is to be seen on it."""
    page.goto(address)
    page.wait_for_selector(there)
    page.wait_for_timeout(QUIET)


def shots(root: str, run: str, other: str) -> dict[str, tuple[int, int, Callable[[Any], None]]]:
    """Name -> width, height, what to do before."""

    def explore(after: Callable[[Any], None] = lambda page: None) -> Callable[[Any], None]:
        return lambda page: (opened(page, f"{root}/"), after(page))[0]

    found = {
        "draw": (1280, 800, explore()),
        "face": (1280, 800, explore(menu)),
        "phone": (390, 844, explore()),
    }
    for name in PANES:
        found[name] = 1280, 800, explore(lambda page, name=name: pane(page, name))
    for name, there in GRADING.items():
        place = f"{root}/{name}"
        found[name] = 840, 1060, lambda page, place=place, there=there: grading(page, place, there)
    if run:
        found["runs-new"] = 1280, 860, lambda page: runs_page(page, f"{root}/runs/_/new")
        found["runs"] = 1280, 1080, lambda page: runs_page(page, f"{root}/runs/{run}")
    if run and other:
        address = f"{root}/runs/compare?run={run}&run={other}"
        found["runs-compare"] = 1280, 1080, lambda page: runs_page(page, address)
    return found


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--run", default="")
    parser.add_argument("--other", default="")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "app")
    args = parser.parse_intermixed_args()
    parts = urlsplit(args.address)
    root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (width, height, prepare) in shots(root, args.run, args.other).items():
            if args.names and name not in args.names:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, locale="en-US")
            page.set_default_timeout(180_000)
            page.goto(args.address)  # the token's cookie
            prepare(page)
            page.screenshot(path=args.out / f"{name}.png")
            print(args.out / f"{name}.png", flush=True)
            page.close()


if __name__ == "__main__":
    main()
