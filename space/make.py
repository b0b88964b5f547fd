"""A folder that is a Hugging Face Space (kind: docker) of the app; push it to the Space's repository.

python space/make.py OUT
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("workbench", "apps", "artifacts", "examples")
SINGLE = ("pyproject.toml", "setup.py", "MANIFEST.in", "LICENSE", "constraints.txt")
LARGE = ("generator-tags.*", "judge-tags-*")  # over 10 MB need LFS there; the app has no chips without them


def make(out: Path) -> None:
    """Copy what the container file copies; the Space's own README and the name that a Space wants. Raises OSError."""
    out.mkdir(parents=True)
    for name in WHOLE:
        left = shutil.ignore_patterns("__pycache__", "*.egg-info", "hand-over.safetensors", *LARGE)
        shutil.copytree(ROOT / name, out / name, ignore=left)
    for name in SINGLE:
        shutil.copyfile(ROOT / name, out / name)
    shutil.copyfile(ROOT / "Containerfile", out / "Dockerfile")
    shutil.copyfile(ROOT / "space" / "README.md", out / "README.md")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
