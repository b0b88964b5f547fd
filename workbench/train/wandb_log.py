"""One run as Weights & Biases knows it: identity, config, metrics, ticks, files. Everything here may raise."""

import os
import tempfile
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.data.pictures import save_png
from workbench.measure.figures import shown_in
from workbench.train.logged_ticks import LoggedTicks
from workbench.train.run import Run
from workbench.train.ticks import Tick
from workbench.train.wandb_place import WandbTarget, identity, readable, remembered

BEST = {"low": "min,last", "high": "max,last", "real": "last"}  # what a table of runs shows of a curve
KEPT = ("workbench", "python", "torch", "machine", "device", "processes", "threads", "data")


class WandbLog:
    """A run of W&B that is open. path: where its folder lies, under a name that is UTF-8."""

    def __init__(self, run: Run, config: Json, place: WandbTarget, root: Any, past: LoggedTicks) -> None:
        import wandb

        known = run.read_json("environment.json")
        told = config | {name: known[name] for name in ("data_hash", "preset") if name in known}
        told["environment"] = {name: known[name] for name in KEPT if name in known}
        self.run, self.known, self.past = run, known, past
        self.went_on: int | None = None
        settings = wandb.Settings(
            console="off", x_disable_stats=True, disable_git=True, disable_code=True, silent=True
        )
        name = os.environ.get("WANDB_NAME") or readable(run.name)
        self.mirror = wandb.init(
            id=identity(run), resume="allow", name=name, dir=str(root), config=readable(told), settings=settings,
            **remembered(run, place).of_init(),
        )  # fmt: skip
        self.online = place.mode == "online"
        self.has = self._has()  # thousands of pictures up to which W&B has the ticks

    def _has(self) -> float:
        """Online, W&B may have the run already, and more of it than its folder where a kill came before a state."""
        if not (self.online and self.mirror.resumed):
            return -1.0
        last = self.mirror.summary.get("kimg")
        return float(last) if isinstance(last, int | float) else -1.0

    def begin(self) -> None:
        """Metrics, the data that go into the run, and whatever of its past W&B does not have."""
        self.mirror.define_metric("*", step_metric="kimg")
        for figure in shown_in("monitor"):
            key = f"eval/{figure.key}"
            self.mirror.define_metric(key, step_metric="kimg", summary=BEST[figure.better])
        self.mirror.define_metric("eval/score", step_metric="kimg", summary=BEST["low"])
        if self.online:  # offline logs know no inputs; there the config holds the data's hash
            self._use_data()
        for tick in self.past:
            self.log(tick)
        self.went_on = self.past.seen if len(self.past) else None

    def log(self, tick: Tick) -> None:
        """One tick, unless W&B has it; the first one after a stop says so."""
        if tick.seen / 1000 <= self.has:
            return
        logged: Json = dict(tick.scalars) | {"seconds": tick.seconds}
        if tick.findings:
            logged["findings"] = readable("\n".join(finding.sentence() for finding in tick.findings))
        if self.went_on is not None and tick.seen > self.went_on:
            logged["resumed"], self.went_on = self.went_on / 1000, None
        if tick.grid is None:
            self.mirror.log(logged)
            return
        import wandb

        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            path = Path(folder) / "samples.png"  # it says when it was drawn: a log that is written anew asks
            known = {"seen": tick.seen, "epoch": tick.scalars.get("epoch"), "partial": tick.partial}
            save_png(path, tick.grid, known)
            self.mirror.log(logged | {"samples": wandb.Image(str(path), caption=caption(tick))})

    def _use_data(self) -> None:
        import wandb

        if digest := self.known.get("data_hash"):
            told = readable(self.known.get("data", {}))
            self.mirror.use_artifact(wandb.Artifact(f"data-{digest}", "dataset", metadata=told))

    def finish(self) -> None:
        """The best generator with what is known of it, then the end."""
        if self.run.best.exists() and not self.run.path.is_symlink():  # a link goes away with this process
            self.mirror.log_artifact(best_model(self.run), aliases=["best"])
        self.mirror.finish()


def best_model(run: Run) -> Any:
    """The best generator of a run as an artifact; not copied: the run's own file is what is synced."""
    import wandb

    from workbench.base.checkpoint import load_weights

    _, info, digest = load_weights(run.best, run.config().game.network)
    known = run.read_json("environment.json")
    told = {"seen": info.get("seen"), "digest": digest, "data_hash": known.get("data_hash")}
    lines = [line for line in run.lines("metrics.jsonl") if line["seen"] == info.get("seen")]
    told |= {"evaluation": lines[-1]} if lines else {}
    model = wandb.Artifact(f"model-{identity(run)}", "model", metadata=readable(told))
    model.add_file(str(run.best), name="best.safetensors", policy="immutable", skip_cache=True)
    return model


def caption(tick: Tick) -> str:
    """Such as "epoch 2.50, 60.0 kimg"; ticks of older versions know no epoch."""
    when = f"{tick.seen / 1000:,.1f} kimg"
    return f"epoch {tick.scalars['epoch']:.2f}, {when}" if "epoch" in tick.scalars else when
