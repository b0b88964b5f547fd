"""Config: what is trained on what, and how. Everything that decides a run, and nothing else."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput, did_you_mean
from workbench.base.noise import LATENT_KINDS
from workbench.base.registry import Component, build, fields_to_json
from workbench.base.schedules import Schedule, constant
from workbench.gan.architectures import ARCHITECTURES, Architecture
from workbench.gan.conditionings import CONDITIONINGS, Conditioning
from workbench.gan.limits import too_large
from workbench.gan.objectives import OBJECTIVES, Objective
from workbench.gan.optimizers import OPTIMIZERS, Optimizer
from workbench.gan.rules import GAMES, Rules

DEFAULT_DATA = ("drawn:10000",)  # for whoever names none
PRECISIONS = ("auto", "32-true", "bf16-mixed")
REGISTRIES = {
    "game": GAMES,
    "architecture": ARCHITECTURES,
    "conditioning": CONDITIONINGS,
    "objective": OBJECTIVES,
    "optimizer": OPTIMIZERS,
}


@dataclass(frozen=True)
class Config:
    """One run. Lengths are in kimg, thousands of real pictures seen; the string under a field says what it is."""

    data: tuple[str, ...] = ()
    """sources of real pictures: folders, or drawn:COUNT[:SEED]"""
    game: Rules = dataclasses.field(default_factory=lambda: GAMES["tags-to-face"]())  # type: ignore[arg-type, return-value]
    """what is played on the data"""
    size: int = 64
    """pixels a side of the pictures"""
    latent: int = 128
    """numbers in z, G's random input"""
    latent_kind: str = "normal"
    """distribution of z: normal, uniform-01 (from 0 to 1) or uniform-11 (from -1 to 1)"""
    architecture: Architecture = dataclasses.field(default_factory=lambda: ARCHITECTURES["light"]())  # type: ignore[arg-type, return-value]
    """bodies of both networks"""
    conditioning: Conditioning = dataclasses.field(default_factory=lambda: CONDITIONINGS["projection"]())  # type: ignore[arg-type, return-value]
    """how the tags reach the networks"""
    objective: Objective = dataclasses.field(default_factory=lambda: OBJECTIVES["non-saturating"]())  # type: ignore[arg-type, return-value]
    """the losses of both networks"""
    optimizer: Optimizer = dataclasses.field(default_factory=lambda: OPTIMIZERS["adam"]())  # type: ignore[arg-type, return-value]
    """how gradients move the weights"""
    batch: int = 64
    """real pictures of one update of D"""
    start: str = ""
    """file whose weights the networks begin with: a generator's, or a run's hand-over (G, D); empty: random ones"""
    d_first_kimg: float = 0.0
    """kimg until which D learns alone, for a trained G that meets a new D"""
    d_steps: int = 1
    """updates of D a step (n_critic)"""
    g_steps: int = 1
    """updates of G a step"""
    mismatch: Schedule = constant(0.0)
    """weight of real pictures with wrong tags as negatives (Reed et al. 2016, alg. 1: 1/2 each; here fakes count 1)"""
    wrong_pictures: Schedule = constant(0.0)
    """weight of the right tags with another real picture that lacks them, as negatives"""
    learning_rate: Schedule = constant(2e-4)
    """learning rate of both networks"""
    d_learning_scale: float = 1.0
    """D's learning rate as a multiple of G's"""
    beta1: float = 0.0
    """memory of the gradients' mean in Adam, from 0 to below 1"""
    beta2: float = 0.99
    """memory of the gradients' mean square in Adam and RMSProp, from 0 to below 1"""
    flip: bool = True
    """mirror half of the real pictures"""
    rotate: float = 0.0
    """turn real pictures by up to so many degrees, either way"""
    shift: int = 0
    """shift everything that D sees at random by up to so many pixels"""
    ema_kimg: float = 10.0
    """half-life of G's moving average, in kimg"""
    ema_ramp: float = 0.05
    """the average's half-life is at most this share of what was seen"""
    ema_samples: int = 2048
    """pictures from which the average's batch statistics are measured anew before drawing"""
    kimg: float = 400.0
    """length of the run, over which schedules run, in kimg"""
    tick_kimg: float = 1.0
    """kimg between two lines of scalars"""
    snapshot_kimg: float = 20.0
    """kimg between two grids and saved states"""
    evaluate_kimg: float = 0.0
    """kimg between two evaluations, each at the next snapshot; 0: none"""
    evaluate_samples: int = 2000
    """pictures of an evaluation"""
    patience: int = 0
    """evaluations without a better one after which the run ends; 0: never"""
    rollback: int = 0
    """times a sick run goes back to its best state, at half the learning rate; 0: never"""
    keep_states: int = 3
    """newest states that are kept, besides the best one's"""
    precision: str = "32-true"
    """precision of the networks' numbers; auto: bf16-mixed where the processor computes it fast"""
    seed: int = 0
    """seed of the initial weights and of everything random in training"""

    @property
    def real_per_step(self) -> int:
        """Real pictures that one step (`d_steps` updates of D) takes."""
        return self.batch * self.d_steps

    def problems(self) -> list[str]:
        """Sentences that say why this cannot be trained; traits are compared, never names."""
        if absurd := too_large(self):  # whatever else would be computed from such numbers
            return absurd
        found = self.game.problems() or self.game.body_problems(self)
        found += self.objective.problems() + self.optimizer.problems() + self._unread()
        at_least_one = ("size", "latent", "batch", "d_steps", "g_steps", "keep_states", "ema_samples")
        found += [
            f"{name} is at least 1; got {getattr(self, name)}"
            for name in at_least_one
            if getattr(self, name) < 1
        ]
        above_zero = ("kimg", "tick_kimg", "snapshot_kimg", "ema_kimg")
        found += [
            f"{name} is above 0; got {getattr(self, name)}" for name in above_zero if getattr(self, name) <= 0
        ]
        found += [
            f"{name} is 0 or above; got {getattr(self, name)}"
            for name in ("evaluate_kimg", "patience", "rollback")
            if getattr(self, name) < 0
        ]
        if self.evaluate_samples < 2:
            found.append(f"evaluate_samples is at least 2; got {self.evaluate_samples}")
        if self.patience and not self.evaluate_kimg:
            found.append("patience counts evaluations; set evaluate_kimg too (0 = none is made)")
        found += [
            f"{name} is from 0 to below 1; got {getattr(self, name)}"
            for name in ("beta1", "beta2")
            if not 0 <= getattr(self, name) < 1
        ]
        if self.d_first_kimg < 0:
            found.append(f"d_first_kimg is never below 0; got {self.d_first_kimg}")
        weights = (self.learning_rate.lowest, self.d_learning_scale, self.mismatch.lowest)
        if min(*weights, self.wrong_pictures.lowest) < 0:
            found.append("learning_rate, d_learning_scale, mismatch and wrong_pictures are never below 0")
        if self.latent_kind not in LATENT_KINDS:
            found.append(
                f"unknown latent_kind '{self.latent_kind}'{did_you_mean(self.latent_kind, LATENT_KINDS)}"
            )
        if self.precision not in PRECISIONS:
            found.append(f"precision is one of {', '.join(PRECISIONS)}; got '{self.precision}'")
        if not 0 <= self.seed < 1 << 63:
            found.append(f"seed is from 0 to below 2^63; got {self.seed}")
        if not 0 <= self.shift < self.size:
            found.append(f"shift is from 0 to below the size ({self.size}); got {self.shift}")
        return found or self.game.pair_problems(self)

    def _unread(self) -> list[str]:
        """Fields that were set although the game does not read them."""
        plain = Config(game=self.game)
        return [
            f"{name} is nothing that game '{self.game.name}' reads; leave it out"
            for name in self.game.unread
            if getattr(self, name) != getattr(plain, name)
        ]

    def checked(self) -> "Config":
        """This config, or BadInput with every problem on a line of its own."""
        problems = self.problems()
        if problems:
            raise BadInput("\n".join(problems))
        return self

    def replace(self, **fields: Any) -> "Config":
        """A variant; values may be loosely typed ("objective.r1" names a field of a component)."""
        data = self.to_json()
        for name, value in sorted(fields.items(), key=lambda item: "." in item[0]):
            outer, _, inner = name.partition(".")
            if inner and outer in REGISTRIES:
                known = data.get(outer, getattr(self, outer))  # what the game does not read is not in `data`
                known = known.to_json() if isinstance(known, Component) else known
                component = known if isinstance(known, dict) else {"name": known}
                data[outer] = component | {inner: value}
            else:
                data[name] = value
        return Config.from_json(data)

    def to_json(self) -> Json:
        """Plain values only, of what the game reads; `Config.from_json` is the way back."""
        return {name: value for name, value in fields_to_json(self).items() if name not in self.game.unread}

    @classmethod
    def from_json(cls, data: Any) -> "Config":
        """Raises BadInput on an unknown field (with the nearest known one) or a wrong type."""
        if not isinstance(data, dict):
            raise BadInput(f"a config is a JSON object; got {type(data).__name__}")
        return build(cls, data, "config", REGISTRIES)

    @classmethod
    def read(cls, path: Path) -> "Config":
        """The config of a file such as a run's config.json. Raises BadInput, which names the file."""
        try:
            return cls.from_json(json.loads(path.read_text()))
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from None
        except OSError as error:
            raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path}: not JSON ({error})") from None

    def dumps(self) -> str:
        """Indented JSON."""
        return json.dumps(self.to_json(), indent=1)
