"""LiveRun: a training run in the background of the kernel: start, pause, stop, curves, grids, the doctor's line.

The run folder is all that counts. After a restart of the kernel, `LiveRun` on the same folder goes on from the newest
state, as `workbench train --resume` would.
"""

import threading
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path

import ipywidgets as W
import numpy as np

from workbench.base.errors import WorkbenchError
from workbench.gan.config import Config
from workbench.lab.widgets.images import image
from workbench.lab.widgets.rendering import curves, doctor_line, grid_paths, overview, where
from workbench.train.run import Run
from workbench.train.session import resume, train
from workbench.train.ticks import Tick, Until

REDRAWN = 3.0  # seconds between two drawings of the curves at least: they cost time that training wants
JOINED = 600.0


class LiveRun(W.VBox):
    """A run in the folder `out`, new or begun earlier, trained in a thread.

    config: of a new run; a run that is there already goes on with its own. until: by default the config's kimg.
    wandb: "off", "offline" or "online". error: why the thread ended, if it was an error.
    """

    def __init__(
        self, config: Config, out: str | Path, until: Until | None = None, wandb: str = "off"
    ) -> None:
        self.config, self.path, self.until, self.wandb = config, Path(out), until, wandb
        self.error: Exception | None = None
        self._go, self._stop, self._lock = threading.Event(), threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._drawn = 0.0  # when the curves were drawn last
        buttons = (("start", self.start, "play"), ("pause", self.pause, "pause"), ("stop", self.stop, "stop"))
        self.buttons = {name: W.Button(description=name, icon=icon) for name, _, icon in buttons}
        for name, act, _ in buttons:
            self.buttons[name].on_click(lambda _, act=act: act())
        self.bar = W.FloatProgress(0.0, min=0.0, max=1.0)
        self.said, self.doctor = W.Label(), W.HTML()  # a label would cut the doctor's sentence off
        self.curves, self.grid = image(), image()
        self.epoch = W.IntSlider(0, 0, 0, description="grid")
        self.epoch.observe(lambda change: self._show_grid(change["new"]), "value")
        super().__init__(
            [
                W.HBox([*self.buttons.values(), self.bar]),
                self.said,
                self.doctor,
                self.curves,
                self.epoch,
                self.grid,
            ]
        )
        self._enable()
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether the thread lives, paused or not."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def run(self) -> Run | None:
        """The run folder, None before there is one."""
        return Run.open(self.path) if (self.path / "config.json").is_file() else None

    def start(self) -> None:
        """Begin the run, go on with it where it stopped, or end a pause."""
        self._go.set()
        if self.running:
            self._enable()
            return
        self._stop.clear()
        self.error = None
        self._thread = threading.Thread(target=self._work, name=f"train {self.path.name}", daemon=True)
        self._thread.start()
        self._enable()

    def pause(self) -> None:
        """Hold the run at its next tick; everything stays in memory, nothing is saved."""
        self._go.clear()
        self._enable()

    def stop(self, wait: bool = False) -> None:
        """End the run after the step in hand and save its state; `start` goes on from there."""
        self._stop.set()
        self._go.set()
        if wait:
            self.join()
        self._enable()

    def join(self, timeout: float = JOINED) -> None:
        """Wait until the run has ended, for cells that need its result. Raises what ended it, if it was an error."""
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                raise TimeoutError(f"the run in {self.path} still goes on after {timeout:.0f} s")
        if self.error is not None:
            raise self.error

    def picture(self) -> np.ndarray:
        """Curves and newest grid as one picture (H, W, 3) uint8, for saved notebooks. Raises BadInput without a run."""
        return overview(Run.open(self.path))

    def refresh(self) -> None:
        """Show what the run folder holds now."""
        run = self.run
        if run is None:
            self.said.value = "No run yet: press start."
            return
        with self._lock:  # ticks and buttons come from two threads
            self._drawn = time.monotonic()
            self.said.value = where(run, self.until)
            self.doctor.value = escape(doctor_line(run), quote=False)
            self.curves.value = curves(run)
            count = len(grid_paths(run))
            follows = self.epoch.value == self.epoch.max
            self.epoch.max = max(0, count - 1)
            newest = self.epoch.max if follows else self.epoch.value
        if newest == self.epoch.value:
            self._show_grid(newest)
        self.epoch.value = newest

    def _show_grid(self, number: int) -> None:
        paths = grid_paths(Run.open(self.path))
        if paths:
            self.grid.value = paths[min(number, len(paths) - 1)].read_bytes()

    def _work(self) -> None:
        try:
            for tick in self._ticks():
                self.bar.value = min(1.0, tick.share)
                if tick.grid is not None or time.monotonic() - self._drawn > REDRAWN:
                    self.refresh()
                self._go.wait()
            self.refresh()
        except WorkbenchError as error:
            self._fail(error, str(error))
        except Exception as error:  # noqa: BLE001  # a thread has nobody above it: kept, shown, raised by join()
            self._fail(error, f"{type(error).__name__}: {error}")
        finally:
            self._enable(over=True)

    def _ticks(self) -> Iterator[Tick]:
        if self.run is None:
            return train(self.config, self.path, self.until, self._stop.is_set, self.wandb)
        return resume(self.path, self.until, self._stop.is_set, self.wandb)

    def _fail(self, error: Exception, sentence: str) -> None:
        self.error, self.said.value = error, sentence

    def _enable(self, over: bool = False) -> None:
        """Only what can be done now can be pressed."""
        alive = self.running and not over
        paused = alive and not self._go.is_set()
        self.buttons["start"].disabled = alive and not paused
        self.buttons["pause"].disabled = not alive or paused
        self.buttons["stop"].disabled = not alive
