"""Files that survive: written whole or not at all, and refused when a single bit has changed.

Two kinds: a training state (`state-*.pt`, a header line with the SHA-256 of what follows, then a
`torch.save` archive that is read with `weights_only=True`, so no code in it can run), and one network's weights
(`*.safetensors`, with its config and a digest of everything in the file's metadata): a generator, a
discriminator, or a judge.
"""

import hashlib
import io
import json
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save as safetensors_save
from torch import Tensor

from workbench.base import weights
from workbench.base.documents import Json
from workbench.base.errors import BadInput, DiskError
from workbench.base.files import replace_whole
from workbench.base.weights import GENERATOR, Damaged

STATE_MAGIC = b"workbench-state"
STATE_FORMAT = 1


def write_atomically(path: Path, data: bytes | memoryview) -> None:
    """Temporary file in the same folder, flush, fsync, rename, fsync of the folder.

    Raises DiskError with the path and the number of bytes; an earlier file of that name is then untouched.
    """
    try:
        replace_whole(Path(path), data, durable=True)
    except OSError as error:
        raise DiskError(f"{path}: could not write {len(data):,} bytes: {error.strerror or error}") from None


def save_state(path: Path, state: Mapping[str, object]) -> None:
    """Write a training state (tensors, numbers, strings, lists, dictionaries)."""
    buffer = io.BytesIO()
    buffer.write(b" " * len(_header(b"")))
    torch.save(state, buffer)
    view = buffer.getbuffer()
    head = len(_header(b""))
    view[:head] = _header(view[head:])
    write_atomically(path, view)


def _header(payload: bytes | memoryview) -> bytes:
    return b"%s %d %s\n" % (STATE_MAGIC, STATE_FORMAT, hashlib.sha256(payload).hexdigest().encode())


def load_state(path: Path) -> Json:
    """Read a training state. Raises Damaged when the file is not exactly what was written."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    first, _, payload = data.partition(b"\n")
    words = first.split(b" ")
    if len(words) != 3 or words[0] != STATE_MAGIC:
        raise Damaged(f"{path}: not a training state of this workbench, or its beginning is damaged")
    if words[1] != b"%d" % STATE_FORMAT:
        raise BadInput(
            f"{path}: state format {words[1].decode(errors='replace')}; this version reads {STATE_FORMAT}"
        )
    if hashlib.sha256(payload).hexdigest().encode() != words[2]:
        raise Damaged(f"{path}: damaged (its content does not match its SHA-256)")
    try:
        return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise Damaged(f"{path}: holds something else than tensors and plain values ({reason})") from None


def save_weights(
    path: Path, tensors: dict[str, Tensor], info: Json, half: bool = False, kind: str = GENERATOR
) -> str:
    """Write a network's weights with `info` (config and the like) as metadata; returns the digest.

    half: store floating-point weights in half precision (they are read back as float32).
    kind: what the network is; `load_weights` refuses another one.
    """
    kept = {
        name: (t.detach().cpu().half() if half and t.is_floating_point() else t.detach().cpu())
        .contiguous()
        .clone()
        for name, t in tensors.items()
    }
    text = json.dumps(info, sort_keys=True)
    digest = weights.digest({name: t.numpy() for name, t in kept.items()}, text)
    metadata = {"format": weights.FORMAT, "kind": kind, "info": text, "sha256": digest}
    write_atomically(Path(path), safetensors_save(kept, metadata))
    return digest


def load_weights(path: Path, kind: str = GENERATOR) -> tuple[dict[str, Tensor], Json, str]:
    """Weights (floats as float32), info and digest. Raises Damaged or BadInput with one sentence."""
    arrays, info, digest = weights.read(path, kind)
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    return {name: t.float() if t.is_floating_point() else t for name, t in tensors.items()}, info, digest


def save_generator(path: Path, tensors: dict[str, Tensor], info: Json, half: bool = False) -> str:
    """`save_weights` of a generator."""
    return save_weights(path, tensors, info, half)


def load_generator(path: Path) -> tuple[dict[str, Tensor], Json, str]:
    """`load_weights` of a generator."""
    return load_weights(path)
