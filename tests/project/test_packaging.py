"""What pyproject.toml says of Pythons and packages is what environment.yml, constraints.txt and CI say."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHONS = SpecifierSet(PROJECT["requires-python"])
# Of releases that there may be; a new one is admitted in pyproject.toml first.
NAMED = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in PYTHONS]


def needs(lines) -> dict[str, SpecifierSet]:
    """Package and range of each requirement."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one.specifier for one in found}


EXTRAS = PROJECT["optional-dependencies"]
RANGES = needs([*PROJECT["dependencies"], *(line for name in EXTRAS for line in EXTRAS[name])])
PINNED = needs(
    line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")
)


def conda_and_pip() -> tuple[dict[str, SpecifierSet], list[str]]:
    """environment.yml's packages with their ranges, and pip's other lines."""
    *conda, last = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    lines = [line for line in [*conda, *last["pip"]] if not line.startswith(("--", "pip", "python="))]
    return needs(lines), [line for line in last["pip"] if line.startswith("--")]


def test_environment_yml_has_the_ranges_of_pyproject():
    listed, _ = conda_and_pip()
    assert len(listed) > 10
    assert listed == {name: RANGES[name] for name in listed}


def test_environment_yml_names_all_that_the_program_needs():
    listed, options = conda_and_pip()
    wanted = needs([*PROJECT["dependencies"], *EXTRAS["app"], *EXTRAS["lab"], *EXTRAS["tensorboard"]])
    assert wanted.keys() - listed.keys() == set()
    assert "--editable .[test]" in options


def test_environment_yml_has_a_python_of_pyproject():
    text = (ROOT / "environment.yml").read_text()
    (python,) = re.findall(r"- python=([0-9.]+)", text)
    assert python in NAMED


@pytest.mark.parametrize(
    "name", sorted(RANGES.keys() - {"anime-face-workbench", "setuptools", "torch-fidelity"})
)
def test_the_tested_version_lies_in_the_range(name):
    # setuptools comes with the environment; torch-fidelity is an extra that the tests do without
    (pin,) = PINNED[name]
    assert pin.operator == "=="
    assert Version(pin.version) in RANGES[name]


def test_every_tested_version_is_one_version_of_every_system():
    for name, pins in PINNED.items():
        (pin,) = pins
        assert pin.operator == "==", name
        assert Version(pin.version).local is None, f"{name}: {pin} is a build for some machines only"
    assert not [name for name in PINNED if name.startswith("nvidia-")]


def test_ci_runs_the_same_command_on_every_python_of_pyproject():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    job = workflow["jobs"]["tests"]
    assert job["strategy"]["matrix"]["python"] == NAMED
    assert job["env"]["PYTHON"] == "python${{ matrix.python }}"
    steps = [step["run"] for step in job["steps"] if "run" in step]
    assert steps[-1] == "bash .ci/run"
    assert any("playwright install" in step for step in steps)


def test_run_sh_takes_the_pythons_and_the_torch_of_pyproject():
    text = (ROOT / "run.sh").read_text()
    (candidates,) = re.findall(r"candidates=\((.*) python3\)", text)
    assert candidates.split() == [f"python{version}" for version in NAMED]
    (torch,) = re.findall(r"TORCH_RANGE='(.*)'", text)
    assert Requirement(torch).specifier == RANGES["torch"]
