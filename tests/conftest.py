"""Tiny networks, a small set of drawn faces and one finished run, shared by several files of tests."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.register_assert_rewrite("support")  # before anything imports it

from support.tiny_runs import DATA, STEPS, TINY, WHOLE, Command, flags  # noqa: E402

# The cores are shared, by the processes of pytest-xdist and by commands and servers that tests start. There a second
# thread of networks this small only waits for its turn (a training of a second takes a minute).
os.environ["OMP_NUM_THREADS"] = "1"

# Real browsers, servers, JupyterLab, notebooks, arenas, kills, whole reports and commands in processes of their own:
# what `run.sh test --quick` leaves out.
SLOW = (
    "test_app_browser",
    "test_app_guard",
    "test_app_odd",
    "test_app_proxy",
    "test_app_quick",
    "test_app_server",
    "test_app_wall",
    "test_app_words",
    "test_arena",
    "test_arena_browser",
    "test_cache_integrity",
    "test_edit",
    "test_equal_gradients",
    "test_executors",
    "test_grade_app",
    "test_lab",
    "test_lab_driving",
    "test_notebooks",
    "test_onnx",
    "test_output",
    "test_pack",
    "test_page",
    "test_processes",
    "test_report",
    "test_restore",
    "test_resume",
    "test_run_sh",
    "test_runs_browser",
    "test_runs_control",
    "test_stack",
    "test_translate",
    "test_watched",
    "test_wheel",
    "test_widgets",
)

MINUTES = (  # of files that are quick but for these: a training of every preset, of every triple, of every advice
    "test_every_preset_trains_two_steps_and_draws",
    "test_every_triple_plays_two_steps_or_is_refused",
    "test_advised_options_are_typed_as_the_command_reads_them",
)

# The longest files come first, or one process ends long after the other (run.sh: --no-loadscope-reorder).
FIRST = (
    "test_notebooks",
    "test_app_browser",
    "test_onnx",
    "test_page",
    "test_runs_control",
    "test_processes",
    "test_matrix",
    "test_presets",
    "test_output",
    "test_resume",
    "test_report",
    "test_app_wall",
    "test_arena",
    "test_lab_driving",
    "test_wheel",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow files' tests, and those that kill processes or train for long."""
    items.sort(key=lambda item: FIRST.index(item.path.stem) if item.path.stem in FIRST else len(FIRST))
    for item in items:
        name = item.name.partition("[")[0]
        if item.path.stem in SLOW or name in MINUTES or "kill" in name:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def cache(tmp_path_factory) -> Path:
    """Decoded pictures; nothing in these tests may reach the user's own caches."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def command(cache, tmp_path_factory) -> Command:
    env = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
    home = str(tmp_path_factory.mktemp("home"))
    return Command(env | {"WORKBENCH_CACHE": str(cache), "HOME": home})


@pytest.fixture(scope="session")
def faces(cache):
    """64 drawn faces at 16 pixels, exact tags."""
    from workbench.data.faceset import FaceSet

    return FaceSet.open(DATA, size=16, progress=False, cache=cache)


@pytest.fixture(scope="session")
def one_thread():
    """More threads only wait for each other on networks this small."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def one_thread_again(request):
    """Commands that an earlier test called in this process set the threads of torch; those who asked for one get it."""
    if "one_thread" in request.fixturenames:
        import torch

        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def devices(one_thread):
    """One process on the CPU."""
    from workbench.base.devices import Devices

    return Devices(accelerator="cpu")


@pytest.fixture(scope="session")
def tiny() -> Callable:
    """tiny(**changes): a checked Config of tiny networks."""
    from workbench.gan.config import Config

    return lambda **changes: Config().replace(**(TINY | changes)).checked()


@pytest.fixture(scope="session")
def play(devices, faces, cache) -> Callable:
    """play(config): a game and its batches, ready for `game.step(batches)`."""
    from workbench.data.faceset import FaceSet
    from workbench.train.batches import Batches
    from workbench.train.games.tags_to_face import TagsToFace

    sized = {faces.size: faces}

    def start(config, tags=None):
        if config.size not in sized:
            sized[config.size] = FaceSet.open(DATA, size=config.size, progress=False, cache=cache)
        own = sized[config.size]
        tags = own.train().y if tags is None else tags
        return TagsToFace(config, devices, tags), Batches(own, config, devices)

    return start


@pytest.fixture(scope="session")
def train_here(cache, devices) -> Callable[..., int]:
    """train_here(*arguments): the exit status of the command, called within this process."""
    from workbench.cli import main

    def call(*arguments: object) -> int:
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("WORKBENCH_CACHE", str(cache))
                for name in ("CACHE", "CONFIG", "DATA"):
                    patch.setenv(f"WANDB_{name}_DIR", str(cache / "wandb"))
                return main(["train", *map(str, arguments), *Command({}).where])
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    return call


@pytest.fixture
def train(train_here, capsys) -> Callable[..., tuple[int, str, str]]:
    """train(*arguments): exit status, stdout and stderr of the command, called within this process."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return train_here(*arguments), *capsys.readouterr()

    return call


@pytest.fixture(scope="session")
def finished(command, tmp_path_factory) -> Path:
    """The folder of a run by the real command, never interrupted, with W&B as it is by default."""
    out = tmp_path_factory.mktemp("runs") / "finished"
    done = command.run("faces-64", "--data", DATA, "--out", out, "--steps", STEPS, *flags(**WHOLE))
    assert done.returncode == 0, done.stderr
    return out
