"""Restoring: pictures with a white box become whole again."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.base.weights import RESTORER
from workbench.gan.rules import GAMES, Rules

PIXEL_LOSSES = ("mse", "mae")
OUTPUTS = ("patch", "dense")
CHANNELS = (1, 3)


@GAMES.register("restore")
@dataclass(frozen=True)
class Restore(Rules):
    """Whitened mouths drawn back by a U-Net, against a D of pairs (Isola et al. 2017, pix2pix).

    D: pairs (given, wanted) against (given, drawn); G: `adversarial_weight` times the objective's part plus
    `pixel_weight` times the mean squared (`mse`) or absolute (`mae`) difference of drawn and wanted pixels.
    """

    chinese: ClassVar[str] = "還原被塗白的嘴：U-Net 對看成對圖片的判別器（Isola et al. 2017, pix2pix）。"
    row: ClassVar[tuple[str, ...]] = (
        "a picture with a white box becomes whole again: a U-Net, and D of pairs ([pictures to "
        "pictures](pictures.md))",
        "Isola et al. 2017",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = L_{\mathrm{real}}(D(x, y)) + L_{\mathrm{fake}}(D(x, G(x)))",
        r"L_G = \alpha\,L_{\mathrm{adv}}(D(x, G(x))) + \lambda\,\mathrm{E}\,\Vert y - G(x) \Vert",
    )
    network: ClassVar[str] = RESTORER
    leading: ClassVar[str] = "rmse"
    unread: ClassVar[tuple[str, ...]] = (
        "latent", "latent_kind", "architecture", "conditioning", "mismatch", "wrong_pictures", "rotate", "shift",
        "evaluate_samples",
    )  # fmt: skip
    channels: int = 1
    """1: gray, 3: colour"""
    box: tuple[int, ...] = (84, 108, 40, 88)
    """top, bottom, left, right of the white box in pixels, ends excluded; 0,0,0,0: the whole picture is drawn anew"""
    widths: tuple[int, ...] = (4, 8, 16, 32, 32)
    """G's channels after each halving; the way back mirrors them"""
    d_widths: tuple[int, ...] = (4, 8, 16, 32)
    """D's channels after each halving"""
    output: str = "patch"
    """D's scores: one for each place of its last map (patch), or one of all its numbers (dense)"""
    pixel: str = "mse"
    """difference of drawn and wanted pixels: mean squared (mse) or absolute (mae)"""
    pixel_weight: float = 1.0
    """weight of the difference of pixels in G's loss"""
    adversarial_weight: float = 1.0
    """weight of the objective's part in G's loss"""
    swapped: bool = False
    """D's labels are 0 for wanted and 1 for drawn pictures"""
    dropout: float = 0.0
    """share of the numbers that the way back drops in training"""
    drawing_dropout: bool = False
    """drop them in drawing, too"""
    jitter: int = 0
    """pixels by which pictures are shifted at random before they are whitened"""

    def problems(self) -> list[str]:
        found = []
        for name, known in (("pixel", PIXEL_LOSSES), ("output", OUTPUTS), ("channels", CHANNELS)):
            if getattr(self, name) not in known:
                told = " or ".join(map(str, known))
                found.append(f"game '{self.name}': {name} is {told}; got '{getattr(self, name)}'")
        for name in ("widths", "d_widths"):
            if len(getattr(self, name)) < 2 or min(getattr(self, name)) < 1:
                found.append(
                    f"game '{self.name}': {name} are two or more numbers of channels, each at least 1"
                )
        for name in ("pixel_weight", "adversarial_weight", "jitter"):
            if getattr(self, name) < 0:
                found.append(f"game '{self.name}': {name} is never below 0; got {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            found.append(f"game '{self.name}': dropout is from 0 to below 1; got {self.dropout}")
        if self.drawing_dropout and not self.dropout:
            found.append(f"game '{self.name}': drawing_dropout needs dropout above 0")
        if len(self.box) != 4 or any(number < 0 for number in self.box):
            found.append(
                f"game '{self.name}': box is top, bottom, left, right in pixels; got {list(self.box)}"
            )
        return found

    @property
    def boxed(self) -> bool:
        """Whether there is a white box at all."""
        return any(self.box)

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns of the box."""
        top, bottom, left, right = self.box
        return slice(top, bottom), slice(left, right)

    def told_box(self) -> str:
        """The box in words."""
        top, bottom, left, right = self.box
        return f"rows {top}-{bottom - 1}, columns {left}-{right - 1}"

    def body_problems(self, config: Any) -> list[str]:
        found, size = [], config.size
        for name in ("widths", "d_widths"):
            count = len(getattr(self, name))
            if count and size % (1 << count):
                found.append(
                    f"game '{self.name}': {count} {name} halve the picture {count} times, so the size is a multiple of "
                    f"{1 << count}; got {size}"
                )
        if not found and size == 1 << len(self.widths) and config.batch < 2:
            found.append("batch norm of one number a channel needs a batch of at least 2")
        if len(self.box) == 4 and self.boxed:
            top, bottom, left, right = self.box
            if not (top < bottom <= size and left < right <= size):
                found.append(
                    f"game '{self.name}': the box ({self.told_box()}) is not within a picture of {size} pixels; "
                    "set --game.box TOP,BOTTOM,LEFT,RIGHT, or 0,0,0,0 for none"
                )
        return found

    def pair_problems(self, config: Any) -> list[str]:
        found = []
        if config.objective.penalties():
            found.append(
                f"objective '{config.objective.name}' has a gradient penalty, and D of game '{self.name}' has batch "
                "norm: the penalty needs each picture's own gradient; take an objective without one"
            )
        if config.beta1 and not config.optimizer.uses_beta1:
            found.append(
                f"optimizer '{config.optimizer.name}' keeps no mean of the gradients; set beta1 to 0"
            )
        return found
