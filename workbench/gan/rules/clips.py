"""Clips: a kind of motion becomes a short film of one face."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.base.weights import ANIMATOR
from workbench.data.motions import FRAMES
from workbench.gan.rules import GAMES, Rules, unfit

GENERATORS = ("recurrent", "layers")
DISCRIMINATORS = ("both", "video")
OUTPUTS = ("whole", "blocks")


@GAMES.register("clips")
@dataclass(frozen=True)
class ClipRules(Rules):
    """Clips of one face in motion: G of content and motion, D of clips and of single frames (Tulyakov et al. 2018).

    D: the sum of what its two networks minimise, and `kinds` times the cross-entropy of a real clip's kind; G: the same
    of its clips. Departs from MoCoGAN: kinds are known, frames are drawn and seen by the architecture's bodies, and
    what enters the motion is the same in all frames unless `afresh`.
    """

    chinese: ClassVar[str] = (
        "短片：內容與動作分開的生成器，對影片與單張的判別器（Tulyakov et al. 2018, MoCoGAN）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "a kind of motion becomes a short film of one face ([moving pictures](motion.md))",
        "Tulyakov et al. 2018; Vondrick et al. 2016",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"x_t = G_I(z, h_t), \quad h_t = \mathrm{GRU}(h_{t-1}, [\epsilon, k])",
        r"L_D = L(D_V(x)) + L(D_I(x_t)) - \lambda\,\mathrm{E}\log q(k \mid x)",
        r"L_G = L_{\mathrm{adv}}(D_V(G)) + L_{\mathrm{adv}}(D_I(G_t)) - \lambda\,\mathrm{E}\log q(k \mid G)",
    )
    network: ClassVar[str] = ANIMATOR
    leading: ClassVar[str] = "fid"
    sources: ClassVar[tuple[str, ...]] = ("clips:4000",)
    unread: ClassVar[tuple[str, ...]] = (
        "conditioning", "mismatch", "wrong_pictures", "rotate", "shift",
    )  # fmt: skip
    frames: int = 8
    """frames of a clip, 8 or 16"""
    motion: int = 16
    """numbers of the motion's state, and random ones that enter it"""
    afresh: bool = False
    """other random numbers enter the motion in every frame (MoCoGAN's), or the same in all"""
    generator: str = "recurrent"
    """recurrent: content, and a motion of a recurrent network; layers: a moving foreground over a still background"""
    discriminators: str = "both"
    """both: of clips and of single frames; video: of clips alone"""
    d_output: str = "whole"
    """what D of clips scores: whole clips, or blocks of them apart"""
    width: int = 48
    """channels of the three-dimensional convolutions"""
    looked_at: int = 2
    """frames of a clip that D of frames sees a step"""
    kinds: float = 1.0
    """weight of naming the kind"""

    def problems(self) -> list[str]:
        found = []
        if self.frames not in FRAMES:
            found.append(
                f"game '{self.name}': frames is one of {', '.join(map(str, FRAMES))}; got {self.frames}"
            )
        for field, known in (
            ("generator", GENERATORS), ("discriminators", DISCRIMINATORS), ("d_output", OUTPUTS),
        ):  # fmt: skip
            if getattr(self, field) not in known:
                found.append(
                    f"game '{self.name}': {field} is one of {', '.join(known)}; got '{getattr(self, field)}'"
                )
        if min(self.motion, self.width, self.looked_at) < 1:
            found.append(f"game '{self.name}': motion, width and looked_at are at least 1")
        if self.kinds < 0:
            found.append(f"game '{self.name}': kinds is never below 0; got {self.kinds}")
        return found

    def body_problems(self, config: Any) -> list[str]:
        if config.size < 16 or config.size & (config.size - 1):
            return [f"game '{self.name}': size is 16, 32, 64 ...; got {config.size}"]
        return config.architecture.problems(config.size)

    def pair_problems(self, config: Any) -> list[str]:
        return unfit(config, "frame")
