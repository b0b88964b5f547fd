"""Where the files are that come with the program: the weights, and the example of a text file; and its commit.

In the repository they lie beside the package; in an installed one, inside it (setup.py puts them there).
"""

import subprocess
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "shipped"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent

ARTIFACTS = _ROOT / "artifacts"
EXAMPLE = _ROOT / "examples" / "testing_text.txt"


def commit() -> str:
    """The commit of a checkout, with "-dirty" where a file differs from it; "" elsewhere, or without git."""
    if not (_ROOT / ".git").exists():
        return ""
    asked = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
