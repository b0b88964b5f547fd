"""A run in one small file, for another machine to go on with: both networks and the average, in half precision.

A saved state holds the optimisers' moments too and is three times as large. Without them the rates of a run
that goes on rise over its first pictures, while Adam gathers its moments anew.
"""

from pathlib import Path

from torch import Tensor

from workbench.base.checkpoint import load_weights, save_weights
from workbench.base.documents import Json
from workbench.gan.config import Config
from workbench.gan.rules import all_places, without_folders
from workbench.train.run import Run
from workbench.train.states import RunState

KIND = "hand-over"
NETS = ("G", "D")
AVERAGE = "average"
OWN = (
    "batch",
    "precision",
    *all_places(),
)  # of the machine that goes on: what suits it, and where things lie


def write(run: Run, path: Path) -> Json:
    """The newest whole state of `run` as the file `path`; returns what the file says of itself.

    Folders of this machine stay out of it: sources are named as in a shipped generator's card.
    """
    state, _ = run.load_state()
    game = state["game"]
    parts = {name: game["nets"][name] for name in NETS} | {AVERAGE: game[AVERAGE]}
    tensors = {f"{part}.{name}": t for part, tensors in parts.items() for name, t in tensors.items()}
    known = run.read_json("environment.json")
    config = run.config().to_json()
    config["data"] = [source["name"] for source in known.get("data", {}).get("sources", [])]
    config["game"] = without_folders(run.config().game, config["game"])
    config |= {"start": "", "precision": "auto"}  # another machine may have no bf16
    info = {
        "config": config,
        "preset": known.get("preset", ""),
        "data_hash": known.get("data_hash"),
        "seen": state["seen"],
        "steps": state["steps"],
        "seconds": state["seconds"],
        "processor": state.get("processor", 0.0),  # states of older versions have none
    }
    save_weights(path, tensors, info, half=True, kind=KIND)
    return info


def about(path: Path) -> tuple[Config, Json]:
    """The config of a hand-over file, without sources, and what it says of itself."""
    _, info, _ = load_weights(path, KIND)
    return Config.from_json(info["config"] | {"data": []}), info


def parts_of(path: Path) -> tuple[dict[str, dict[str, Tensor]], Json]:
    """The weights of "G", "D" and the "average" that a hand-over file holds, and what it says of itself."""
    tensors, info, _ = load_weights(path, KIND)
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in (*NETS, AVERAGE)}
    for name, tensor in tensors.items():
        part, _, inner = name.partition(".")
        parts[part][inner] = tensor
    return parts, info


def state_of(path: Path) -> RunState:
    """The training state that a hand-over file holds, but for the optimisers' moments."""
    parts, info = parts_of(path)
    seen, seconds = info["seen"], info["seconds"]
    return {
        "seen": seen,
        "steps": info["steps"],
        "seconds": seconds,
        "processor": info["processor"],
        "sums": {},
        "tick": [seen, seconds],
        "game": {
            "nets": {name: parts[name] for name in NETS},
            AVERAGE: parts[AVERAGE],
            "optimizers": {},
            "warm_from": seen,
        },
    }
