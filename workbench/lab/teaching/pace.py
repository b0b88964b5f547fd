"""How much a notebook does: enough to learn from, or just enough to see that every cell works."""

import atexit
import os
import tempfile
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
SWITCH = "WORKBENCH_FAST"


def pick(full: T, fast: T) -> T:
    """`full`, or `fast` where the environment variable WORKBENCH_FAST is set (to anything but 0)."""
    return fast if os.environ.get(SWITCH, "0") not in ("", "0") else full


def start(threads: int = 1) -> Path:
    """Prepare the kernel; returns an empty folder for this notebook's runs, gone when the kernel ends.

    threads: of torch. On networks as small as these a second one mostly waits for the first.
    """
    import torch

    torch.set_num_threads(threads)
    folder = tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)
