"""What docs/arena.md shows of an arena: curves, the last grids side by side, and every measurement.

python benchmarks/arena_pictures.py arenas/arena docs/arena/course
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.arena.folder import Folder
from workbench.arena.results import by_text, table
from workbench.data.pictures import beside, save_jpeg
from workbench.show import plots

A_ROW = 3  # grids
POINT = ("share", "seen", "steps", "processor", "fid", "agreement")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("arena", type=Path)
    parser.add_argument("out", type=Path, help="writes OUT.png, OUT.jpg and OUT.json")
    args = parser.parse_args()
    folder = Folder.open(args.arena)
    groups = by_text(folder.entries)
    shown = {row["entry"]: groups[row["entry"]] for row in table(folder) if row["fid"] is not None}
    runs = {text: [folder.run(entry) for entry in entries] for text, entries in shown.items()}
    plots.metrics(runs, x="processor").savefig(args.out.with_suffix(".png"))
    names = list(shown)
    grids = [np.asarray(Image.open(folder.pictures(shown[name][0], 1.0))) for name in names]
    blank = np.full_like(grids[0], 255)
    missing = -len(grids) % A_ROW
    names, grids = names + [""] * missing, grids + [blank] * missing
    rows = [beside(grids[k : k + A_ROW], names[k : k + A_ROW], 12) for k in range(0, len(grids), A_ROW)]
    save_jpeg(args.out.with_suffix(".jpg"), np.concatenate(rows))
    points = {
        entry.folder: [{name: point.get(name) for name in POINT} for point in folder.points(entry)]
        for entries in shown.values()
        for entry in entries
    }
    args.out.with_suffix(".json").write_text(json.dumps(points, indent=1) + "\n")


if __name__ == "__main__":
    main()
