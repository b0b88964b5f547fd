"""Translating: pictures of one kind become pictures of another kind, without pairs."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.base.weights import TRANSLATOR
from workbench.gan.rules import GAMES, Rules


@GAMES.register("translate")
@dataclass(frozen=True)
class Translate(Rules):
    """Two generators, A to B and B to A, against a discriminator for each side (Zhu et al. 2017, CycleGAN).

    D: real pictures of each side against translated ones; G: the objective's part for both directions plus `cycle`
    times the absolute difference of a picture and its way there and back, plus `cycle` times `identity` times that of
    a picture and its translation to the side where it already is.
    """

    chinese: ClassVar[str] = (
        "沒有成對圖片的風格轉換：兩個方向的生成器，各有一個判別器（Zhu et al. 2017, CycleGAN）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "pictures of one kind become another kind, and back, without pairs ([pictures to pictures](pictures.md))",
        "Zhu et al. 2017",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \tfrac12 \sum_{s \in \{A, B\}} L_{\mathrm{real}}(D_s(s)) + L_{\mathrm{fake}}(D_s(G_s(\bar s)))",
        r"L_G = L_{\mathrm{adv}}(D_A(G_A(b))) + L_{\mathrm{adv}}(D_B(G_B(a))) + \lambda\,(\mathrm{E}\,|G_A(G_B(a)) - a|"
        r" + \mathrm{E}\,|G_B(G_A(b)) - b|)",
    )
    network: ClassVar[str] = TRANSLATOR
    leading: ClassVar[str] = "kid_b"
    unread: ClassVar[tuple[str, ...]] = (
        "latent", "latent_kind", "architecture", "conditioning", "mismatch", "wrong_pictures", "rotate", "shift",
    )  # fmt: skip
    widths: tuple[int, ...] = (64, 128, 256)
    """G's channels after each halving; the way back mirrors them"""
    blocks: int = 0
    """residual blocks in the middle of G"""
    d_widths: tuple[int, ...] = (64, 128, 256)
    """D's channels after each halving"""
    d_norm: str = "batch"
    """norm of D: batch or none"""
    cycle: float = 10.0
    """weight of the difference of a picture and its way there and back"""
    identity: float = 0.0
    """weight, as a share of cycle, of the difference of a picture and its translation to its own side"""
    pool: int = 50
    """older translations that D sees half of the time in place of new ones (Shrivastava et al. 2017); 0: none"""

    def problems(self) -> list[str]:
        found = []
        for name in ("widths", "d_widths"):
            if len(getattr(self, name)) < 2 or min(getattr(self, name)) < 1:
                found.append(
                    f"game '{self.name}': {name} are two or more numbers of channels, each at least 1"
                )
        for name in ("cycle", "identity", "pool", "blocks"):
            if getattr(self, name) < 0:
                found.append(f"game '{self.name}': {name} is never below 0; got {getattr(self, name)}")
        if self.blocks > 64:
            found.append(f"game '{self.name}': blocks is at most 64; got {self.blocks}")
        if self.d_norm not in ("batch", "none"):
            found.append(f"game '{self.name}': d_norm is batch or none; got '{self.d_norm}'")
        return found

    def body_problems(self, config: Any) -> list[str]:
        found = []
        for name in ("widths", "d_widths"):
            count = len(getattr(self, name))
            if config.size % (1 << count):
                found.append(
                    f"game '{self.name}': {count} {name} halve the picture {count} times, so the size is a multiple of "
                    f"{1 << count}; got {config.size}"
                )
            elif config.size == 1 << count and config.batch < 2:
                found.append("batch norm of one number a channel needs a batch of at least 2")
        return found

    def pair_problems(self, config: Any) -> list[str]:
        found = []
        if config.objective.penalties():
            found.append(
                f"objective '{config.objective.name}' has a gradient penalty, which game '{self.name}' does not take; "
                "take an objective without one (wgan clips weights instead)"
            )
        if config.beta1 and not config.optimizer.uses_beta1:
            found.append(
                f"optimizer '{config.optimizer.name}' keeps no mean of the gradients; set beta1 to 0"
            )
        return found
