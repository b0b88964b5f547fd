"""The scripts of a folder that is handed in, as they stand there."""

RUN = """#!/usr/bin/env bash
# bash run.sh [TEXTS [SAMPLES]]: five pictures a line of `id,text`, as SAMPLES/sample_(id)_(k).jpg.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python=${PYTHON:-python3}
if ! "$python" -c "import torch, onnxruntime, numpy, PIL, safetensors, babel" 2>/dev/null; then
    if [ ! -x "$here/.venv/bin/python" ]; then
        "$python" -m venv "$here/.venv"
        "$here/.venv/bin/pip" install --quiet --extra-index-url https://download.pytorch.org/whl/cpu \\
            -r "$here/requirements.txt"
    fi
    python="$here/.venv/bin/python"
fi
exec "$python" "$here/generate.py" "$@"
"""

GENERATE = '''"""Five pictures a line of a text file: python generate.py [TEXTS [SAMPLES]]"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "code"))

from workbench.cli import main  # noqa: E402

if __name__ == "__main__":
    texts, samples = (*sys.argv[1:], *[str(HERE / "testing_text.txt"), "samples"][len(sys.argv) - 1 :])
    sys.exit(main(["generate", texts, "--checkpoint", str(HERE / "model.safetensors"), "--out", samples]))
'''

TRAIN = '''"""The training of this model, anew; README.md says on which data and what that means."""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "code"))

from workbench.cli import main  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Further options are those of `workbench train`, such as --kimg 100.",
        allow_abbrev=False,
    )
    parser.add_argument("data", nargs="+", metavar="DATA", help="the course's folder, or all sources in their order")
    parser.add_argument("--out", default="run", metavar="RUN", help="folder of the new run; default: run")
    parser.add_argument("--start", metavar="FILE", help="weights to begin with; default: random ones")
    asked, further = parser.parse_known_args()
    start = ["--start", asked.start] if asked.start else []
    fixed = ["--config", str(HERE / "config.json"), "--out", asked.out, "--wandb", "off"]
    sys.exit(main(["train", *fixed, "--data", *asked.data, *start, *further]))
'''
