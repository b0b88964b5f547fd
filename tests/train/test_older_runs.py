"""A run folder as the first release wrote it stays readable: told, drawn, reported and gone on with."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench.base.checkpoint import save_state
from workbench.cli import main
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.show.report import report
from workbench.train import handover
from workbench.train.run import Run

OLD = Path(__file__).parents[1] / "support" / "run-of-0.1"


@pytest.fixture
def old(tmp_path) -> Run:
    return Run.open(shutil.copytree(OLD, tmp_path / "run"))


def test_its_doctor_and_its_reports_read_it(old, capsys):
    assert main(["doctor", str(old.path), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["code"], found["seen"]) == ("discriminator-wins", 160)
    assert found["what"].startswith("The discriminator wins: over the last 8 ticks")
    line = old.lines("metrics.jsonl")[-1]
    for language in ("en", "zh-TW"):
        page = report(old, language)
        assert f"{line['fid']:.3f}" in page
        assert f"{line['agreement']['both']:.1%}" in page


def test_its_generator_draws(old):
    (face,) = Painter.open(old.best).draw([Recipe(hair=1, eyes=2)])
    assert face.shape == (16, 16, 3)
    assert np.ptp(face) > 0


def test_it_is_gone_on_with(old, train):
    before = old.lines()
    status, _, _ = train("--resume", old.path, "--stop-kimg", "0.36", "--wandb", "off", "--threads", "1")
    assert status == 0
    after = old.lines()
    assert after[-1]["seen"] >= 360
    kept = [line for line in before if "partial" not in line]
    assert after[: len(kept)] == kept


def test_a_state_from_before_processor_time_was_counted_is_handed_over(old, tmp_path):
    state, _ = old.load_state()
    state.pop("processor", None)
    save_state(old.state_path(state["seen"]), state)
    moved = tmp_path / "moved.safetensors"
    assert main(["export", str(old.path), "--hand-over", str(moved)]) == 0
    _, info = handover.about(moved)
    assert (info["seen"], info["processor"]) == (state["seen"], 0.0)
