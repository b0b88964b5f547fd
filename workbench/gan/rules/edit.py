"""Editing: a given face gets other tags."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.base.weights import EDITOR
from workbench.gan.rules import GAMES, Rules


@GAMES.register("edit")
@dataclass(frozen=True)
class Edit(Rules):
    """A generator of a given picture and wanted tags, against a D that also reads tags (Choi et al. 2018, StarGAN).

    D: real pictures against edited ones, plus `reading` times the cross-entropy of real pictures' tags; G: the
    objective's part, `reading` times that of the wanted tags, `cycle` times the absolute difference of a picture and
    its way to the wanted tags and back, `mask` times the mean of its mask.
    """

    chinese: ClassVar[str] = "編輯：給定的臉換上其他標籤，判別器也讀標籤（Choi et al. 2018, StarGAN）。"
    row: ClassVar[tuple[str, ...]] = (
        "a given face gets other hair or eyes ([pictures to pictures](pictures.md))",
        "Choi et al. 2018",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = L_{\mathrm{real}}(D(x)) + L_{\mathrm{fake}}(D(G(x, w))) - \rho\,\mathrm{E}\,\log C(t \mid x)",
        r"L_G = L_{\mathrm{adv}}(D(G(x, w))) - \rho\,\mathrm{E}\,\log C(w \mid G(x, w))"
        r" + \lambda\,\mathrm{E}\,|G(G(x, w), t) - x| + \mu\,\mathrm{E}\,m",
    )
    network: ClassVar[str] = EDITOR
    leading: ClassVar[str] = "asked"
    unread: ClassVar[tuple[str, ...]] = (
        "latent", "latent_kind", "architecture", "conditioning", "mismatch", "wrong_pictures", "ema_samples",
    )  # fmt: skip
    width: int = 64
    """G's channels at half the size"""
    blocks: int = 4
    """G's residual blocks"""
    d_widths: tuple[int, ...] = (64, 128, 256, 256)
    """D's channels at half the size, a quarter, ..."""
    reading: float = 1.0
    """weight of the tags that D reads"""
    cycle: float = 10.0
    """weight of the difference of a picture and its way to the wanted tags and back"""
    mask: float = 0.1
    """weight of the part of the picture that is drawn anew"""

    def problems(self) -> list[str]:
        found = []
        if self.width < 1 or self.blocks < 1 or min(self.d_widths, default=0) < 1:
            found.append(f"game '{self.name}': width, blocks and d_widths are at least 1")
        if self.blocks > 64:
            found.append(f"game '{self.name}': blocks is at most 64; got {self.blocks}")
        for name in ("reading", "cycle", "mask"):
            if getattr(self, name) < 0:
                found.append(f"game '{self.name}': {name} is never below 0; got {getattr(self, name)}")
        return found

    def body_problems(self, config: Any) -> list[str]:
        halvings = max(2, len(self.d_widths))
        if config.size % (1 << halvings):
            return [f"game '{self.name}': the size is a multiple of {1 << halvings}; got {config.size}"]
        return []

    def pair_problems(self, config: Any) -> list[str]:
        found = []
        objective = f"objective '{config.objective.name}'"
        if config.objective.penalties():
            found.append(
                f"{objective} has a gradient penalty; D of game '{self.name}' has spectral norm instead"
            )
        if config.objective.clips_weights:
            found.append(f"{objective} clips D's weights, and D of game '{self.name}' has spectral norm")
        if config.beta1 and not config.optimizer.uses_beta1:
            found.append(
                f"optimizer '{config.optimizer.name}' keeps no mean of the gradients; set beta1 to 0"
            )
        return found
