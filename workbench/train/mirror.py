"""Mirrors of the ticks: Weights & Biases. A mirror never stops, delays or leads a run."""

import os
import threading
import warnings
from queue import Full, Queue
from typing import Any, Literal

from workbench.train.loop import Tick
from workbench.train.run import Run

CLOSE_SECONDS = 20.0  # how long the end of a run waits for W&B
QUEUE_LENGTH = 64


class WandbSink:
    """Scalars and grids to W&B, offline (into the run folder) unless `mode` is "online".

    All calls to wandb happen in a thread of their own: a hanging or dead service costs a warning, nothing
    else. The local ticks.jsonl stays the truth.
    """

    def __init__(
        self, run: Run, config: dict[str, Any], mode: Literal["offline", "online"] = "offline"
    ) -> None:
        self._queue: Queue[Tick | None] = Queue(QUEUE_LENGTH)
        self._failed = False
        self._thread = threading.Thread(
            target=self._work, args=(run, config, mode), daemon=True, name="wandb"
        )
        self._thread.start()

    def log(self, tick: Tick) -> None:
        """Hand over one tick; returns at once."""
        if self._failed:
            return
        try:
            self._queue.put_nowait(tick)
        except Full:
            self._give_up("it takes ticks too slowly")

    def close(self) -> None:
        """Let W&B finish, but not for longer than CLOSE_SECONDS."""
        try:
            self._queue.put_nowait(None)
        except Full:
            self._give_up("it takes ticks too slowly")
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            self._give_up(f"it did not finish within {CLOSE_SECONDS:.0f} s")

    def _give_up(self, reason: object) -> None:
        if not self._failed:
            self._failed = True
            warnings.warn(f"W&B is off for the rest of this run: {reason}; ticks.jsonl goes on", stacklevel=2)

    def _work(self, run: Run, config: dict[str, Any], mode: Literal["offline", "online"]) -> None:
        try:
            self._mirror(run, config, mode)
        except Exception as error:  # noqa: BLE001  # whatever W&B does, the run goes on
            self._give_up(f"{type(error).__name__}: {error}")

    def _mirror(self, run: Run, config: dict[str, Any], mode: Literal["offline", "online"]) -> None:
        _contain(run)
        import wandb
        from PIL import Image

        settings = wandb.Settings(
            console="off", x_disable_stats=True, disable_git=True, disable_code=True, silent=True
        )
        mirror = wandb.init(
            project="anime-face-workbench", name=run.name, dir=str(run.path), config=config, mode=mode,
            settings=settings,
        )  # fmt: skip
        mirror.define_metric("*", step_metric="kimg")
        while (tick := self._queue.get()) is not None:
            logged: dict[str, Any] = dict(tick.scalars)
            if tick.findings:
                logged["findings"] = "\n".join(finding.sentence() for finding in tick.findings)
            if tick.grid is not None:
                logged["samples"] = wandb.Image(
                    Image.fromarray(tick.grid), caption=f"{tick.seen:,} pictures seen"
                )
            mirror.log(logged)
        mirror.finish()


def _contain(run: Run) -> None:
    """Keep everything that wandb writes inside the run folder, unless the user has decided otherwise."""
    for name in ("CACHE", "CONFIG", "DATA"):
        os.environ.setdefault(f"WANDB_{name}_DIR", str(run.path / "wandb" / name.lower()))
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
