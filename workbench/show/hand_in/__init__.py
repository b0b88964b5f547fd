"""The folder that a course is handed: scripts, README, model, samples, early grids and the report of one run.

It draws with a copy of this package that lies in it, so it needs nothing but the libraries of its requirements.txt.
"""

import importlib.metadata
import json
import shutil
from pathlib import Path

from workbench.base.checkpoint import load_weights, save_weights, write_atomically
from workbench.base.errors import BadInput
from workbench.base.shipped import ARTIFACTS
from workbench.show.hand_in.readme import readme
from workbench.show.hand_in.scripts import GENERATE, RUN, TRAIN
from workbench.train.run import Run

CODE = Path(__file__).parents[2]  # this package
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "static_page", "shipped")
LIBRARIES = (  # what drawing and training need
    "torch", "onnxruntime", "numpy", "pillow", "safetensors", "scikit-image", "scipy", "matplotlib", "torchmetrics",
    "jinja2", "babel", "tqdm", "lightning-fabric", "wandb",
)  # fmt: skip
JUDGE = ("judge-choose.safetensors", "judge-choose.onnx", "judge-choose.json")  # reads colours off candidates
EARLY = 5  # grids


def write(run: Run, out: Path, texts: Path) -> None:
    """Everything but the samples and the report. Raises BadInput for a run that draws no faces from tags."""
    config = run.config()
    if not config.game.judged:
        raise BadInput(
            f"{run.path}: game '{config.game.name}' draws nothing from a text, so there is nothing to hand in"
        )
    tensors, info, _ = load_weights(run.best, config.game.network)
    out.mkdir(parents=True, exist_ok=True)
    plain = config.to_json() | {"data": [], "start": ""}
    info["config"] = info["config"] | {"data": [], "start": ""}
    save_weights(out / "model.safetensors", tensors, info, half=True, kind=config.game.network)
    write_atomically(out / "config.json", (json.dumps(plain, indent=1) + "\n").encode())
    for name, text in (("run.sh", RUN), ("generate.py", GENERATE), ("train.py", TRAIN)):
        write_atomically(out / name, text.encode())
    write_atomically(out / "README.md", readme(config).encode())
    (out / "run.sh").chmod(0o755)
    pinned = "".join(f"{name}=={importlib.metadata.version(name).partition('+')[0]}\n" for name in LIBRARIES)
    write_atomically(out / "requirements.txt", pinned.encode())
    shutil.copyfile(texts, out / "testing_text.txt")
    _code(out / "code")
    _early(run, out / "early")


def _code(place: Path) -> None:
    """The package, and the judge that chooses among candidates."""
    if place.exists():
        shutil.rmtree(place)
    shutil.copytree(CODE, place / "workbench", ignore=LEFT_OUT)
    (place / "artifacts").mkdir()
    for name in JUDGE:
        shutil.copyfile(ARTIFACTS / name, place / "artifacts" / name)


def _early(run: Run, place: Path) -> None:
    """Grids of the run's beginning, and the last one beside them."""
    grids = run.grids()
    if not grids:
        raise BadInput(f"{run.path}: no grid was drawn yet; train on for a snapshot")
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    for path in dict.fromkeys(path for _, path in [*grids[:EARLY], grids[-1]]):
        shutil.copyfile(path, place / f"after_{int(path.stem)}_kimg.png")
