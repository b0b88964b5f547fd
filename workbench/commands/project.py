"""`workbench project`: pictures into the generator's latent space, so that it draws them, also in other colours."""

import argparse
import json
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.given import listed
from workbench.commands.terminal import Stages
from workbench.data.captions import said
from workbench.data.tags import VOCABULARY

STEPS = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "pictures", nargs="+", type=Path, metavar="PICTURES", help="files, or folders of them"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder for NAME.json (the latent and the tags) and NAME.png (what is drawn from it)",
    )  # fmt: skip
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="PATH",
        help="a generator's file or run folder; default: the shipped one",
    )
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of Adam; default: {STEPS}")
    for kind in ("hair", "eyes"):
        parser.add_argument(
            f"--{kind}", choices=VOCABULARY.values(kind), metavar="COLOUR",
            help=f"draw with {kind} of this colour; default: the one that is read off the picture",
        )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    """Project, write, and tell how near each came."""
    if not 1 <= args.steps <= 10_000:
        raise BadInput(f"--steps is from 1 to 10000; got {args.steps}")
    import dataclasses

    import numpy as np

    from workbench.data.pair_sources import pixels
    from workbench.data.pictures import save_png, write
    from workbench.draw.painter import Painter
    from workbench.draw.projection import fitted, project

    names, paths = listed(args.pictures)
    pictures = np.stack([fitted(pixels(path)) for path in paths])
    painter = Painter.open(args.checkpoint)
    asked = {
        kind: VOCABULARY.index(kind, getattr(args, kind)) for kind in ("hair", "eyes") if getattr(args, kind)
    }
    with Stages() as stages:
        drawn = project(painter, pictures, args.steps, stages("projecting", "steps"))
    for name, found in zip(names, drawn, strict=True):
        base = args.out / name
        make_room(base)
        stored = (json.dumps(found.to_json(), indent=1) + "\n").encode()
        write(base.with_suffix(".json"), stored)
        recipe = dataclasses.replace(found.recipe, **asked)
        save_png(base.with_suffix(".png"), painter.draw_at(found.z[None], recipe)[0])
        tags = " ".join(said(found.recipe.tags(painter.vocabulary), painter.vocabulary))
        print(f"{name}: {tags}, {found.distance:.1f} of 255 away")
    return 0
