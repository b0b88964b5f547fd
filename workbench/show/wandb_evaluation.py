"""An evaluation as a run of Weights & Biases: its figures, a table of samples, its page, and what it measured."""

import json
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.base.files import spelled
from workbench.measure.evaluation import Evaluation
from workbench.measure.measurements import measurements
from workbench.train import wandb_place
from workbench.train.mirror import Mirror
from workbench.train.run import Run
from workbench.train.wandb_log import best_model
from workbench.train.wandb_place import WandbTarget, readable, readable_arguments

SHOWN = 120  # samples of the table
MOST_SECONDS = 600.0  # for sending page and pictures


class EvaluationMirror(Mirror):
    """Begins to work when it is made; `close` waits for it. What fails costs a warning, never the evaluation."""

    name = "W&B"

    def __init__(self, measured: Evaluation, page: Path | None, place: WandbTarget, run: Run | None) -> None:
        """page: the HTML file, where one was written. run: the training that is measured, if it is one."""
        self.measured, self.page, self.place, self.run = measured, page, place, run
        super().__init__()

    def _mirror(self) -> None:
        folder = self.place.root(self.run)
        with spelled(folder) as root, readable_arguments():
            wandb_place.contain(root)
            self._send(root)

    def _send(self, root: Path) -> None:
        import wandb

        told = self.measured.result
        config = {"evaluation": told} | self._training()
        settings = wandb.Settings(
            console="off", x_disable_stats=True, disable_git=True, disable_code=True, silent=True
        )
        mirror = wandb.init(
            dir=str(root), config=readable(config), settings=settings, **self.place.of_init("evaluate")
        )
        if self.run is not None and self.place.mode == "online":
            mirror.use_artifact(best_model(self.run))  # the same content is the same version
        mirror.log(
            {f"eval/{key}": one.value for key, one in measurements(told).items()}
            | {"samples": table(self.measured)}
        )
        result = wandb.Artifact(f"evaluation-{mirror.id}", "evaluation", metadata=readable(self._training()))
        with result.new_file("evaluation.json") as file:
            file.write(json.dumps(told, indent=1))
        if self.page is not None:
            result.add_file(str(self.page), name="evaluation.html")
        mirror.log_artifact(result)
        mirror.finish()

    def _training(self) -> Json:
        """Which training was measured, also where W&B has no lineage (offline)."""
        if self.run is None:
            return {}
        known = self.run.read_json("environment.json")
        told = {"run": self.run.name, "data_hash": known.get("data_hash")}
        return told | {"run_id": self.run.read_json(wandb_place.IDENTITY).get("id")}


def table(measured: Evaluation) -> Any:
    """The first samples: what was asked for, what the judge reads, how near the nearest training picture is."""
    import wandb
    from PIL import Image

    read, known = measured.reading.colours(), measured.reading.vocabulary.columns
    rows = []
    for row, (picture, asked) in enumerate(zip(measured.samples.pictures, measured.samples.y, strict=True)):
        if row == SHOWN:
            break
        names = [
            column.values[tag] if tag >= 0 else ""
            for tags in (asked, read[row])
            for column, tag in zip(known, tags, strict=True)
        ]
        rows.append([wandb.Image(Image.fromarray(picture)), *names, float(measured.near[row])])
    told = [f"{verb} {column.name}" for verb in ("asked", "read") for column in known]
    return wandb.Table(columns=["picture", *told, "nearest training picture"], data=rows)
