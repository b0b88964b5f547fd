"""Describes the shipped generator's directions and keeps that beside it: python benchmarks/name_directions.py"""

import json

from workbench.draw.engine import open_judge
from workbench.draw.naming import KEPT, described
from workbench.draw.painter import Painter
from workbench.judge.reading import MEASURING

COUNT = 6

if __name__ == "__main__":
    painter = Painter.open()
    lines = described(painter, open_judge(MEASURING), COUNT)
    KEPT.write_text(json.dumps({"generator": painter.digest, "directions": lines}, indent=1) + "\n")
    for number, line in enumerate(lines, 1):
        print(number, line)
