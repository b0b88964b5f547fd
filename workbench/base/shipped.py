"""Where the files are that come with the program: the weights, and the example of a text file.

In the repository they lie beside the package; in an installed one, inside it (setup.py puts them there).
"""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "shipped"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent

ARTIFACTS = _ROOT / "artifacts"
EXAMPLE = _ROOT / "examples" / "testing_text.txt"
