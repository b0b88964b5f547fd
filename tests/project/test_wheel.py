"""What is built from the repository: an sdist, from that a wheel, and that one in an environment of its own."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = (
    "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "environment.yml", "run.sh", "workbench", "apps", "artifacts", "examples",
)  # fmt: skip
HOOK = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"
TEXTS = "1,blue hair red eyes\n2,yellow hair\nnight,gray eyes pink hair\n"

pytestmark = pytest.mark.wheel


def copied(folder: Path) -> Path:
    """What the package is built of, so that building leaves nothing in the repository."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(ROOT / part, folder / part)
    return folder


def built(hook: str, source: Path, out: Path) -> Path:
    """What this hook of the build backend makes of the folder `source`."""
    done = subprocess.run([sys.executable, "-c", HOOK, hook, out], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out / done.stdout.splitlines()[-1]


@dataclass(frozen=True)
class Built:
    """sdist, wheel, and the `bin` of an environment that holds the wheel, and nothing else of this project."""

    sdist: Path
    wheel: Path
    programs: Path

    def run(
        self, *arguments: object, cwd: Path, program: str = "workbench"
    ) -> subprocess.CompletedProcess[str]:
        """A program of the environment, which sees no other copy of the package."""
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [self.programs / program, *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


@pytest.fixture(scope="session")
def package(tmp_path_factory) -> Built:
    place = tmp_path_factory.mktemp("package")
    sdist = built("build_sdist", copied(place / "source"), place)
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):  # not in Debian 12's Python 3.11.2
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(place / "unpacked")
    (source,) = (place / "unpacked").iterdir()
    wheel = built("build_wheel", source, place)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "venv"], check=True)
    python = place / "venv" / "bin" / "python"
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    libraries = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    # The packages that it depends on; a folder named here is searched, but its own .pth files are not read.
    (libraries / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([*pip, "--python", python, "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    return Built(sdist, wheel, python.parent)


def test_the_wheel_holds_every_file_of_the_packages(package):
    held = set(zipfile.ZipFile(package.wheel).namelist())
    wanted = {
        path.relative_to(folder.parent).as_posix()
        for folder in (ROOT / "workbench", ROOT / "apps" / "workbench_app")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert wanted - held == set()
    assert "workbench/py.typed" in held
    with tarfile.open(package.sdist) as archive:
        unpacked = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in wanted if name not in unpacked and f"apps/{name}" not in unpacked} == set()
    assert {"artifacts/generator.safetensors", "run.sh"} <= unpacked


def test_sdist_and_wheel_are_what_an_index_takes(package):
    """What `twine check` and an index ask of metadata, without a network."""
    from packaging.metadata import Metadata
    from packaging.utils import parse_sdist_filename, parse_wheel_filename

    import workbench

    with zipfile.ZipFile(package.wheel) as archive:
        (place,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        texts = [archive.read(place)]
    with tarfile.open(package.sdist) as archive:
        (place,) = [name for name in archive.getnames() if re.fullmatch(r"[^/]+/PKG-INFO", name)]
        texts.append(archive.extractfile(place).read())  # type: ignore[union-attr]
    for text in texts:
        about = Metadata.from_email(text)  # raises where a field is wrong
        assert (about.name, str(about.version)) == ("anime-face-workbench", workbench.__version__)
        assert about.description_content_type == "text/markdown"
        assert about.description
        assert about.license_expression == "MIT"
        assert about.license_files == ["LICENSE"]
        assert {"app", "lab", "hub", "shards", "export"} <= set(about.provides_extra or ())
        assert about.requires_python
        assert "3.11" in about.requires_python
    name, version, _, tags = parse_wheel_filename(package.wheel.name)
    assert (name, version) == parse_sdist_filename(package.sdist.name)
    assert {str(tag) for tag in tags} == {"py3-none-any"}


def test_the_installed_package_is_the_one_that_is_used(package, tmp_path):
    code = "import workbench; print(workbench.__file__); print(workbench.Painter.open().digest)"
    done = package.run("-c", code, cwd=tmp_path, program="python")
    assert done.returncode == 0, done.stderr
    assert str(package.programs.parent) in done.stdout


def test_the_installed_command_draws_the_same_bytes_as_the_repository(package, tmp_path):
    (tmp_path / "lines.txt").write_text(TEXTS)
    here = tmp_path / "here"
    done = package.run("generate", "lines.txt", "--format", "png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    subprocess.run(
        [sys.executable, "-m", "workbench", "generate", tmp_path / "lines.txt", "--format", "png", "--out", here],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    pictures = sorted(path.name for path in here.iterdir())
    assert len(pictures) == 15
    for name in pictures:
        assert (tmp_path / "samples" / name).read_bytes() == (here / name).read_bytes()


def test_the_installed_command_knows_the_example_and_the_presets(package, tmp_path):
    assert package.run("generate", cwd=tmp_path).returncode == 0
    assert len(list((tmp_path / "samples").iterdir())) == 5 * len(
        (ROOT / "examples" / "testing_text.txt").read_text().splitlines()
    )
    assert "faces-64" in package.run("presets", cwd=tmp_path).stdout


def test_the_installed_command_writes_the_page_of_the_repository(package, tmp_path):
    done = package.run("page", "faces", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    again = [sys.executable, "-m", "workbench", "page", tmp_path / "here"]
    subprocess.run(again, cwd=ROOT, check=True, capture_output=True)
    for file in (tmp_path / "here").iterdir():
        assert (tmp_path / "faces" / file.name).read_bytes() == file.read_bytes()


def test_the_installed_app_starts(package, tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    app = subprocess.Popen(
        [package.programs / "workbench", "app", "--port", "0"], cwd=tmp_path, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert app.stdout
    assert app.stderr
    try:
        address = app.stdout.readline().partition("?")[0]
        assert address.startswith("http://127.0.0.1:"), app.stderr.read()
        for page in ("", "runs", "grade", "runs/_/static/common.js"):
            with urllib.request.urlopen(address + page) as answer:
                assert answer.status == 200
                assert len(answer.read()) > 500, page
    finally:
        app.terminate()
        app.communicate(timeout=60)
