"""The mirrors that somebody asks for, as sinks of a loop; heavy imports only where one is wanted."""

from workbench.gan.config import Config
from workbench.train.run import Run
from workbench.train.ticks import Sink
from workbench.train.wandb_place import WandbTarget, mode


def refuse_mirrors(wandb: str, tensorboard: bool) -> None:
    """Raises BadInput for mirrors that cannot be, before any picture is decoded."""
    mode(wandb)
    if tensorboard:
        from workbench.train.tensorboard import refuse_missing

        refuse_missing()


def mirrors(run: Run, config: Config, place: WandbTarget, tensorboard: bool) -> list[Sink]:
    """The sinks of a run that begins or goes on now."""
    sinks: list[Sink] = []
    if place.mode != "off":
        from workbench.train.mirror import WandbSink

        sinks.append(WandbSink(run, config.to_json(), place))
    if tensorboard:
        from workbench.train.tensorboard import TensorBoardSink

        sinks.append(TensorBoardSink(run))
    return sinks
