"""Reading an offline log of W&B back: a 7-byte head, then blocks of 32 KiB with records in parts, as in LevelDB."""

import json
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

BLOCK = 32 * 1024
WHOLE_PART, FIRST_PART, MIDDLE_PART, LAST_PART = 1, 2, 3, 4


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
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
        assert zlib.crc32(bytes([kind]) + body) == checksum
        yield kind, body
        place += 7 + length


def records(path: Path) -> Iterator:
    from wandb.proto.wandb_internal_pb2 import Record

    data = path.read_bytes()
    assert data[:4] == b":W&B"
    gathered = b""
    for kind, body in parts(data):
        gathered = body if kind in (WHOLE_PART, FIRST_PART) else gathered + body
        if kind in (WHOLE_PART, LAST_PART):
            record = Record()
            record.ParseFromString(gathered)
            yield record


def history(path: Path) -> list[dict]:
    """One dictionary for each thing that was logged."""
    rows = []
    for record in records(path):
        if record.WhichOneof("record_type") == "history":
            items = record.history.item
            rows.append({"/".join(i.nested_key) or i.key: json.loads(i.value_json) for i in items})
    return rows


def the_log(run: Path) -> Path:
    """The only offline log of a run folder, whole: W&B's service writes the end of it when it likes."""
    (found,) = (run / "wandb").glob("offline-run-*/*.wandb")
    deadline = time.monotonic() + 60
    while not ended(found):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def ended(path: Path) -> bool:
    """Whether the last record of a log is there."""
    try:
        return any(record.WhichOneof("record_type") == "exit" for record in records(path))
    except (AssertionError, struct.error, ValueError):  # half a record
        return False


def of_kind(path: Path, kind: str) -> list:
    """All records of one kind, such as "metric" or "artifact"."""
    return [getattr(record, kind) for record in records(path) if record.WhichOneof("record_type") == kind]


def config_of(path: Path) -> dict:
    """The config that a log tells."""
    return {
        item.key: json.loads(item.value_json) for run in of_kind(path, "run") for item in run.config.update
    }
