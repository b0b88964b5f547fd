"""What takes part in an arena: `wgan-gp`, or a variant such as `wgan-gp-light:d_steps=1,objective.gp=0.5`."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.base.errors import BadInput
from workbench.base.schedules import Schedule
from workbench.gan.config import Config
from workbench.gan.presets import preset

# The arena measures by itself, and bends no run: these hold for every entry, whatever its preset says.
FIXED = {"precision": "auto", "evaluate_kimg": 0, "patience": 0, "rollback": 0}
GIVEN = ("seed", "kimg", "data")  # by the arena's own options, or by its budget


@dataclass(frozen=True)
class Entry:
    """text: the preset with its changes, as it is written on the command line. seed: of the training run."""

    text: str
    seed: int = 0

    @property
    def folder(self) -> str:
        """The name of its run folder."""
        return f"{re.sub(r'[^A-Za-z0-9._=+-]+', '_', self.text)}-seed{self.seed}"

    @property
    def preset(self) -> str:
        """The preset's name."""
        return self.text.partition(":")[0]

    @property
    def changes(self) -> dict[str, str]:
        """Config fields that differ from the preset's. Raises BadInput for what is not FIELD=VALUE."""
        found, last = {}, None
        for part in filter(None, self.text.partition(":")[2].split(",")):
            name, equals, value = part.partition("=")
            if equals:
                last = name.strip().replace("-", "_")
                found[last] = value.strip()
            elif last:  # a comma inside a value, as in a schedule
                found[last] += f",{part}"
            else:
                raise BadInput(f"{self.text}: after the colon FIELD=VALUE is expected; got '{part}'")
        return found

    @property
    def fields(self) -> dict[str, str | int | float | bool]:
        """All config fields that are set beyond the preset's, as the command and `Config.replace` take them."""
        return self.changes | {"seed": self.seed, **FIXED}

    def config(self) -> Config:
        """What is trained. Raises BadInput with the reason for an entry that cannot be."""
        taken = [name for name in self.changes if name in (*FIXED, *GIVEN)]
        if taken:
            raise BadInput(
                f"{self.text}: {', '.join(taken)} is the same for all entries; the arena sets it itself"
            )
        try:
            config = preset(self.preset).config.replace(**self.fields).checked()
        except BadInput as error:
            raise BadInput(f"{self.text}: {error}") from None
        if not config.game.judged:
            raise BadInput(
                f"{self.text}: game '{config.game.name}' draws no tagged faces, which an arena measures"
            )
        return config


def scheduled(config: Config) -> bool:
    """Whether anything changes over the course of the run, so that its length must be known when it begins."""
    parts = [config, config.objective]
    values = [getattr(part, field.name) for part in parts for field in dataclasses.fields(part)]
    return any(isinstance(value, Schedule) and len(value.points) > 1 for value in values)


def told_apart(entries: list[Entry]) -> None:
    """Raises BadInput where two entries would train into one folder."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        other = seen.setdefault(entry.folder, entry)
        if other != entry:
            raise BadInput(f"'{other.text}' and '{entry.text}' would share the folder {entry.folder}")


def shortened(entries: Sequence[Entry]) -> dict[str, str]:
    """{entry: the same without the changes that all entries share}; whole where that would leave two alike."""
    changes = {entry.text: entry.changes for entry in entries}
    shared = set.intersection(*(set(one.items()) for one in changes.values())) if len(changes) > 1 else set()
    short = {}
    for entry in entries:
        own = ",".join(
            f"{name}={value}" for name, value in changes[entry.text].items() if (name, value) not in shared
        )
        short[entry.text] = f"{entry.preset}:{own}" if own else entry.preset
    return short if len(set(short.values())) == len(short) else {text: text for text in changes}
