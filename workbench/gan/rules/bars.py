"""Bars: a chord and the bar before become a bar of music."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.base.weights import COMPOSER
from workbench.gan.rules import GAMES, Rules

NORMS = ("none", "spectral", "batch")
OUTPUTS = ("softmax", "sigmoid")
MOST_TRACKS = 3


@GAMES.register("bars")
@dataclass(frozen=True)
class BarRules(Rules):
    """Bars of sixteenths by pitch, drawn bar by bar, against a D of bars (Yang et al. 2017, MidiNet).

    D: real bars under their chord against drawn ones; G: the objective's part plus `features` times the squared
    difference of the mean roll of drawn and of real bars. Departs from the paper: onsets rather than held notes, and no
    features of D's first layer.
    """

    chinese: ClassVar[str] = "小節：由和弦與前一小節生成一小節音樂（Yang et al. 2017, MidiNet）。"
    row: ClassVar[tuple[str, ...]] = (
        "a chord and the bar before become a bar of music ([music](music.md))",
        "Yang et al. 2017; Dong et al. 2018",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = L_{\mathrm{real}}(D(x, c, p)) + L_{\mathrm{fake}}(D(G(z, c, p), c, p))",
        r"L_G = L_{\mathrm{adv}}(D(G(z, c, p), c, p)) + \lambda\,\Vert \mathrm{E}\,x - \mathrm{E}\,G(z, c, p) \Vert^2",
    )
    network: ClassVar[str] = COMPOSER
    leading: ClassVar[str] = "chords"
    sources: ClassVar[tuple[str, ...]] = ("melodies:16000",)
    unread: ClassVar[tuple[str, ...]] = (
        "size", "architecture", "conditioning", "mismatch", "wrong_pictures", "flip", "rotate", "shift",
    )  # fmt: skip
    tracks: int = 1
    """1: a melody; 2: and chords; 3: and a bass"""
    width: int = 64
    """G's channels"""
    d_width: int = 64
    """D's channels"""
    d_norm: str = "none"
    """D's norm: none, spectral or batch"""
    past: bool = True
    """G sees the bar before"""
    d_past: bool = True
    """D sees the bar before, too"""
    output: str = "softmax"
    """what G ends in: softmax over the pitches and none (melody and bass), or a sigmoid for each pitch"""
    binary: bool = False
    """in training G gives ones and zeros, with the gradient of the numbers they are made from"""
    features: float = 0.0
    """weight of the squared difference of the mean rolls of drawn and of real bars"""

    def problems(self) -> list[str]:
        found = []
        if not 1 <= self.tracks <= MOST_TRACKS:
            found.append(f"game '{self.name}': tracks is from 1 to {MOST_TRACKS}; got {self.tracks}")
        if self.width < 2 or self.d_width < 1:
            found.append(f"game '{self.name}': width is at least 2, d_width at least 1")
        if self.d_norm not in NORMS:
            found.append(f"game '{self.name}': d_norm is one of {', '.join(NORMS)}; got '{self.d_norm}'")
        if self.output not in OUTPUTS:
            found.append(f"game '{self.name}': output is one of {', '.join(OUTPUTS)}; got '{self.output}'")
        if self.features < 0:
            found.append(f"game '{self.name}': features is never below 0; got {self.features}")
        return found

    def body_problems(self, config: Any) -> list[str]:
        if self.tracks > 1 and config.latent < 2 * self.tracks:
            return [f"game '{self.name}': {self.tracks} tracks need a latent of at least {2 * self.tracks}"]
        return [] if config.batch > 1 else ["batch norm of one map needs a batch of at least 2"]

    def pair_problems(self, config: Any) -> list[str]:
        found, objective = [], config.objective
        if objective.penalties() and self.d_norm == "batch":
            found.append(
                f"objective '{objective.name}' has a gradient penalty, and D has batch norm: the penalty needs each "
                "bar's own gradient; set --game.d_norm none"
            )
        if objective.clips_weights and self.d_norm == "spectral":
            found.append(
                f"objective '{objective.name}' clips D's weights, and spectral norm divides them by their size; set "
                "--game.d_norm none"
            )
        if config.beta1 and not config.optimizer.uses_beta1:
            found.append(
                f"optimizer '{config.optimizer.name}' keeps no mean of the gradients; set beta1 to 0"
            )
        return found
