"""Reading a network's weights with NumPy alone: for drawing without torch, and for everything else the first half.

A weights' file is a `*.safetensors` whose metadata holds the kind of network, what it says of itself (`info`, JSON)
and a SHA-256 of that text and of every tensor, so a file with one changed bit is refused.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from workbench.base.documents import Json
from workbench.base.errors import BadInput

FORMAT = "1"
GENERATOR, JUDGE, RESTORER, TRANSLATOR = "generator", "judge", "restorer", "translator"
ENLARGER, EDITOR, COMPOSER = "enlarger", "editor", "composer"
ANIMATOR, FINDER = "animator", "finder"
KEYS = {"format", "kind", "info", "sha256"}  # of the metadata; files of the first versions have no kind
HINTS = {  # what a network of another kind is for
    RESTORER: "; `workbench restore` draws with it",
    TRANSLATOR: "; `workbench stylize` draws with it",
    ENLARGER: "; `workbench enlarge` draws with it",
    EDITOR: "; `workbench edit` draws with it",
    COMPOSER: "; `workbench compose` plays it",
    FINDER: "; `workbench data crop` finds faces with it",
    ANIMATOR: "; `workbench animate` draws with it",
}
MOST_BYTES = 1 << 30


class Damaged(BadInput):
    """A checkpoint whose content does not match its own digest, or that is no checkpoint at all."""


def read(path: Path, kind: str) -> tuple[dict[str, np.ndarray], Json, str]:
    """Tensors as they are stored, info and digest. Raises Damaged or BadInput with one sentence."""
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: there is no such checkpoint")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path}: larger than any {kind} of this workbench")
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
            if "info" not in metadata or "sha256" not in metadata:
                raise BadInput(f"{path}: not a {kind} of this workbench (its metadata has no 'info')")
            if unknown := metadata.keys() - KEYS:  # a garbled name of a key, for one: no digest covers these
                raise Damaged(f"{path}: damaged, or of a later version ('{min(unknown)}' in its metadata)")
            if metadata.get("format") != FORMAT:
                raise BadInput(f"{path}: format {metadata.get('format')}; this version reads {FORMAT}")
            if metadata.get("kind", GENERATOR) != kind:
                other = metadata["kind"]
                raise BadInput(f"{path}: a {other}, where a {kind} is needed{HINTS.get(other, '')}")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, UnicodeDecodeError, TypeError) as error:  # TypeError: bfloat16
        raise Damaged(f"{path}: damaged, or not a safetensors file ({error})") from None
    if digest(tensors, metadata["info"]) != metadata["sha256"]:
        raise Damaged(f"{path}: damaged (its content does not match its SHA-256)")
    return tensors, json.loads(metadata["info"]), metadata["sha256"]


def about(path: Path) -> Json:
    """What a file says of itself, unchecked and without its tensors; nothing where it is no weights' file."""
    try:
        return dict(json.loads(json.loads(header(path))["__metadata__"]["info"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, MemoryError):
        return {}  # whoever opens it says why


def digest(tensors: dict[str, np.ndarray], text: str) -> str:
    """SHA-256 over the metadata text and every tensor's name, type, shape and bytes."""
    found = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name]).reshape(tensors[name].shape)
        found.update(f"{name} torch.{tensor.dtype} {tensor.shape}".encode())  # as torch calls its types
        found.update(tensor.reshape(-1).view(np.uint8).data)
    return found.hexdigest()


def kind_of(path: Path) -> str:
    """What the network of a file is, by its table alone; empty where the file cannot be read or says nothing."""
    try:
        return str(json.loads(header(path)).get("__metadata__", {}).get("kind", GENERATOR))
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""


def header(path: Path) -> bytes:
    """The file's table: metadata (the digest among it), and name, type, shape and place of every tensor, as JSON."""
    with Path(path).open("rb") as file:
        return file.read(min(int.from_bytes(file.read(8), "little"), MOST_BYTES))
