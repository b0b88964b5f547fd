"""Whether a run that goes on is still the same: its config as it was saved, its data, wherever they lie now."""

from typing import Any

from workbench.config import Config
from workbench.data import FaceSet
from workbench.errors import BadInput
from workbench.run import Run
from workbench.steering import Changed, edited


def moved(run: Run, config: Config, faces: FaceSet) -> Changed:
    """The run's data in another place (`config`) than its folder says. Raises BadInput where `faces` are others."""
    was, now = list(run.config().data), list(config.data)
    if was == now:
        return {}
    refuse_other_data(run, faces, " ".join(now))
    return {"data": (was, now)}


def edited_since(run: Run, state: dict[str, Any], faces: FaceSet) -> Changed:
    """What was edited in the run's config since `state` was saved. Raises BadInput for what may not be."""
    recorded = [line for line in run.lines("changes.jsonl") if line["seen"] >= state["seen"]]
    file = run.path / "config.json"
    changed = edited(state.get("config"), run.config(), recorded, file)
    if "data" in changed:
        refuse_other_data(run, faces, str(file))
    return changed


def refuse_other_data(run: Run, faces: FaceSet, where: str) -> None:
    """Raises BadInput unless `faces` are the pictures and tags that the run has seen so far."""
    known = run.read_json("environment.json").get("data_hash")
    if known != faces.hash:
        raise BadInput(
            f"{where}: these are not the data that {run.path} was trained on (their hash is {faces.hash}, the run's is "
            f"{known}); name the place where the same pictures and tags lie now"
        )
