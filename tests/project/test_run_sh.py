"""run.sh: what it sets up, when, and what it says; with a stand-in for Python that writes down its calls."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ["bash", "cat", "cp", "dirname", "flock", "mkdir", "mv", "readlink", "rm", "sleep", "tail", "touch"]
INDEX = "https://download.pytorch.org/whl/cpu"

# Makes "virtual environments", notes what pip is asked for, and prints what the workbench is called with.
FAKE_PYTHON = """#!BASH
case "$*" in
*"import sys, venv"*) [ -z "${NO_PYTHON-}" ] ;;
"-m venv "*)
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
    printf '%s\\n' "version = 3.11.7" "command = python -m venv $3" >"$3/pyvenv.cfg" ;;
"-m pip --version") echo "pip ${PIP-26.2} from /somewhere (python 3.12)" ;;
-V) ;;
"-m pip "*)
    shift 2
    echo "$*" >>"$CALLS"
    sleep "${SLOW-0}"
    for failing in ${FAILS-}; do [[ "$*" != *$failing* ]] || { echo "pip says why"; exit 1; }; done
    # A torch that is there has the file that a set-up looks for.
    [[ "$*" != *torch* ]] || { mkdir -p "$SITE/torch" && touch "$SITE/torch/version.py"; } ;;
"-P -m workbench "*) shift 3; printf '[%s]' "$@"; echo; pwd ;;
*) echo "$*"; [[ "$*" != *"${BREAKS-nothing}"* ]] ;;
esac
"""


class Copy:
    """A copy of the project's set-up in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.caller, self.tools, self.project = folder / "caller", folder / "tools", folder / "the project"
        for made in (self.caller, self.tools, self.project):
            made.mkdir()
        for name in ("run.sh", "pyproject.toml"):
            shutil.copy(ROOT / name, self.project)
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.tools / tool).symlink_to(found)
        fake = self.tools / "python3.12"
        fake.write_text(FAKE_PYTHON.replace("BASH", shutil.which("bash") or ""))
        fake.chmod(0o755)
        self.calls_file = folder / "calls"
        self.disk(1_000_000)

    def disk(self, megabytes: int) -> None:
        """From now on `df` tells so much free space."""
        df = self.tools / "df"
        df.write_text(f"#!{shutil.which('bash')}\necho head\necho /dev/x 9 9 {megabytes * 1024} 9% /\n")
        df.chmod(0o755)

    def pin(self, *versions: str) -> None:
        (self.project / "constraints.txt").write_text("".join(f"{version}\n" for version in versions))

    def command(self, *arguments: str) -> list[str]:
        return ["bash", str(self.project / "run.sh"), *arguments]

    def environment(self, **variables: str) -> dict[str, str]:
        site = self.project / ".venv" / "lib" / "python3.12" / "site-packages"
        fixed = {"PATH": self.tools, "HOME": self.caller, "CALLS": self.calls_file, "SITE": site}
        return {**{name: str(value) for name, value in fixed.items()}, **variables}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment(**variables), cwd=self.caller, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def calls(self) -> list[str]:
        """What pip was asked for since the last time."""
        text = self.calls_file.read_text() if self.calls_file.exists() else ""
        self.calls_file.unlink(missing_ok=True)
        return text.splitlines()


@pytest.fixture
def copy(tmp_path) -> Copy:
    return Copy(tmp_path)


@pytest.fixture
def ready(copy) -> Copy:
    assert copy.run().returncode == 0
    copy.calls()
    return copy


@pytest.mark.parametrize("name", ["run.sh", ".ci/run"])
def test_syntax(name):
    subprocess.run(["bash", "-n", str(ROOT / name)], check=True)


def test_the_first_call_sets_up_and_the_second_starts_at_once(copy):
    first = copy.run("my file.txt", "--out", "x y")
    assert first.stdout == f"[generate][my file.txt][--out][x y]\n{copy.caller}\n"
    assert "setting up, once: a virtual environment with python3.12" in first.stderr
    torch, rest = copy.calls()
    assert INDEX in torch
    assert "--retries 1 --timeout 10" in torch
    assert "torch>=2.11,<2.14" in torch
    assert rest.endswith("--editable .")
    second = copy.run("my file.txt")
    assert (second.stderr, copy.calls()) == ("", [])


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ([], ["generate"]),
        (["--seed", "3"], ["generate", "--seed", "3"]),
        (["workbench", "train", "x"], ["train", "x"]),
        (["train", "x"], ["train", "x"]),
        (["presets", "--json"], ["presets", "--json"]),
    ],
)
def test_arguments_reach_the_workbench(ready, arguments, passed):
    shown = "".join(f"[{argument}]" for argument in passed)
    assert ready.run(*arguments).stdout.splitlines()[0] == shown


def test_help_needs_no_set_up(copy):
    done = copy.run("--help")
    assert done.returncode == 0
    assert "bash run.sh test" in done.stdout
    assert not (copy.project / ".venv").exists()


def test_changed_dependencies_are_installed_into_the_same_environment(ready):
    (ready.project / ".venv" / "mine").touch()
    with (ready.project / "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    assert ready.run().returncode == 0
    assert len(ready.calls()) == 2
    assert (ready.project / ".venv" / "mine").exists()


def test_an_interrupted_set_up_is_finished_by_the_next_call(copy):
    failed = copy.run(FAILS="--editable")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "pip says why" in failed.stderr
    assert "call again" in failed.stderr
    assert len(copy.calls()) == 2
    assert copy.run().returncode == 0
    assert len(copy.calls()) == 2


ONLY_USUAL = f"{INDEX} cuda-free.txt"  # pip refuses every call for a CPU build


def is_usual(call: str) -> bool:
    """A call for torch that admits GPU libraries."""
    return "torch" in call and INDEX not in call and "cuda-free" not in call


def test_where_no_cpu_build_can_be_had_the_usual_one_is_taken_with_its_size_said(copy):
    done = copy.run(FAILS=ONLY_USUAL)
    assert done.returncode == 0
    assert done.stdout.startswith("[generate]")
    assert "no CPU build of torch could be had" in done.stderr
    assert "2750 MB to download" in done.stderr
    assert "(1000000 MB are free)" in done.stderr
    *tried, usual, rest = copy.calls()
    assert all(INDEX in call or "cuda-free" in call for call in tried)
    assert is_usual(usual)
    assert "--no-cache-dir" not in usual
    assert rest.endswith("--editable .")
    assert "cuda-free" not in rest, "NVIDIA's libraries are wanted now"
    assert copy.run(FAILS=ONLY_USUAL).stderr == "", "the second time it starts at once"
    assert copy.calls() == []


def test_a_disk_that_cannot_hold_the_usual_build_is_said_with_numbers(copy):
    copy.disk(5000)
    failed = copy.run(FAILS=ONLY_USUAL)
    assert failed.returncode == 1
    assert "has 5000 MB free" in failed.stderr.splitlines()[-1]
    assert "MB" in failed.stderr.splitlines()[-1].split("takes", 1)[1]
    assert not any(is_usual(call) for call in copy.calls())
    assert copy.run().returncode == 0, "the CPU build is asked for again"
    assert INDEX in copy.calls()[0]


def test_a_disk_with_little_room_keeps_no_second_copy(copy):
    copy.disk(9000)
    assert copy.run(FAILS=ONLY_USUAL).returncode == 0
    assert any(is_usual(call) and "--no-cache-dir" in call for call in copy.calls())


def test_a_usual_build_that_is_there_needs_no_room(copy):
    assert copy.run(TORCH="cuda").returncode == 0
    copy.disk(10)
    with (copy.project / "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    assert copy.run().returncode == 0


def test_the_cpu_build_asked_for_is_never_replaced(copy):
    failed = copy.run(FAILS=ONLY_USUAL, TORCH="cpu")
    assert failed.returncode == 1
    assert "no CPU build of torch" in failed.stderr.splitlines()[-1]
    assert "without TORCH=cpu" in failed.stderr.splitlines()[-1]
    assert not any(is_usual(call) for call in copy.calls())
    constraints = (copy.project / ".venv" / "cuda-free.txt").read_text()
    assert "triton<0" in constraints


def test_without_a_connection_that_is_said(copy):
    failed = copy.run(FAILS="torch")
    assert failed.returncode == 1
    assert "check the connection" in failed.stderr.splitlines()[-1]


def test_a_dead_index_is_not_fatal(copy):
    assert copy.run(FAILS=INDEX).returncode == 0
    calls = copy.calls()
    assert [INDEX in call for call in calls] == [True, False, False]
    assert "cuda-free" in calls[1]


def test_the_tested_versions_are_taken(copy):
    copy.pin("torch==2.13.0", "numpy==2.4.6")
    assert copy.run().returncode == 0
    torch, rest = copy.calls()
    assert torch.endswith(" torch==2.13.0")
    assert f"--constraint {copy.project}/constraints.txt" in rest


def test_a_tested_version_that_cannot_be_had_is_replaced_and_that_is_said(copy):
    copy.pin("torch==2.13.0", "numpy==2.4.6")
    done = copy.run(FAILS="torch== constraints.txt")
    assert done.returncode == 0
    assert "not every version of constraints.txt can be had here" in done.stderr
    calls = copy.calls()
    assert "torch>=2.11,<2.14" in calls[-3]
    assert calls[-1].endswith("--editable .")
    assert "constraints.txt" not in calls[-1]


def test_other_tested_versions_are_installed_by_the_next_call(copy):
    copy.pin("torch==2.13.0")
    assert copy.run().returncode == 0
    copy.calls()
    copy.pin("torch==2.13.1")
    assert copy.run().returncode == 0
    assert copy.calls()[0].endswith(" torch==2.13.1")


def test_the_usual_torch_on_request_and_kept(copy):
    assert copy.run(TORCH="cuda").returncode == 0
    torch, rest = copy.calls()
    assert torch == "install --disable-pip-version-check --no-input torch>=2.11,<2.14"
    assert rest == "install --disable-pip-version-check --no-input --editable ."
    assert copy.run().stderr == ""
    assert copy.run(TORCH="cpu").returncode == 0
    assert [call.split()[0] for call in copy.calls()] == ["uninstall", "install", "install"]
    unknown = copy.run(TORCH="tpu")
    assert unknown.returncode == 1
    assert "TORCH=tpu is not known" in unknown.stderr


@pytest.mark.parametrize("damage", ["moved", "no python"])
def test_an_environment_that_does_not_work_is_made_anew(ready, damage):
    (ready.project / ".venv" / "mine").touch()
    if damage == "moved":
        ready.project = ready.project.rename(ready.project.with_name("elsewhere"))
    else:
        (ready.project / ".venv" / "bin" / "python").unlink()
    assert ready.run().returncode == 0
    assert not (ready.project / ".venv" / "mine").exists()
    assert len(ready.calls()) == 2


@pytest.mark.parametrize(
    ("pip", "renewed"), [("23.0.1", True), ("23.1", False), ("9.0.3", True), ("26.2", False)]
)
def test_a_pip_that_searches_for_minutes_is_renewed_first(copy, pip, renewed):
    done = copy.run(PIP=pip)
    assert done.returncode == 0, done.stderr
    first = copy.calls()[0]
    assert first.endswith("install --disable-pip-version-check --no-input --upgrade pip>=23.1") == renewed


def test_an_old_pip_serves_where_no_newer_one_can_be_had(copy):
    assert copy.run(PIP="23.0.1", FAILS="pip>=23.1").returncode == 0


def test_two_calls_at_once_set_up_once(copy):
    if not (copy.tools / "flock").exists():
        pytest.skip("no flock here")
    environment = copy.environment(SLOW="0.3")
    calls = [
        subprocess.Popen(copy.command(), env=environment, cwd=copy.caller, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [call.communicate()[0] for call in calls] == [f"[generate]\n{copy.caller}\n"] * 3
    assert len(copy.calls()) == 2


def test_no_python_is_said(copy):
    failed = copy.run(NO_PYTHON="1")
    assert failed.returncode == 1
    assert "no Python from 3.11 to 3.13" in failed.stderr
    assert not (copy.project / ".venv").exists()


def test_a_named_python_that_does_not_do_is_said_and_no_other_one_taken(copy):
    failed = copy.run(PYTHON="/nonexistent/python")
    assert failed.returncode == 1
    assert "PYTHON=/nonexistent/python does not do" in failed.stderr
    assert not (copy.project / ".venv").exists()


def test_tests_are_set_up_apart_and_run_all_checks(ready):
    done = ready.run("test", "-k", "some thing")
    assert done.returncode == 0
    assert ready.calls()[-1].endswith("--editable .[test]")
    assert done.stdout.splitlines() == [
        "-m ruff check .", "-m ruff format --check .", "-m pyright",
        "-m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder -k some thing",
    ]  # fmt: skip
    assert ready.run("test").returncode == 0
    assert ready.run().returncode == 0
    assert ready.calls() == []
    failed = ready.run("test", BREAKS="-m pyright")
    assert failed.returncode == 1
    assert "-m pytest" in failed.stdout  # the later checks run too
    assert failed.stderr.splitlines()[-1] == "run.sh: failed: types"


def test_quick_and_coverage_are_options_of_the_tests(ready):
    *_, pytest_call = ready.run("test", "--quick", "--coverage", "-k", "x").stdout.splitlines()
    assert (
        " -m not slow --cov workbench --cov workbench_app --cov-report term:skip-covered -k x" in pytest_call
    )


def test_the_project_can_be_read_only_once_set_up(ready):
    if os.geteuid() == 0:
        pytest.skip("root writes anywhere")
    ready.project.chmod(0o555)
    try:
        assert ready.run().returncode == 0
    finally:
        ready.project.chmod(0o755)


def test_the_app_and_the_notebooks_set_up_what_only_they_need(ready):
    shown = ready.run("app", "--port", "7001")
    assert shown.stdout.splitlines()[0] == "[app][--port][7001]"
    assert any(call.endswith("--editable .[app]") for call in ready.calls())
    lab = ready.run("lab", "--no-browser")
    assert lab.stdout.startswith("-m jupyter lab --ServerApp.ip=127.0.0.1 ")
    assert lab.stdout.endswith("notebooks/00_tour.ipynb --no-browser\n")
    assert any(call.endswith("--editable .[lab]") for call in ready.calls())
    assert ready.run("lab").stderr == "", "the second time it starts at once"
