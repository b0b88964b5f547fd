"""Where the trainings of an arena run: on this machine, on a Ray cluster, by SLURM. Adding another is a class here.

A training is `workbench train` in a process of its own, wherever that is. Nothing but the exit status comes back: the
arena's folder, which all machines share, is the only truth. So whatever becomes of a machine, its training is asked
for once more, and goes on from what lies in the folder.
"""

import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Protocol

from workbench.base.errors import BadInput, did_you_mean

POLL = 0.2  # seconds
DAY = 24 * 60  # minutes, that SLURM is asked for; what it cuts off goes on in another job


class Lost(Exception):
    """A training whose machine or process is gone; its folder holds what it had saved."""


class Handle(Protocol):
    """A training that was submitted."""

    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        ...

    def result(self) -> int:
        """Its exit status; raises where there is none."""
        ...


def trial(options: list[str], log: str, halt: str) -> int:
    """`workbench train OPTIONS` to its end; the exit status. Its words go into `log`; once `halt` is there, it is
    asked to save and end.

    A session of its own: Ctrl-C reaches it through `halt` only, once. It does not outlive the process that runs this,
    so that no two trainings of one run come to be where another machine takes over.
    """
    words = [sys.executable, "-P", "-m", "workbench", "train", *options]
    if shutil.which("setpriv"):  # of util-linux; without it a training may outlive its killed parent
        words = ["setpriv", "--pdeathsig", "KILL", *words]
    with open(log, "a") as said:
        child = subprocess.Popen(
            words, stdout=said, stderr=said, stdin=subprocess.DEVNULL, start_new_session=True
        )
        told = False
        try:
            while child.poll() is None:
                if not told and Path(halt).exists():
                    child.send_signal(signal.SIGINT)
                    told = True
                time.sleep(POLL)
        finally:
            if child.poll() is None:
                child.kill()
    return child.returncode


class Executor(ABC):
    """Submits trials. address: what followed `://`; folder: the arena's; threads: of each training."""

    lost: tuple[type[BaseException], ...] = ()
    """what `Handle.result` raises where a machine is gone"""

    def __init__(self, address: str, folder: Path, threads: int) -> None:
        self.address, self.folder, self.threads = address, folder, threads

    @abstractmethod
    def submit(self, options: list[str], log: Path, halt: Path) -> Handle:
        """Begin `trial` with these, somewhere."""

    def status(self, handle: Handle) -> int:
        """The exit status of a training that is done. Raises Lost where its process or its machine is gone."""
        try:
            status = handle.result()
        except self.lost as error:
            raise Lost(str(error).strip().partition("\n")[0]) from None
        if status == -signal.SIGKILL:
            raise Lost("its process was killed")
        return status

    def width(self, together: int, entries: int) -> int:
        """How many trainings may be submitted at once: all, where a cluster queues them itself."""
        return entries

    def close(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of what was opened."""


class Local(Executor):
    """Processes of this machine."""

    def __init__(self, address: str, folder: Path, threads: int) -> None:
        super().__init__(address, folder, threads)
        if address:
            raise BadInput(f"--executor local has no address; got '{address}'")
        self.pool = ThreadPoolExecutor(64)

    def submit(self, options: list[str], log: Path, halt: Path) -> Handle:
        return self.pool.submit(trial, options, str(log), str(halt))

    def width(self, together: int, entries: int) -> int:
        return together

    def close(self) -> None:
        self.pool.shutdown()


class Ray(Executor):
    """A Ray cluster: `ray` (RAY_ADDRESS, else this machine), `ray://auto` (the one that this machine belongs to),
    `ray://HOST:PORT`; what follows `ray://` is given to `ray.init` as it is.

    The package, the arena's folder and the data lie under the same names on every node.
    """

    def __init__(self, address: str, folder: Path, threads: int) -> None:
        super().__init__(address, folder, threads)
        # A cluster that is begun here tells nobody of its use.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray = self.ray = _imported("ray", "ray")
        self.lost = (ray.exceptions.RayError,)
        self.begun = not ray.is_initialized()
        if self.begun:
            try:
                ray.init(address=address or None, log_to_driver=False, logging_level="error")
            except (ConnectionError, ValueError, RuntimeError) as error:
                first = str(error).strip().partition("\n")[0]
                raise BadInput(
                    f"--executor ray://{address}: no Ray cluster answers there ({first})"
                ) from None
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        # No retry of Ray's own: what a training is asked for depends on what the folder holds by then.
        self.remote = ray.remote(trial).options(num_cpus=threads, num_gpus=gpus, max_retries=0)

    def submit(self, options: list[str], log: Path, halt: Path) -> Handle:
        return self.remote.remote(options, str(log), str(halt)).future()

    def close(self) -> None:
        if self.begun:
            self.ray.shutdown()


class Slurm(Executor):
    """SLURM by submitit: `slurm`; `slurm://local` tries the same without a SLURM. Options of sbatch that a site needs
    are given as it reads them itself, by its variables (SBATCH_PARTITION, SBATCH_ACCOUNT)."""

    def __init__(self, address: str, folder: Path, threads: int) -> None:
        super().__init__(address, folder, threads)
        submitit = _imported("submitit", "slurm")
        self.lost = (submitit.core.utils.UncompletedJobError, submitit.core.utils.FailedJobError)
        cluster = address or "slurm"
        try:
            self.jobs = submitit.AutoExecutor(folder=folder / ".slurm", cluster=cluster)
        except (RuntimeError, ValueError) as error:
            raise BadInput(f"--executor slurm: {error}") from None
        self.jobs.update_parameters(cpus_per_task=threads, timeout_min=DAY, name="workbench")

    def submit(self, options: list[str], log: Path, halt: Path) -> Handle:
        return self.jobs.submit(trial, options, str(log), str(halt))


EXECUTORS: dict[str, type[Executor]] = {"local": Local, "ray": Ray, "slurm": Slurm}


class Chosen:
    """`NAME[://ADDRESS]`, as it is written on the command line, until the arena's folder is there."""

    default: ClassVar[str] = "local"

    def __init__(self, text: str = default) -> None:
        self.name, _, self.address = text.partition("://")
        if self.name not in EXECUTORS:
            known = ", ".join(EXECUTORS)
            raise BadInput(
                f"unknown executor '{self.name}'{did_you_mean(self.name, list(EXECUTORS))}; known: {known}"
            )

    @contextlib.contextmanager
    def opened(self, folder: Path, threads: int):
        """The executor for an arena's folder; closed afterwards. Raises BadInput where it cannot be had."""
        executor = EXECUTORS[self.name](self.address, folder, threads)
        try:
            yield executor
        finally:
            executor.close()


def _imported(name: str, extra: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise BadInput(
            f"--executor {extra} needs the package '{name}': pip install 'anime-face-workbench[{extra}]'"
        ) from None
