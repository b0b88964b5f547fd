"""`workbench export RUN`: a run's generator as a small file with its card."""

import argparse
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base import graph
from workbench.base.errors import BadInput
from workbench.data.further import FURTHER, GENERATOR
from workbench.data.tags import Vocabulary
from workbench.gan.rules import without_folders
from workbench.train.run import Run

if TYPE_CHECKING:
    from torch import Tensor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "run",
        type=Path,
        metavar="RUN",
        help="a run folder; with --onnx also the weights' file of a generator or judge",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("artifacts"), metavar="DIR", help="folder to write to"
    )
    parser.add_argument(
        "--hand-over", type=Path, metavar="FILE",
        help="write the newest state instead, both networks in half precision without the optimisers' moments, for "
        "`train --resume FILE` on another machine",
    )  # fmt: skip
    parser.add_argument(
        "--latest",
        action="store_true",
        help="the newest generator rather than the best by the rule: for eyes that disagree with the figures",
    )
    parser.add_argument("--full", action="store_true", help="float32 weights; the default is half precision")
    parser.add_argument(
        "--onnx",
        action="store_true",
        help="also write the ONNX graph that draws it without torch, and those of the judges where they are stale; of "
        "a weights' file only the graph is written, beside it",
    )
    parser.add_argument(
        "--blend",
        type=Path,
        metavar="CHECKPOINT",
        help="mix the weights with those of the generator that the run started from",
    )
    parser.add_argument(
        "--blend-share",
        type=float,
        default=0.5,
        metavar="S",
        help="CHECKPOINT's part, 0 to 1",
    )
    parser.add_argument(
        "--blend-layers",
        default="",
        metavar="PATTERN",
        help="mix only weights whose name holds this regular expression; default: all",
    )


def main(args: argparse.Namespace) -> int:
    """Write generator.safetensors (or as the game calls its network) and its card, and say what they are.

    What draws the further tags (`data.further`) is called generator-tags.safetensors.
    """
    from workbench.base.checkpoint import load_weights, save_weights, write_atomically

    if args.onnx and args.run.is_file():
        _write_graphs(args.run)
        return 0
    run = Run.open(args.run)
    if args.hand_over:
        from workbench.train import handover

        seen = handover.write(run, args.hand_over)["seen"]
        print(f"{args.hand_over}: {args.hand_over.stat().st_size:,} bytes, {seen:,} pictures seen")
        return 0
    kind = run.config().game.network
    tensors, info, _ = load_weights(run.latest if args.latest else run.best, kind)
    if args.blend:
        other, other_info, other_digest = load_weights(args.blend, kind)
        own, others = Vocabulary.of(info), Vocabulary.of(other_info)
        if own != others:  # the same shapes would mean other words
            names = [", ".join(one.names) for one in (others, own)]
            raise BadInput(
                f"{args.blend}: it knows other tags ({names[0]}) than the run ({names[1]}), or other values"
            )
        try:
            names = blend(tensors, other, args.blend_share, args.blend_layers)
        except ValueError as error:
            raise BadInput(f"{args.blend}: {error}") from None
        info["blend"] = {"with": other_digest, "share": args.blend_share, "weights": names}
    about = run.read_json("environment.json")
    # Folders of the machine that trained are nobody's business; the names of the sources are.
    data = about.get("data", {})
    info["config"]["data"] = [source["name"] for source in data.get("sources", [])]
    info["config"]["game"] = without_folders(run.config().game, info["config"].get("game", {}))
    info["config"]["start"] = Path(info["config"].get("start", "")).name
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{args.out}: {error.strerror}") from None
    vocabulary = Vocabulary.of(info)
    path = args.out / (GENERATOR.name if vocabulary == FURTHER else f"{kind}.safetensors")
    digest = save_weights(path, tensors, info, half=not args.full, kind=kind)
    card = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "content sha256": digest,
        "parameters": sum(tensor.numel() for tensor in tensors.values()),
        "precision": "float32" if args.full else "float16",
        "pictures seen": info["seen"],
        "minutes": round(info["seconds"] / 60, 1),
        "seed": info["config"]["seed"],
        "trained with": {
            key: about.get(key) for key in ("workbench", "commit", "torch", "device", "threads", "processes")
        },
        "data": data,
        "blend": info.get("blend"),
        "config": info["config"],
        "tag counts": info.get("tag_counts") if len(vocabulary.columns) == 2 else None,
    }
    write_atomically(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())
    print(
        f"{path}: {card['bytes']:,} bytes, {card['pictures seen']:,} pictures seen, sha256 {card['sha256']}"
    )
    if args.onnx:
        from workbench.judge.reading import CHOOSING, MEASURING

        _write_graphs(
            path, *(judge for judge in (CHOOSING, MEASURING) if judge.is_file() and not graph.belongs(judge))
        )
    elif graph.path_of(path).is_file():
        print(f"{graph.path_of(path)} belongs to other weights now and is not used; --onnx writes it anew")
    return 0


def _write_graphs(*files: Path) -> None:
    from workbench.draw.onnx_export import export

    for file in files:
        print(export(file))


def blend(
    tensors: dict[str, "Tensor"], other: dict[str, "Tensor"], share: float, pattern: str = ""
) -> list[str]:
    """Move the weights whose names hold `pattern` towards `other`, in place; returns their names.

    Network interpolation (Wang et al. 2018, ESRGAN, section 3.4): between a generator and the one that it was
    fine-tuned from, the weights in between draw the pictures in between. Of some layers only: Pinkney and Adler
    2020, "Resolution Dependent GAN Interpolation". Raises ValueError for another network, for a share outside 0..1
    and for a pattern that is none or meets nothing.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"the share of a blend is 0 to 1; got {share:g}")
    if {name: t.shape for name, t in tensors.items()} != {name: t.shape for name, t in other.items()}:
        raise ValueError("not the same network, so the weights cannot be mixed")
    try:
        names = [name for name, t in tensors.items() if t.is_floating_point() and re.search(pattern, name)]
    except re.error as error:
        raise ValueError(f"'{pattern}' is no regular expression ({error})") from None
    if not names:
        raise ValueError(f"no weight's name holds '{pattern}'; there are {', '.join(tensors)}")
    for name in names:
        tensors[name] = tensors[name].lerp(other[name], share)
    return names
