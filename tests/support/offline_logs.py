"""What tests ask of an offline log of W&B; `workbench.lab.offline_log` reads it."""

import json
import struct
import time
from pathlib import Path

from workbench.lab.offline_log import history, records

__all__ = ["config_of", "ended", "history", "of_kind", "records", "the_log"]


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
    except (struct.error, ValueError):  # half a record
        return False


def of_kind(path: Path, kind: str) -> list:
    """All records of one kind, such as "metric" or "artifact"."""
    return [getattr(record, kind) for record in records(path) if record.WhichOneof("record_type") == kind]


def config_of(path: Path) -> dict:
    """The config that a log tells."""
    return {
        item.key: json.loads(item.value_json) for run in of_kind(path, "run") for item in run.config.update
    }
