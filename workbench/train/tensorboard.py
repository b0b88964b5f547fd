"""Ticks as TensorBoard's event files, by torch's own writer."""

import importlib.util
import shutil

from workbench.base.errors import BadInput
from workbench.train.logged_ticks import LoggedTicks
from workbench.train.mirror import Mirror
from workbench.train.run import Run

FOLDER = "tensorboard"  # in the run folder


def refuse_missing() -> None:
    """Raises BadInput where the package is not installed."""
    if importlib.util.find_spec("tensorboard") is None:
        raise BadInput(
            "--tensorboard needs a package that is not installed: pip install 'anime-face-workbench[tensorboard]'"
        )


class TensorBoardSink(Mirror):
    """Scalars and grids by pictures seen; what was there before is written anew from the run folder."""

    name = "TensorBoard"

    def __init__(self, run: Run) -> None:
        """Raises BadInput where TensorBoard is not installed."""
        refuse_missing()
        self.run, self.past = run, LoggedTicks(run)
        super().__init__()

    def _mirror(self) -> None:
        from torch.utils.tensorboard import SummaryWriter

        folder = self.run.path / FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        with SummaryWriter(str(folder)) as writer:
            writer.add_text("config", f"```\n{self.run.config().dumps()}\n```", 0)
            for ticks in (self.past, self.ticks()):
                for tick in ticks:
                    for name, value in tick.scalars.items():
                        writer.add_scalar(name, value, tick.seen)
                    if tick.grid is not None:
                        writer.add_image("samples", tick.grid, tick.seen, dataformats="HWC")
                    for finding in tick.findings:
                        writer.add_text("findings", finding.sentence(), tick.seen)
