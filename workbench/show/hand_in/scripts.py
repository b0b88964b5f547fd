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

TRAIN = '''"""The training of this model, anew: python train.py DATA [RUN], where DATA is the course's folder"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "code"))

from workbench.cli import main  # noqa: E402

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    data, run = (*sys.argv[1:], "run")[:2]
    sys.exit(main(["train", "--config", str(HERE / "config.json"), "--data", data, "--out", run, "--wandb", "off"]))
'''
