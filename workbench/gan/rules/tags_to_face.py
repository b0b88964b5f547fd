"""Tags to faces: a latent and two tags become a face."""

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.data.tags import VOCABULARY
from workbench.gan.rules import GAMES, Rules, unfit


@GAMES.register("tags-to-face")
@dataclass(frozen=True)
class TagsToFaceRules(Rules):
    """A conditional generator of faces against a conditional discriminator (Mirza and Osindero 2014).

    D: real pictures with their tags against G's; G: what the objective says.
    """

    chinese: ClassVar[str] = "標籤到人臉：條件生成器對條件判別器（Mirza and Osindero 2014）。"
    row: ClassVar[tuple[str, ...]] = (
        "a latent and two tags become a face",
        "Mirza and Osindero 2014",
    )
    judged: ClassVar[bool] = True
    leading: ClassVar[str] = "fid"

    def body_problems(self, config: Any) -> list[str]:
        return config.architecture.problems(config.size) + config.conditioning.problems()

    def pair_problems(self, config: Any) -> list[str]:
        found = unfit(config)
        conditioning = f"conditioning '{config.conditioning.name}'"
        body = f"architecture '{config.architecture.name}'"
        for name, weight in (("mismatch", config.mismatch), ("wrong_pictures", config.wrong_pictures)):
            if not weight.is_zero and not config.conditioning.head(VOCABULARY.sizes, 4).reads_labels:
                found.append(
                    f"{name} asks for real pictures with wrong tags, and the head of {conditioning} does not read "
                    f"tags; set {name} to 0"
                )
        for network in ("G", "D"):
            count = config.architecture.stages(network)
            for number in config.conditioning.tiled(network):
                if not -count <= number < count:
                    found.append(
                        f"{conditioning} joins tags before stage {number} of {network}, and {body} has "
                        + (f"stages 0 to {count - 1} there" if count else "no stage that takes them there")
                    )
        return found
