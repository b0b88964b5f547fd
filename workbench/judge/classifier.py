"""The judges: small classifiers that read tags off a picture; the shipped ones hair and eye colour.

Two of them, so that nothing is measured by a net that also chose: `judge-choose` picks candidates and
checkpoints, `judge-measure` only measures. They differ in architecture and seed. The pooled features before
the heads are the space in which distributions are compared (the part that Inception plays elsewhere).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.base.checkpoint import load_weights, save_weights
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.weights import JUDGE as KIND
from workbench.data.pictures import to_float
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.judge.reading import CHOOSING, MEASURING, READ_AT_ONCE, SIZE, Reader, Reading

__all__ = ["CHOOSING", "KIND", "MEASURING", "READ_AT_ONCE", "SIZE", "Judge", "JudgeNet", "Reading"]

MOST_WIDTH = 256  # a damaged or hostile file may claim any


def _layer(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU; `stride` divides the size."""
    padding = 1  # for 3x3 with stride 1 and for 4x4 with stride 2 alike
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two 3x3 convolutions with batch norm, and the way around them (He et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        last = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.body = nn.Sequential(_layer(width, width, 3), last, nn.BatchNorm2d(width))

    def forward(self, h: Tensor) -> Tensor:
        return F.relu(h + self.body(h))  # (N, width, S, S)


def _residual(width: int) -> nn.Module:
    """Residual blocks, mean over all places: 8 `width` features."""
    return nn.Sequential(
        nn.PixelUnshuffle(2),
        _layer(12, width, 3),
        _layer(width, 2 * width, 4, 2),
        Residual(2 * width),
        _layer(2 * width, 4 * width, 4, 2),
        Residual(4 * width),
        _layer(4 * width, 8 * width, 4, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def _plain(width: int) -> nn.Module:
    """Convolutions one after another, a linear layer that keeps the places: 4 `width` features."""
    return nn.Sequential(
        nn.PixelUnshuffle(2),
        _layer(12, width, 3),
        _layer(width, 2 * width, 4, 2),
        _layer(2 * width, 3 * width, 4, 2),
        _layer(3 * width, 3 * width, 3),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(48 * width, 4 * width),
        nn.ReLU(inplace=True),
    )


TRUNKS: dict[str, Callable[[int], nn.Module]] = {"residual": _residual, "plain": _plain}
FEATURES = {"residual": 8, "plain": 4}  # features as a multiple of the width


class JudgeNet(nn.Module):
    """A trunk and one linear head a column of tags.

    trunk: a name of TRUNKS; width: channels of its first layer; sizes: numbers of values, one a column.
    """

    def __init__(
        self, trunk: str, width: int, dropout: float = 0.2, sizes: Sequence[int] = VOCABULARY.sizes
    ) -> None:
        super().__init__()
        self.width = FEATURES[trunk] * width
        self.trunk = TRUNKS[trunk](width)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleList(nn.Linear(self.width, size) for size in sizes)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def map_layers(self) -> nn.Sequential:
        """The trunk's layers before the first that pools: x -> its last map of features."""
        layers = list(self.trunk.children())
        pools = (nn.MaxPool2d, nn.AdaptiveAvgPool2d)
        return nn.Sequential(*layers[: next(i for i, layer in enumerate(layers) if isinstance(layer, pools))])

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """x (N, 3, 64, 64) in [-1, 1] -> features (N, width), logits, (N, size) a head, all float32."""
        features = self.trunk(x).float()  # (N, width)
        return features, [head(self.dropout(features)).float() for head in self.heads]


class Judge(Reader):
    """A trained net that is ready to read pictures, computed by torch."""

    def __init__(self, net: JudgeNet, info: Json, digest: str = "") -> None:
        super().__init__(info, digest)
        self.net = net.eval().requires_grad_(False)

    @classmethod
    def open(cls, path: str | Path | None = None) -> "Judge":
        """From a file; without a path the shipped judge that measures.

        Raises BadInput (one sentence) for whatever is not a whole judge of this workbench.
        """
        path = MEASURING if path is None else Path(path)
        tensors, info, digest = load_weights(path, KIND)
        try:
            if not 1 <= int(info["width"]) <= MOST_WIDTH:
                raise ValueError(f"a width of {info['width']}")
            net = JudgeNet(info["trunk"], int(info["width"]), sizes=Vocabulary.of(info).sizes)
            net.load_state_dict(tensors)
            return cls(net, info, digest)
        except (BadInput, KeyError, TypeError, ValueError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:300]
            raise BadInput(f"{path}: its weights do not fit its description ({reason})") from None

    def save(self, path: Path) -> str:
        """Write the judge in half precision; returns its digest."""
        self.digest = save_weights(Path(path), self.net.state_dict(), self.info, half=True, kind=KIND)
        return self.digest

    @torch.inference_mode()
    def see(self, pictures: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        features, logits = self.net(to_float(pictures))
        return features.numpy(), [logit.numpy() for logit in logits]
