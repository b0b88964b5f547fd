"""README.md of a folder that is handed in: what lies there, and what training anew means."""

from pathlib import Path

from workbench.gan.config import Config

TEXT = """# Faces from tags

- `bash run.sh [TEXTS [SAMPLES]]` draws five pictures a line of `id,text`; without a name those of `testing_text.txt`.
- `python train.py {data}` trains the model anew into the folder `run` (`--out RUN` for another).{sources}
- `model.safetensors` is the model, `config.json` are its training's settings, `code` is the package that does both.
- `samples` were drawn by `run.sh`; `early` holds grids of the training's beginning; `report.html` is the report.

## Training anew

{anew}
"""
RANDOM = "`train.py` begins with random weights, as this run did."
LATER = (
    "This run began with the weights of another: `{start}`. They are not in this folder, and `train.py` begins with "
    "random ones: the same settings, but not the same training, and after as many pictures a less trained model. "
    "`train.py DATA --start FILE` begins with those weights where you have them."
)


def readme(config: Config) -> str:
    """The file's text for a run of this config."""
    names = [_short(source) for source in config.data]
    several = len(names) > 1
    listed = ", ".join(f"`{name}`" for name in names)
    return TEXT.format(
        data=" ".join(f"DATA{number}" for number in range(1, len(names) + 1)) if several else "DATA",
        sources=f" It was trained on {listed}{', in this order' if several else ''}." if names else "",
        anew=began(config) or RANDOM,
    )


def began(config: Config) -> str:
    """What training anew means for a run that began with the weights of another; empty for one that did not."""
    if not config.start:
        return ""
    place = Path(config.start)
    kept = 3 if place.parent.name == "checkpoints" else 1  # with the name of the run
    return LATER.format(start="/".join(place.parts[-kept:]))


def _short(place: str) -> str:
    """A source as others may read it, without the folders of this machine: "tags:ADLXMLDS2017"."""
    before, slash, _ = place.partition("/")
    return before + Path(place).name if slash else place
