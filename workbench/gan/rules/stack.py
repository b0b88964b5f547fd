"""Stacking: a second generator makes a first one's pictures half as large again."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.base.weights import ENLARGER
from workbench.gan.rules import GAMES, Rules


@GAMES.register("stack")
@dataclass(frozen=True)
class Stack(Rules):
    """A second generator on a frozen first, 64 to 96 pixels (a course report of 2017; Zhang et al. 2017, StackGAN).

    D: real pictures against enlarged ones; G: the objective's part plus `keep` times the absolute difference between
    the first generator's picture and the enlarged one shrunk to its size.
    """

    chinese: ClassVar[str] = (
        "堆疊：第二個生成器把第一個（固定）的圖片由 64 放大到 96 像素（Zhang et al. 2017, StackGAN）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "a second generator on a frozen first, half as large again ([pictures to pictures](pictures.md))",
        "Zhang et al. 2017",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = L_{\mathrm{real}}(D(x)) + L_{\mathrm{fake}}(D(G_2(G_1(z, t))))",
        r"L_G = L_{\mathrm{adv}}(D(G_2(u))) + \lambda\,\mathrm{E}\,|\,\mathrm{shrink}(G_2(u)) - u\,|",
        r"u = G_1(z, t)",
    )
    network: ClassVar[str] = ENLARGER
    leading: ClassVar[str] = "swd"
    unread: ClassVar[tuple[str, ...]] = (
        "latent", "latent_kind", "architecture", "conditioning", "mismatch", "wrong_pictures", "ema_samples",
    )  # fmt: skip
    places: ClassVar[tuple[str, ...]] = ("first",)
    first: str = ""
    """file or run folder of the first generator; empty: the shipped one"""
    width: int = 64
    """G's channels"""
    blocks: int = 4
    """G's residual blocks"""
    d_widths: tuple[int, ...] = (64, 128, 256)
    """D's channels at a third of the size, a sixth, ..."""
    keep: float = 60.0
    """weight of the difference between the first picture and the enlarged one, shrunk"""

    def problems(self) -> list[str]:
        found = []
        if self.width < 1 or self.blocks < 1 or min(self.d_widths, default=0) < 1:
            found.append(f"game '{self.name}': width, blocks and d_widths are at least 1")
        if self.blocks > 64:
            found.append(f"game '{self.name}': blocks is at most 64; got {self.blocks}")
        if self.keep < 0:
            found.append(f"game '{self.name}': keep is never below 0; got {self.keep}")
        return found

    def body_problems(self, config: Any) -> list[str]:
        if config.size % 6 or config.size // 3 % (1 << (len(self.d_widths) - 1)):
            return [
                f"game '{self.name}': the size is 3/2 of the first generator's, and a third of it is halved "
                f"{len(self.d_widths) - 1} times; got {config.size}"
            ]
        return []

    def pair_problems(self, config: Any) -> list[str]:
        found = []
        if config.objective.penalties():
            found.append(
                f"objective '{config.objective.name}' has a gradient penalty, which game '{self.name}' does not take; "
                "its D has spectral norm"
            )
        if config.objective.clips_weights:
            found.append(
                f"objective '{config.objective.name}' clips D's weights, and D of game '{self.name}' has spectral norm"
            )
        if config.beta1 and not config.optimizer.uses_beta1:
            found.append(
                f"optimizer '{config.optimizer.name}' keeps no mean of the gradients; set beta1 to 0"
            )
        return found
