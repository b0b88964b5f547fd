"""Whether a run that goes on is still the same: its config as it was saved, its data, wherever they lie now."""

from workbench.base.errors import BadInput
from workbench.gan.config import Config
from workbench.train.kits import Data
from workbench.train.run import Run
from workbench.train.states import RunState
from workbench.train.steering import Changed, edited


def moved(run: Run, config: Config, data: Data) -> Changed:
    """The run's data in another place (`config`) than its folder says. Raises BadInput where `data` are others."""
    was, now = list(run.config().data), list(config.data)
    if was == now:
        return {}
    refuse_other_data(run, data, " ".join(now))
    return {"data": (was, now)}


def edited_since(run: Run, state: RunState, data: Data) -> Changed:
    """What was edited in the run's config since `state` was saved. Raises BadInput for what may not be."""
    recorded = [line for line in run.lines("changes.jsonl") if line["seen"] >= state["seen"]]
    file = run.path / "config.json"
    changed = edited(state.get("config"), run.config(), recorded, file)
    if "data" in changed:
        refuse_other_data(run, data, str(file))
    return changed


def refuse_other_data(run: Run, data: Data, where: str) -> None:
    """Raises BadInput unless `data` are the pictures and tags that the run has seen so far."""
    known = run.read_json("environment.json").get("data_hash")
    if known != data.hash:
        raise BadInput(
            f"{where}: these are not the data that {run.path} was trained on (their hash is {data.hash}, the run's is "
            f"{known}); name the place where the same pictures and tags lie now"
        )
