"""`workbench export RUN`: a run's generator as a small file with its card."""

import argparse
import hashlib
import json
from pathlib import Path

from workbench.errors import BadInput
from workbench.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    parser.add_argument("--out", type=Path, default=Path("artifacts"), help="folder (default: %(default)s)")
    parser.add_argument("--full", action="store_true", help="float32 weights; the default is half precision")


def main(args: argparse.Namespace) -> int:
    """Write generator.safetensors and generator.json, and say what they are."""
    from workbench.checkpoint import load_generator, save_generator, write_atomically

    run = Run.open(args.run)
    tensors, info, _ = load_generator(run.best)
    about = run.read_json("environment.json")
    # Folders of the machine that trained are nobody's business; the names of the sources are.
    data = about.get("data", {})
    info["config"]["data"] = [source["name"] for source in data.get("sources", [])]
    info["config"]["start"] = Path(info["config"].get("start", "")).name
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{args.out}: {error.strerror}") from None
    path = args.out / "generator.safetensors"
    digest = save_generator(path, tensors, info, half=not args.full)
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
            key: about.get(key) for key in ("workbench", "torch", "device", "threads", "processes")
        },
        "data": data,
        "config": info["config"],
        "tag counts": info["tag_counts"],
    }
    write_atomically(args.out / "generator.json", (json.dumps(card, indent=1) + "\n").encode())
    print(
        f"{path}: {card['bytes']:,} bytes, {card['pictures seen']:,} pictures seen, sha256 {card['sha256']}"
    )
    return 0
