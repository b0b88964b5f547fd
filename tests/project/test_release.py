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


def test_the_models_card_has_the_hubs_metadata():
    metadata = yaml.safe_load((ROOT / "artifacts" / "README.md").read_text().split("---")[1])
    assert metadata["license"] == "mit"
    assert metadata["model-index"][0]["results"]
