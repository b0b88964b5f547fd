"""Run the notebooks from top to bottom and keep their new outputs: python notebooks/refresh.py [05 06 ...]

Widget state and times are left out, so that a file changes only where what it shows does.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def refresh(path: Path) -> None:
    """Execute one notebook in a fresh kernel; the file stays as it was where a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    start = time.monotonic()
    where = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(
        notebook,
        timeout=900,
        kernel_name="python3",
        resources=where,
        record_timing=False,
        store_widget_state=False,
    ).execute()
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)
    print(f"{path.name}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    wanted = sys.argv[1:] or [""]
    for path in sorted(FOLDER.glob("*.ipynb")):
        if path.name.startswith(tuple(wanted)):
            refresh(path)
