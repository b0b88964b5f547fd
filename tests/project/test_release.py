"""What a release brings besides the package: container, Space, citation, site."""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import workbench

ROOT = Path(__file__).parents[2]
yaml = pytest.importorskip("yaml")
CONTAINER = (ROOT / "Containerfile").read_text()


def space(out: Path) -> None:
    subprocess.run([sys.executable, ROOT / "space" / "make.py", out], check=True)


def test_the_containers_command_answers_healthz(tmp_path):
    pytest.importorskip("gradio")
    (command,) = re.findall(r"^CMD (\[.*\])$", CONTAINER, re.MULTILINE)
    words = [word.replace("/data", str(tmp_path)) for word in json.loads(command)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        words[words.index("7860")] = port = str(free.getsockname()[1])
    assert words[0] == "workbench"
    with (tmp_path / "said").open("w") as said:
        app = subprocess.Popen([sys.executable, "-m", *words], stdout=said, stderr=said, cwd=tmp_path)
    try:
        until = time.monotonic() + 300
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
                    assert json.loads(answer.read())["ok"]
                    break
            except OSError:  # refused, or slow on a busy machine
                assert app.poll() is None, (tmp_path / "said").read_text()
                assert time.monotonic() < until
                time.sleep(0.2)
    finally:
        app.terminate()
        app.wait(60)


def test_all_that_the_container_copies_is_there():
    copied = re.findall(r"^COPY (.*) \S+$", CONTAINER, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name


def test_a_space_is_the_container_under_the_names_that_it_wants(tmp_path):
    space(tmp_path / "out")
    out = tmp_path / "out"
    metadata = yaml.safe_load((out / "README.md").read_text().split("---")[1])
    assert (metadata["sdk"], metadata["app_port"]) == ("docker", 7860)
    assert (out / "Dockerfile").read_text() == CONTAINER
    for name in " ".join(re.findall(r"^COPY (.*) \S+$", CONTAINER, re.MULTILINE)).split():
        assert (out / name).exists(), name
    largest = max(path.stat().st_size for path in out.rglob("*") if path.is_file())
    assert largest < 10_000_000, "above this the Hub wants LFS"


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert cited["version"] == workbench.__version__
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()


@pytest.mark.parametrize(
    ("name", "kind"), [("README.md", "Model"), ("judges.md", "Model"), ("data.md", "Dataset")]
)
def test_the_hub_reads_the_cards(name, kind):
    hub = pytest.importorskip("huggingface_hub")
    card = getattr(hub, f"{kind}Card").load(ROOT / "artifacts" / name)
    known = card.data.to_dict()
    if kind == "Model":
        assert (known["license"], known["library_name"]) == ("mit", "workbench")
    else:
        assert known["license"] == "other"
        assert known["size_categories"] == ["10K<n<100K"]
    assert len(card.text) > 500


def test_the_models_card_tells_what_its_figures_file_tells():
    hub = pytest.importorskip("huggingface_hub")
    results = hub.ModelCard.load(ROOT / "artifacts" / "README.md").data.eval_results
    told = {result.metric_type: result.metric_value for result in results}
    measured = json.loads((ROOT / "benchmarks" / "results" / "evaluate_shipped.json").read_text())
    assert told["tag-agreement"] == pytest.approx(measured["agreement"]["both"], abs=5e-4)
    assert told["frechet-distance"] == pytest.approx(measured["fid"], abs=5e-4)


def test_the_card_names_config_data_and_commit():
    card = json.loads((ROOT / "artifacts" / "generator.json").read_text())
    text = (ROOT / "artifacts" / "README.md").read_text()
    for part in (card["data"], *card["data"]["sources"]):
        assert part["hash"] in text
    assert f"version {card['trained with']['workbench']}" in text
    assert re.search(r"commit `[0-9a-f]{7,40}` brought these weights", text)


def test_a_run_keeps_the_commit_that_it_was_trained_by(finished):
    about = json.loads((finished / "environment.json").read_text())
    assert re.fullmatch(r"([0-9a-f]{40}(-dirty)?)?", about["commit"])
    assert bool(about["commit"]) == (ROOT / ".git").exists()


def test_the_changelog_begins_with_what_is_unreleased_and_this_version():
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert heads[:2] == ["Unreleased", f"{workbench.__version__} ({cited['date-released']})"]
