"""Reading an offline log of W&B back: a 7-byte head, then blocks of 32 KiB with records in parts, as in LevelDB.

So a notebook can show what a sync would send, without an account and without a connection.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.train.run import Run

BLOCK = 32 * 1024
WHOLE_PART, FIRST_PART, MIDDLE_PART, LAST_PART = 1, 2, 3, 4


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of each part. Raises ValueError for a damaged one."""
    place = 7
    while place + 7 <= len(data):
        left = BLOCK - place % BLOCK
        if left < 7:
            place += left
            continue
        checksum, length, kind = struct.unpack_from("<IHB", data, place)
        if kind == 0:
            return
        body = data[place + 7 : place + 7 + length]
        if zlib.crc32(bytes([kind]) + body) != checksum:
            raise ValueError("a damaged part, or one that is still being written")
        yield kind, body
        place += 7 + length


def records(path: Path) -> Iterator[Any]:
    """Whole records, as W&B's own messages."""
    from wandb.proto.wandb_internal_pb2 import Record  # pyright: ignore[reportAttributeAccessIssue]

    data = path.read_bytes()
    if data[:4] != b":W&B":
        raise BadInput(f"{path}: not an offline log of W&B")
    gathered = b""
    for kind, body in parts(data):
        gathered = body if kind in (WHOLE_PART, FIRST_PART) else gathered + body
        if kind in (WHOLE_PART, LAST_PART):
            record = Record()
            record.ParseFromString(gathered)
            yield record


def history(path: Path) -> list[Json]:
    """One dictionary for each thing that was logged."""
    rows = []
    for record in records(path):
        if record.WhichOneof("record_type") == "history":
            items = record.history.item
            rows.append({"/".join(i.nested_key) or i.key: json.loads(i.value_json) for i in items})
    return rows


def of_run(run: str | Path) -> Path:
    """The newest offline log of a run folder. Raises BadInput where there is none."""
    found = sorted((Run.open(run).path / "wandb").glob("offline-run-*/*.wandb"))
    if not found:
        raise BadInput(f"{run}: holds no offline log of W&B; train with --wandb offline")
    return found[-1]
