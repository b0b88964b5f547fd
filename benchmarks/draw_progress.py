"""How far a run has come: four figures of its checkpoints over pictures seen.

python benchmarks/draw_progress.py docs/experiments/progress.png --run "from random weights" 163.json 480.json
python benchmarks/draw_progress.py OUT.png --run NAME A.json B.json --figures fid recall "told apart 16" "told apart 8"
"""

import argparse
import json
from pathlib import Path
from typing import Any

from workbench.show.plots.drawing import SOFT, new_figure, stroke, style

FIGURES = {
    "fid": "Fréchet distance",
    "recall": "recall",
    "coverage": "coverage",
    "agreement both": "both right",
    "told apart 16": "told apart at 16 pixels",
    "told apart 8": "told apart at 8 pixels",
    "told apart features": "told apart by a judge's features",
}
GOAL_RATIO = 1.5  # of the distance's floor
GOAL_SHARE = {"recall": 0.92, "coverage": 1.0, "agreement both": 1.0}  # of what real pictures reach
GOAL = {"told apart 16": 0.75, "told apart 8": 0.6, "told apart features": 0.56}


def value(result: dict[str, Any], name: str) -> float:
    """The figure as `workbench evaluate` wrote it."""
    return result["agreement"]["both"] if name == "agreement both" else result[name]


def goal(result: dict[str, Any], name: str) -> float:
    """What is wanted, from what real pictures reach in the same measurement."""
    if name in GOAL:
        return GOAL[name]
    if name == "fid":
        return GOAL_RATIO * result["fid_floor"]
    real = result["agreement_real"]["both"] if name == "agreement both" else result["real"][name]
    return GOAL_SHARE[name] * real


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--run",
        action="append",
        nargs="+",
        required=True,
        metavar=("NAME", "JSON"),
        help="of `evaluate --json`",
    )
    parser.add_argument("--figures", nargs=4, choices=FIGURES, default=list(FIGURES)[:4], metavar="FIGURE")
    args = parser.parse_args()
    runs = {
        name: sorted((json.loads(Path(file).read_text()) for file in files), key=seen)
        for name, *files in args.run
    }
    some = next(iter(runs.values()))[0]
    with style():
        figure = new_figure(10, 5.6)
        for axes, key in zip(figure.subplots(2, 2).flat, args.figures, strict=True):
            for number, (name, results) in enumerate(runs.items()):
                ends = [result["intervals"][key] for result in results]
                middles = [value(result, key) for result in results]
                spread = [[m - low for m, (low, _) in zip(middles, ends, strict=True)],
                          [high - m for m, (_, high) in zip(middles, ends, strict=True)]]  # fmt: skip
                axes.errorbar(
                    [seen(result) / 1000 for result in results],
                    middles,
                    yerr=spread,
                    marker="o",
                    markersize=4,
                    capsize=2,
                    label=name,
                    **stroke(number),
                )
            axes.axhline(goal(some, key), color=SOFT, linestyle=":", label="goal")
            axes.set_title(FIGURES[key])
            axes.set_xlabel("pictures seen, thousands")
        figure.axes[0].set_yscale("log")
        figure.axes[0].legend()
        args.out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(args.out)


def seen(result: dict[str, Any]) -> int:
    """How many pictures the checkpoint was trained with."""
    return result["about"]["subject"]["pictures seen"]


if __name__ == "__main__":
    main()
