"""Generators in the form of the Hugging Face Hub: a folder of weights, graph and card, there or on a disk.

OUT/generator.safetensors, .json, .onnx   as `workbench export` writes them, what there is of them
OUT/README.md                             the card, with metadata that the Hub reads
"""

import importlib
import shutil
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput, DiskError
from workbench.base.shipped import ARTIFACTS
from workbench.base.weights import GENERATOR

WEIGHTS = f"{GENERATOR}.safetensors"
BESIDE = (".onnx", ".json")
MOST = [WEIGHTS, *(f"{GENERATOR}{ending}" for ending in BESIDE), "README.md"]  # all that is ever fetched
CARD = """---
license: mit
library_name: workbench
pipeline_tag: text-to-image
tags: [gan, conditional-gan, anime, faces, onnx]
---

# A generator of faces from tags

{size}x{size} pixels; architecture {architecture}, conditioning {conditioning}, objective {objective}; {seen:,} real
pictures seen. Trained and drawn with Workbench:

    painter = workbench.Painter.from_pretrained("{name}")
    picture = painter.draw([workbench.Recipe.of("blue hair red eyes", seed=7)])[0]

Trained on: {data}. The rights in the training pictures stay with those who drew them.
"""


def written(checkpoint: Path, out: Path, name: str = "") -> list[Path]:
    """The generator's file `checkpoint`, what lies beside it, and its card, into a new or empty folder `out`.

    Raises BadInput for what is no generator or a folder in use, DiskError.
    """
    from workbench.draw.painter import Painter

    info = Painter.open(checkpoint).info
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out}: a generator goes into a new folder, and this one is not empty")
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checkpoint, out / WEIGHTS)
        for beside in (checkpoint.with_suffix(ending) for ending in BESIDE):
            if beside.is_file():
                shutil.copyfile(beside, out / f"{GENERATOR}{beside.suffix}")
        shipped = checkpoint.resolve() == (ARTIFACTS / WEIGHTS).resolve()
        card = (ARTIFACTS / "README.md").read_text("utf-8") if shipped else _card(info, name or str(out))
        # Names of files may be no text.
        (out / "README.md").write_text(card, "utf-8", "backslashreplace")
    except OSError as error:
        raise DiskError(f"{out}: {error.strerror}") from None
    return sorted(out.iterdir())


def _card(info: dict[str, Any], name: str) -> str:
    config = info["config"]
    named = {part: _named(config.get(part)) for part in ("architecture", "conditioning", "objective")}
    data = ", ".join(Path(source).name for source in config.get("data", ())) or "not told"
    return CARD.format(name=name, size=config["size"], seen=int(info.get("seen", 0)), data=data, **named)


def _named(part: Any) -> str:
    return str(part["name"]) if isinstance(part, dict) else str(part)


def pushed(folder: Path, repo: str, private: bool) -> str:
    """Upload a folder of `written` to the Hub's repository OWNER/NAME; its address. Raises BadInput."""
    hub = _hub()
    try:
        api = hub.HfApi()
        place = api.create_repo(repo, private=private, exist_ok=True)
        api.upload_folder(repo_id=place.repo_id, folder_path=folder, commit_message="Weights, graph and card")
        return str(place)
    except (OSError, ValueError, hub.errors.HfHubHTTPError) as error:
        raise BadInput(f"{repo}: the Hub did not take it ({str(error).strip().splitlines()[0]})") from None


def fetched(place: str, revision: str | None = None) -> Path:
    """The generator's file of a folder, or of the Hub's repository OWNER/NAME, once downloaded. Raises BadInput."""
    folder = Path(place)
    if not folder.is_dir():
        hub = _hub()
        try:
            folder = Path(hub.snapshot_download(place, revision=revision, allow_patterns=MOST))
        except (OSError, ValueError, hub.errors.HfHubHTTPError) as error:
            first = str(error).strip().splitlines()[0]
            raise BadInput(f"{place}: no such folder, and the Hub does not hand it out ({first})") from None
    if not (folder / WEIGHTS).is_file():
        raise BadInput(f"{place}: holds no {WEIGHTS}")
    return folder / WEIGHTS


def _hub() -> Any:
    try:
        return importlib.import_module("huggingface_hub")
    except ImportError:
        raise BadInput(
            "the Hub needs the package huggingface_hub: pip install 'anime-face-workbench[hub]'"
        ) from None
