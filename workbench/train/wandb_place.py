"""Where a log for Weights & Biases goes: an option wins, else WANDB_* and W&B's settings, else the run folder."""

import configparser
import dataclasses
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import BadInput
from workbench.data.pictures import read_recipe

if TYPE_CHECKING:
    from workbench.train.run import Run

PROJECT = "anime-face-workbench"
MODES = ("offline", "online", "off")
MODES_OF_ENVIRONMENT = {
    "": "offline", "offline": "offline", "dryrun": "offline", "online": "online", "run": "online",
    "shared": "online", "disabled": "off",
}  # fmt: skip
IDENTITY = "wandb.json"  # in the run folder
OPTIONS = ("project", "entity", "group", "job_type")  # and tags: kept for when the run goes on


@dataclass(frozen=True)
class WandbTarget:
    """What was asked for; None and () leave it to WANDB_PROJECT and its like. folder: where `wandb/` is made."""

    mode: str = "offline"
    project: str | None = None
    entity: str | None = None
    group: str | None = None
    job_type: str | None = None
    tags: tuple[str, ...] = ()
    folder: Path | None = None

    def of_init(self, job: str = "train") -> dict[str, Any]:
        """Arguments of wandb.init, which itself reads the environment only once a process."""
        known = os.environ.get
        tags = [tag.strip() for tag in known("WANDB_TAGS", "").split(",") if tag.strip()]
        told = {
            "mode": self.mode,
            "project": self.project or known("WANDB_PROJECT") or settled().get("project") or PROJECT,
            "entity": self.entity or known("WANDB_ENTITY") or None,
            "group": self.group or known("WANDB_RUN_GROUP") or None,
            "job_type": self.job_type or known("WANDB_JOB_TYPE") or job,
            "tags": list(self.tags) or tags or None,
        }
        return readable(told)

    def root(self, run: "Run | None") -> Path:
        """The folder in which wandb makes its `wandb/`: by default the run's, else the working folder."""
        return self.folder or Path(os.environ.get("WANDB_DIR") or (run.path if run else "."))


def mode(option: str | None = None) -> str:
    """One of MODES, from the option, WANDB_MODE or what `wandb disabled` and its like have settled.

    Raises BadInput for a mode that nobody knows.
    """
    if option is not None:
        if option not in MODES:
            raise BadInput(f"wandb is off, offline or online; got '{option}'")
        return option
    asked = (os.environ.get("WANDB_MODE") or settled().get("mode", "")).strip().lower()
    if asked not in MODES_OF_ENVIRONMENT:
        known = ", ".join(name for name in MODES_OF_ENVIRONMENT if name)
        raise BadInput(f"WANDB_MODE is one of {known}; got '{asked[:40]}'")
    return MODES_OF_ENVIRONMENT[asked]


def _settings_of_user() -> Path:
    """Where W&B keeps what holds everywhere. Raises RuntimeError for a user without a home folder."""
    return Path(os.environ.get("WANDB_CONFIG_DIR") or "~/.config/wandb").expanduser() / "settings"


def settled() -> dict[str, str]:
    """What W&B's settings files say, those of the user and of the working folder, as wandb itself reads them."""
    known = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error, UnicodeError, RuntimeError):
        known.read(_settings_of_user(), "utf-8")
    with suppress(configparser.Error, UnicodeError):
        known.read(Path(os.environ.get("WANDB_DIR") or ".") / "wandb" / "settings", "utf-8")
    return dict(known["default"]) if known.has_section("default") else {}


def identity(run: "Run") -> str:
    """The id under which W&B knows this run, kept in its folder from the first time on."""
    known = run.read_json(IDENTITY).get("id")
    if isinstance(known, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", known):
        return known
    made = os.environ.get("WANDB_RUN_ID") or secrets.token_hex(4)
    run.write_json(IDENTITY, {"id": made})
    return made


def remembered(run: "Run", place: WandbTarget) -> WandbTarget:
    """The target with what options said at an earlier call, where they say nothing now; kept beside the id."""
    known = run.read_json(IDENTITY)
    asked = known.get("asked")
    earlier = asked if isinstance(asked, dict) else {}
    now: dict[str, Any] = {name: getattr(place, name) or earlier.get(name) for name in OPTIONS}
    now = {name: said for name, said in now.items() if isinstance(said, str) and said}
    tags = place.tags or tuple(tag for tag in earlier.get("tags") or () if isinstance(tag, str))
    kept = now | ({"tags": list(tags)} if tags else {})
    if kept != earlier:
        run.write_json(IDENTITY, known | {"asked": kept})
    return dataclasses.replace(place, tags=tags, **now)


@contextmanager
def replaced(root: Path, identity: str) -> Iterator[None]:
    """Offline logs of this id below `root` make room for the one that is begun now; a failure puts them back.

    Else they lie aside until `forget_replaced`, since nothing but them has every epoch's grid.
    """
    mine = re.compile(rf"offline-run-[0-9]{{8}}_[0-9]{{6}}-{re.escape(identity)}")
    parent = root / "wandb"
    old = [path for path in parent.glob("offline-run-*") if mine.fullmatch(path.name) and path.is_dir()]
    aside = [(path.rename(path.with_name(f".replaced-{path.name}")), path) for path in old]
    try:
        yield
    except BaseException:
        for hidden, path in aside:
            hidden.rename(path)
        raise


def _aside(root: Path, identity: str) -> list[Path]:
    """What `replaced` put aside, also of a killed process."""
    return sorted((root / "wandb").glob(f".replaced-offline-run-*-{identity}"))


def replaced_grids(root: Path, identity: str) -> dict[int, Path]:
    """Pictures seen -> PNG of a grid in the logs that `replaced` put aside."""
    found = {}
    for folder in _aside(root, identity):
        for path in folder.glob("files/media/images/samples_*.png"):
            with suppress(
                BadInput
            ):  # of an older version, which wrote no recipe into it, or cut short by a kill
                known = read_recipe(path)
                if not known.get(
                    "partial"
                ):  # else it is of no epoch's end, and its tick is written once more
                    found[int(known["seen"])] = path
    return found


def forget_replaced(root: Path, identity: str) -> None:
    """Removes what `replaced` put aside."""
    for folder in _aside(root, identity):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def readable_arguments() -> Iterator[None]:
    """W&B notes the command line, and cannot send one that is not UTF-8."""
    before = sys.argv
    sys.argv = [readable(word) for word in before]
    try:
        yield
    finally:
        sys.argv = before


def readable(value: Any) -> Any:
    """JSON values with replacements where a text is not UTF-8, such as the name of a folder."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return json.loads(readable(json.dumps(value, ensure_ascii=False)))


def contain(folder: Path) -> None:
    """Keep everything else that wandb writes inside `folder`, unless the user has decided otherwise."""
    own = False
    with suppress(RuntimeError):
        own = _settings_of_user().is_file()  # the address of one's own server, say, stands there
    for name in ("CACHE", "DATA") if own else ("CACHE", "DATA", "CONFIG"):
        os.environ.setdefault(f"WANDB_{name}_DIR", str(folder / "wandb" / name.lower()))
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
