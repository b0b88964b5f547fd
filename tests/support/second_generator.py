"""A stand-in for the generator of further tags: the smallest one that knows them, untrained."""

from pathlib import Path

import numpy as np
import torch

from support.tiny_runs import TINY
from workbench.base.checkpoint import save_generator
from workbench.data.further import FURTHER
from workbench.data.tag_counts import TagCounts
from workbench.gan.config import Config
from workbench.gan.model import Generator

WIDTHS = {"architecture.g_widths": "8,8,8,8,8", "architecture.d_widths": "8,8,8,8"}


def second_generator(folder: Path) -> Path:
    """Its file."""
    config = Config().replace(**TINY | WIDTHS | {"size": 64})
    torch.manual_seed(1)
    net = Generator(config.architecture, config.conditioning, FURTHER.sizes, config.latent, config.size)
    rows = np.stack([np.arange(40) % size for size in FURTHER.sizes], 1)
    info = {"config": config.to_json()} | TagCounts.of(rows, FURTHER).about() | FURTHER.about()
    path = folder / "generator-tags.safetensors"
    save_generator(path, net.state_dict(), info)
    return path
