"""Logs of one JSON object a line, read piece by piece while somebody else appends to them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.train.logs import wrong

MOST = 1 << 20  # bytes of one part, so that a long log costs level memory


@dataclass(frozen=True)
class LogPart:
    """Some lines; `end` is the byte that the next part begins at, `damaged` how many lines were left out."""

    lines: list[Json]
    end: int
    damaged: int = 0


def read_part(path: Path, offset: int = 0) -> LogPart:
    """Whole lines from byte `offset` on; below 0: those within so many bytes of the end. Empty without the file."""
    try:
        with path.open("rb") as file:
            if offset < 0:
                offset = max(0, file.seek(0, 2) + offset)
                file.seek(offset)
                offset += len(file.readline()) if offset else 0  # most likely the rest of a line
            file.seek(offset)
            data = file.read(MOST)
            if len(data) == MOST and b"\n" not in data:
                data += file.readline()
    except FileNotFoundError:
        return LogPart([], max(offset, 0))
    whole = data[: data.rfind(b"\n") + 1]
    return _parsed(path.name, whole.splitlines(), offset + len(whole))


def _parsed(log: str, texts: list[bytes], end: int) -> LogPart:
    try:  # all at once is twice as fast
        lines = json.loads(b"[" + b",".join(texts) + b"]")
    except (ValueError, RecursionError):
        lines = [_one(text) for text in texts]
    sound = [line for line in lines if not wrong(log, line)]
    return LogPart(sound, end, max(0, len(texts) - len(sound)))


def _one(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
