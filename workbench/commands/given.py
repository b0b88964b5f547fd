"""What commands share that draw from given pictures: which ones, where to, and on what to measure."""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from workbench.base.errors import BadInput
from workbench.base.files import make_room


def check(args: argparse.Namespace, places: str = "--out DIR", *given: Path | None) -> None:
    """Raises BadInput without pictures or a place for them. given: the places there are; default: `--out`."""
    if args.measure is None and not args.pictures:
        raise BadInput("which pictures? (files or folders; or --measure)")
    if args.pictures and not any(given or (args.out,)):
        raise BadInput(f"where to? ({places})")


def listed(places: list[Path]) -> tuple[list[str], list[Path]]:
    """Names (relative within a folder) and files. Raises BadInput for a place without pictures, or two of a name."""
    from workbench.data.pair_sources import Files

    names, paths = [], []
    for place in places:
        if place.is_dir():
            inside = Files(place).names()
            names += inside
            paths += [place / name for name in inside]
        else:
            names.append(place.name)
            paths.append(place)
    seen: dict[str, Path] = {}
    for name, path in zip(names, paths, strict=True):
        other = seen.setdefault(str(Path(name).with_suffix("")), path)
        if other != path:
            raise BadInput(
                f"{path}: {other} would be written under the same name; take them one after the other"
            )
    return names, paths


def saved(out: Path, names: list[str], drawn: Iterable[np.ndarray]) -> str:
    """Write a PNG for each name; how many there are, in words."""
    from workbench.data.pictures import save_png

    for name, picture in zip(names, drawn, strict=True):
        path = (out / name).with_suffix(".png")
        make_room(path)
        save_png(path, picture[..., 0] if picture.shape[-1] == 1 else picture)
    return f"{len(names)} picture{'' if len(names) == 1 else 's'}"


def sources(args: argparse.Namespace) -> tuple[str, ...]:
    """On what to measure: what `--measure` names, else the run's own data. Raises BadInput."""
    from workbench.train.run import Run

    found = args.measure or (Run.open(args.run).config().data if args.run.is_dir() else ())
    if not found:
        raise BadInput(f"{args.run}: a file does not say on what it was trained; --measure SOURCE does")
    return tuple(found)
