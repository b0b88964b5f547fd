"""A file that says which entries an arena compares, for how long and with how many seeds: a contest to be held again.

{"claims": [12], "entries": ["wgan-gp-light", "wgan-gp-light:objective.gp=0.5"], "minutes": 15, "seeds": 2}
"""

import json
from dataclasses import dataclass
from pathlib import Path

from workbench.arena.entries import Entry
from workbench.base.errors import BadInput

NEEDED = {"entries": list, "minutes": (int, float), "seeds": int}


@dataclass(frozen=True)
class Prepared:
    """claims: numbers of docs/claims.md that it answers."""

    entries: tuple[str, ...]
    minutes: float
    seeds: int
    claims: tuple[int, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Prepared":
        """Raises BadInput, with the file's name, for what is no such file or has an entry that cannot be trained."""
        try:
            told = json.loads(path.read_text())
        except OSError as error:
            raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path}: not JSON ({error})") from None
        if not isinstance(told, dict):
            raise BadInput(f"{path}: an object with entries, minutes and seeds is expected")
        for name, kind in NEEDED.items():
            if not isinstance(told.get(name), kind) or not told[name] or isinstance(told[name], bool):
                raise BadInput(f"{path}: '{name}' is missing or of the wrong type")
        if unknown := told.keys() - NEEDED.keys() - {"claims"}:
            raise BadInput(f"{path}: '{min(unknown)}' is nothing that an arena knows")
        found = cls(
            tuple(told["entries"]), float(told["minutes"]), told["seeds"], tuple(told.get("claims", ()))
        )
        for text in found.entries:
            try:
                Entry(str(text)).config()
            except BadInput as error:
                raise BadInput(f"{path}: {error}") from None
        return found
