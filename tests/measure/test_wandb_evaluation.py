"""An evaluation as a run of W&B: figures, a table of samples and the page, read back from the offline log."""

import json
from pathlib import Path

import pytest
import wandb
from PIL import Image
from support.evaluations import N
from support.offline_logs import config_of, history, of_kind, the_log

from workbench.data.tags import VOCABULARY


@pytest.fixture
def mirrored(evaluate, folder, tmp_path, monkeypatch):
    """The figures, and the log of their evaluation."""
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    for name in ("CACHE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"WANDB_{name}_DIR", str(tmp_path / "wandb" / name.lower()))
    options = ("--wandb", "offline", "--html", folder / "page.html")
    status, result = evaluate(folder / "tiny.safetensors", *options, name="mirrored")
    assert status == 0
    return result, the_log(tmp_path)


def test_figures_samples_and_page_are_in_the_log(mirrored):
    result, log = mirrored
    (row,) = history(log)
    assert row["eval/fid"] == pytest.approx(result["fid"])
    assert row["eval/both"] == pytest.approx(result["agreement"]["both"])
    assert config_of(log)["evaluation"]["n"] == N
    assert of_kind(log, "run")[0].job_type == "evaluate"
    found = {artifact.type: artifact for artifact in of_kind(log, "artifact")}
    assert {entry.path for entry in found["evaluation"].manifest.contents} == {
        "evaluation.html",
        "evaluation.json",
    }
    files = {entry.path: Path(entry.local_path) for entry in found["run_table"].manifest.contents}
    table = json.loads(files["samples.table.json"].read_text())
    assert len(table["data"]) == N
    for picture, *names, nearest in table["data"]:
        assert Image.open(files[picture["path"]]).size == (64, 64)
        kinds = ("hair", "eyes", "hair", "eyes")
        assert all(name in VOCABULARY.colours(kind) for name, kind in zip(names, kinds, strict=True))
        assert nearest > 0


def test_a_failing_service_costs_a_warning_and_no_figure(evaluate, folder, monkeypatch):
    def init(**_):
        raise wandb.errors.CommError("no service")

    monkeypatch.setattr(wandb, "init", init)
    with pytest.warns(UserWarning, match="no service"):
        status, result = evaluate(folder / "tiny.safetensors", "--wandb", "online", name="failing")
    assert status == 0
    assert result["n"] == N
