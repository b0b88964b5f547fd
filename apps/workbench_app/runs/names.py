"""Which folders of a folder are runs, or arenas: the one list of them, told without torch."""

import os
from pathlib import Path

RUN, ARENA = "config.json", "arena.json"  # what makes a folder one


def holding(folder: str | Path, file: str) -> list[str]:
    """Names of the folders in this one that hold the file, sorted; none that is a link or hidden."""
    try:
        with os.scandir(folder) as found:
            inner = [one for one in found if one.is_dir(follow_symlinks=False) and one.name[0] != "."]
    except OSError:
        return []
    return sorted(one.name for one in inner if os.path.isfile(os.path.join(one.path, file)))
