"""A tiny judge, tiny generators, and the real `workbench evaluate` on them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from support.evaluations import DATA, N

from workbench.base.checkpoint import save_generator
from workbench.cli import main
from workbench.data.tags import VOCABULARY
from workbench.draw.painter import build
from workbench.gan.architectures.light import Light
from workbench.gan.config import Config
from workbench.judge.classifier import Judge, JudgeNet


@pytest.fixture(scope="module")
def folder(tmp_path_factory, one_thread) -> Path:
    """A tiny judge, a tiny generator and an unconditional one, untrained."""
    place = tmp_path_factory.mktemp("evaluate")
    torch.manual_seed(1)
    Judge(JudgeNet("residual", 2), {"name": "tiny", "trunk": "residual", "width": 2}).save(place / "judge.st")
    counts = np.ones(VOCABULARY.sizes, int).tolist()
    base = Config(latent=16, architecture=Light(g_widths=(16, 8, 8, 8, 8)))
    for name, config in (("tiny", base), ("free", base.replace(conditioning="none", mismatch=0))):
        info = {"config": config.to_json(), "tag_counts": counts, "seen": 4000}
        save_generator(place / f"{name}.safetensors", build(config).state_dict(), info)
    return place


@pytest.fixture(scope="module")
def evaluate(folder, cache):
    """evaluate(subject, *options): the exit status, and the JSON's content."""

    def call(subject: object, *options: object, name: str = "out", data: str = DATA) -> tuple[int, dict]:
        out = folder / f"{name}.json"
        out.unlink(missing_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WORKBENCH_CACHE", str(cache))
            status = main(
                [
                    "evaluate", str(subject), "--data", data, "--samples", str(N), "--threads", "1",
                    "--judge", str(folder / "judge.st"), "--json", str(out), *map(str, options),
                ]
            )  # fmt: skip
        return status, json.loads(out.read_text()) if out.exists() else {}

    return call
