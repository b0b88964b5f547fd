"""What a command prints, where the output cannot take it: letters it lacks, a reader that left, a full disk.

Work is never lost for want of a reader: whoever prints goes on, and only the exit status tells at the end.
"""

import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

LEFT = (errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN, errno.EIO)  # the reader, or the terminal, has gone
# What a terminal obeys, in a name that somebody else gave: escapes but for colours and tqdm's line up, and letters that
# turn the order of others round.
CONTROL = re.compile(
    r"\x1b(?!\[(?:[0-9;]*m|A))|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)


class SafeStream(io.TextIOBase):
    """A stream that never raises; after the first failure everything goes to nowhere.

    What commands a terminal is escaped. failed: what the system said, where something other than a reader was missing.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.failed = stream, ""

    def write(self, text: str, /) -> int:
        shown = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
        self._try(lambda: self.stream.write(shown))
        return len(text)

    def writelines(self, lines: Iterable[str], /) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._try(self.stream.flush)

    def fileno(self) -> int:
        return self.stream.fileno()

    def isatty(self) -> bool:
        return self.stream.isatty()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self.stream.errors

    @property
    def buffer(self) -> Any:
        return self.stream.buffer

    def close(self) -> None:
        """The stream outlives this."""

    def _try(self, call: Any) -> None:
        try:
            call()
        except OSError as error:
            if error.errno not in LEFT:
                self.failed = error.strerror or str(error)
            self._to_nowhere()

    def _to_nowhere(self) -> None:
        """What is still in the buffer is dropped with the rest."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)
            self.stream.flush()


def _filled() -> None:
    """Nowhere in place of each standard stream that the caller has closed.

    Many libraries expect them, and a file that was opened in place of one would get what they say.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


@contextlib.contextmanager
def steady() -> Iterator[SafeStream]:
    """Standard output and error as steady streams, with replacements for what their encoding lacks.

    Gives the output.
    """
    _filled()
    before = sys.stdout, sys.stderr
    streams = [SafeStream(stream) for stream in before]
    handlers = [_with_replacements(stream.stream) for stream in streams]
    sys.stdout, sys.stderr = streams  # type: ignore[assignment]
    try:
        yield streams[0]
    finally:
        for stream in streams:
            stream.flush()
        sys.stdout, sys.stderr = before
        for stream, handler in zip(streams, handlers, strict=True):
            if handler:
                stream.stream.reconfigure(errors=handler)  # type: ignore[attr-defined]


def _with_replacements(stream: TextIO) -> str | None:
    """Let the stream escape what it cannot encode; how it did that before, None where nothing was changed."""
    known = getattr(stream, "errors", None)
    if known in ("strict", "surrogateescape") and hasattr(stream, "reconfigure"):
        if known == "surrogateescape" and (stream.encoding or "").lower().replace("-", "") == "utf8":
            return None  # names of files as they are
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
        return known
    return None
