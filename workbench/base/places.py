"""Where what can be made again is kept: the folder that the user names, else one in the home folder."""

import os
from pathlib import Path

from workbench.base.errors import BadInput

VARIABLE = "WORKBENCH_CACHE"


def chosen_folder(given: str | os.PathLike[str] | None = None) -> Path | None:
    """The folder that was given, else the one that the environment names; None for neither. Raises BadInput."""
    chosen = given or os.environ.get(VARIABLE)
    if not chosen:
        return None
    try:
        return Path(chosen).expanduser()
    except RuntimeError:  # ~ without a home folder, ~somebody unknown
        raise BadInput(f"{chosen}: there is no such home folder; name the whole path in {VARIABLE}") from None


def home_folder() -> Path | None:
    """The one in the home folder; None for users without one."""
    try:
        return Path.home() / ".cache" / "workbench"
    except RuntimeError:
        return None
