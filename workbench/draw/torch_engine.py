"""Drawing with torch: the generators of runs, and what ONNX graphs are made of and compared with."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from workbench.base.checkpoint import load_generator
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.model import Generator


class Drawn(nn.Module):
    """Everything between a picture's plain numbers and the picture: what every engine computes."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor, tags: Tensor, shares: Tensor, extra: Tensor | None = None) -> Tensor:
        """z (N, latent), tags (N, K, columns), shares (N, K), extra (N, K, coder.extra) -> (N, 3, S, S) in [-1, 1].

        A picture's code is the mean, weighted by its shares, of the codes of K sets of tags.
        """
        count, corners = shares.shape
        coder = self.generator.coder
        if extra is None:
            extra = z.new_zeros(count, corners, coder.extra)
        codes = coder(
            tags.reshape(count * corners, tags.shape[2]), extra.reshape(count * corners, coder.extra)
        )  # (N * K, width)
        code = shares.unsqueeze(1) @ codes.reshape(count, corners, coder.width)  # (N, 1, width)
        return self.generator.forward_code(z, code.squeeze(1))


class TorchEngine:
    """A generator in torch, ready to draw; see `workbench.draw.engine.Engine`."""

    fixed_batches = True  # other sizes take other paths through the convolutions, which round differently

    def __init__(self, generator: Generator) -> None:
        self.generator = generator.settle()
        self.latent, self.extra = generator.latent, generator.coder.extra
        self.codes, self.reads_labels = generator.coder.codes, generator.coder.reads_labels
        self.drawn = Drawn(self.generator)

    def weights(self) -> dict[str, np.ndarray]:
        return {name: tensor.detach().float().numpy() for name, tensor in self.generator.state_dict().items()}

    @torch.inference_mode()
    def draw(self, z: np.ndarray, tags: np.ndarray, shares: np.ndarray, extra: np.ndarray) -> np.ndarray:
        return self.drawn(*map(torch.from_numpy, (z, tags, shares, extra))).float().numpy()

    @classmethod
    def open(cls, path: Path) -> tuple["TorchEngine", Json, str]:
        """From a generator's file, with what it says of itself and its digest. Raises BadInput, one sentence."""
        tensors, info, digest = load_generator(path)
        try:
            config, vocabulary = Config.from_json(info["config"]).checked(), Vocabulary.of(info)
            with torch.device("meta"), _Unfilled():  # costs no memory: a file may claim networks of any size
                build(config, vocabulary).load_state_dict(tensors, assign=True)
            generator = build(config, vocabulary)
            generator.load_state_dict(tensors)
            return cls(generator), info, digest
        except (KeyError, TypeError, ValueError, RuntimeError, BadInput) as error:
            reason = " ".join(str(error).split())[:300]
            raise BadInput(f"{path}: its weights do not fit its config ({reason})") from None


class _Unfilled(TorchFunctionMode):
    """Leaves out normal numbers: for those alone, torch would import 800 modules on the meta device."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") == "normal_":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)


def build(config: Config, vocabulary: Vocabulary = VOCABULARY) -> Generator:
    """An untrained generator on the CPU, in channels_last."""
    generator = Generator(
        config.architecture, config.conditioning, vocabulary.sizes, config.latent, config.size
    )
    return generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
