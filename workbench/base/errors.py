"""The one family of errors that the commands print as a sentence, without a traceback."""

import difflib
from collections.abc import Iterable


class WorkbenchError(Exception):
    """Base of every error that a user can act on; `exit_code` is the command's exit status."""

    exit_code = 1


class BadInput(WorkbenchError):
    """The user's file, folder, option or configuration is at fault."""

    exit_code = 2


class Diverged(WorkbenchError):
    """Training produced NaN or infinite values."""

    exit_code = 3


class DiskError(WorkbenchError):
    """A file could not be written (full disk, read-only folder)."""

    exit_code = 74


def nearest(word: str, known: Iterable[str], alike: float = 0.5) -> str | None:
    """The known word closest to `word`, or None when none is at least so much `alike` (difflib's ratio)."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=alike)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when a known word is close, otherwise the list of known words."""
    known = list(known)
    match = nearest(word, known)
    return f"; did you mean '{match}'?" if match else f"; known: {', '.join(known)}"
