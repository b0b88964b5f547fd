"""What is odd about data for a config that trains on them all the same: sentences, told before the first step."""

from workbench.data.faceset import FaceSet
from workbench.data.tags import VOCABULARY
from workbench.gan.config import Config


def data_warnings(config: Config, faces: FaceSet) -> list[str]:
    """Sentences about tags that are missing, and about a held-out part that is none."""
    return untagged(config, faces) + faces.notes()


def untagged(config: Config, faces: FaceSet) -> list[str]:
    """Where a conditional run gets no tags, or none of one kind."""
    if not config.conditioning.coder(VOCABULARY.sizes).reads_labels:
        return []
    hair, eyes = (bool((faces.train().y[:, kind] >= 0).any()) for kind in range(2))
    if hair and eyes:
        return []
    sources, name = " ".join(faces.sources), config.conditioning.name
    if not (hair or eyes):
        return [
            f"No picture of {sources} has a tag: the generator will not follow any (conditioning '{name}'; "
            "--conditioning none trains without tags, a folder with tags.csv has some)."
        ]
    kind = "eye" if hair else "hair"
    return [f"No picture of {sources} has a known {kind} colour: the generator will not follow these tags."]
