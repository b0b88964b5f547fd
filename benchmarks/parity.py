"""Do all engines draw the same pictures? ONNX Runtime against torch, and the static page against the command.

    python benchmarks/parity.py [--pages 6] [--json FILE]

Both shipped generators and every shipped judge, on the 200 pictures of 40 lines with all 23 colours: which candidates
are kept, pixels and JPEG files, readings. Then `workbench page`'s file in Chromium: walls of as many links, each face
against the command's picture of the same recipe. No times, so that a busy machine changes nothing. Ends with exit
status 1 where pictures are more than MOST_LEVELS of 256 apart or other candidates are kept.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from workbench.data import further
from workbench.data.pictures import encode_jpeg
from workbench.data.tags import EYES, HAIR
from workbench.draw.engine import open_judge
from workbench.draw.painter import SHIPPED, Painter
from workbench.draw.recipe import Recipe
from workbench.draw.torch_engine import TorchEngine
from workbench.judge.classifier import Judge
from workbench.judge.reading import CHOOSING, MEASURING, Reader
from workbench.show import static_page

MOST_LEVELS = 2
READ = """() => [...document.querySelectorAll('.faces canvas')].map(
  one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data])"""
WHOLE = "() => /^\\d+ faces$/.test(document.querySelector('#status').textContent)"


def levels(one: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    """Pictures (N, S, S, 3) by how many levels they are apart, the share of numbers that differ, equal JPEG files."""
    apart = np.abs(one.astype(int) - other)
    return {
        "pictures": len(one),
        "by levels apart": dict(sorted(Counter(map(int, apart.max((1, 2, 3)))).items())),
        "share of numbers": float((apart > 0).mean()),
        "equal JPEG files": sum(encode_jpeg(a) == encode_jpeg(b) for a, b in zip(one, other, strict=True)),
    }


def painted(painter: Painter, judge: Reader, recipes: list[Recipe]) -> tuple[np.ndarray, list[int]]:
    """Pictures, and the numbers of the latents that were kept."""
    painter._judge = judge
    pictures, picked = painter.pick(recipes)
    return pictures, [recipe.candidate for recipe in picked]


def engines(file: Path, judge: Path, lines: list[str]) -> tuple[dict[str, Any], np.ndarray]:
    """One generator by both engines, and its pictures."""
    engine, info, digest = TorchEngine.open(file)
    graph = Painter.open(file)
    recipes = [
        Recipe.of(line, graph.vocabulary, id=str(n), k=k, **graph.usual)
        for n, line in enumerate(lines)
        for k in range(1, 6)
    ]
    drawn, kept = painted(graph, open_judge(judge), recipes)
    again, also = painted(Painter(engine, info, digest), Judge.open(judge), recipes)
    other = sum(one != two for one, two in zip(kept, also, strict=True))
    return levels(drawn, again) | {"other candidates": other}, drawn


def readings(file: Path, pictures: np.ndarray) -> dict[str, Any]:
    """One judge by both engines."""
    one, other = open_judge(file).read(pictures), Judge.open(file).read(pictures)
    apart = max(float(np.abs(a - b).max()) for a, b in zip(one.tables, other.tables, strict=True))
    return {"other readings": int((one.colours() != other.colours()).any(1).sum()), "beliefs apart": apart}


def wall(browser: Any, address: str) -> np.ndarray:
    """All faces of a link's wall, (N, S, S, 3) uint8."""
    opened = browser.new_page(viewport={"width": 1000, "height": 500}, locale="en-GB")
    opened.set_default_timeout(600_000)  # a busy machine changes nothing
    opened.goto(address)
    opened.wait_for_function(WHOLE)
    faces = np.array(opened.evaluate(READ), np.uint8)
    opened.close()
    side = round((faces.shape[1] / 4) ** 0.5)
    return faces.reshape(-1, side, side, 4)[..., :3]


def page(links: int) -> dict[str, Any]:
    """The static page's walls against the command's pictures."""
    from playwright.sync_api import sync_playwright

    painter, ones, others = Painter.open(), [], []
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        address = (static_page.write(Path(folder)).folder / static_page.PAGE).as_uri()
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for number in range(links):
            hair, eyes, seed = HAIR[number % 12], EYES[number % 11], 1000 * number
            ones.append(wall(browser, f"{address}#hair={hair}&eyes={eyes}&seed={seed}"))
            text = f"{hair} hair {eyes} eyes"
            recipes = [Recipe.of(text, seed=seed + n, **painter.usual) for n in range(len(ones[-1]))]
            others.append(painter.draw(recipes))
            print(f"{number + 1} of {links} walls", file=sys.stderr, flush=True)
        browser.close()
    return levels(np.concatenate(ones), np.concatenate(others))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--pages", type=int, default=6, metavar="LINKS", help="walls of the static page; 0 = none"
    )
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    lines = [f"{HAIR[n % 12]} hair {EYES[n % 11]} eyes" for n in range(40)]
    looks = ("long hair", "short hair", "twintails", "hat", "blush")
    more = [f"{line} {looks[n % 5]}" for n, line in enumerate(lines)]
    result: dict[str, Any] = {}
    result[SHIPPED.name], pictures = engines(SHIPPED, CHOOSING, lines)
    result[further.GENERATOR.name], _ = engines(further.GENERATOR, further.CHOOSING, more)
    result |= {file.name: readings(file, pictures) for file in (CHOOSING, MEASURING, further.CHOOSING)}
    if args.pages:
        result["page"] = page(args.pages)
    print(text := json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(text + "\n")
    drawn = [one for one in result.values() if "pictures" in one]
    held = all(
        max(one["by levels apart"]) <= MOST_LEVELS and not one.get("other candidates") for one in drawn
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
