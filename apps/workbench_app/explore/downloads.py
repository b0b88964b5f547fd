"""Pictures and films as files that a browser may fetch, in the app's private folder."""

import hashlib
import os
from pathlib import Path

from workbench.base.files import replace_whole


class Downloads:
    """Files under names that visitors see when they download them, each in a folder named by its content.

    folder: gradio's own cache, which hands out what lies there once a handler has returned it, and forgets it after
    the time that `delete_cache` names.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> str:
        """The path of a file with this plain name and content."""
        place = self.folder / hashlib.sha256(data).hexdigest()[:32]
        path = place / Path(name).name
        try:
            os.utime(path)  # it is there: what is being sent is not cut short, and stays as long as a new one
        except FileNotFoundError:
            place.mkdir(parents=True, exist_ok=True)
            replace_whole(path, data, durable=False)
        return str(path)
