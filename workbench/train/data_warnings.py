"""What is odd about data for a config that trains on them all the same: sentences, told before the first step."""

from workbench.data.faceset import FaceSet
from workbench.gan.config import Config


def data_warnings(config: Config, faces: FaceSet) -> list[str]:
    """Sentences about tags that are missing, and about a held-out part that is none."""
    return untagged(config, faces) + faces.notes()


def untagged(config: Config, faces: FaceSet) -> list[str]:
    """Where a conditional run gets no tags, or none of a group."""
    if not config.conditioning.coder(faces.vocabulary.sizes).reads_labels:
        return []
    named = {group.name: False for group in faces.vocabulary.groups}
    for column, y in zip(faces.vocabulary.columns, faces.train().y.T, strict=True):
        named[column.group.name] |= bool((y >= 0).any())
    sources, name = " ".join(faces.sources), config.conditioning.name
    if not any(named.values()):
        return [
            f"No picture of {sources} has a tag: the generator will not follow any (conditioning '{name}'; "
            "--conditioning none trains without tags, a folder with tags.csv has some)."
        ]
    nouns = {"hair": "known hair colour", "eyes": "known eye colour"}
    return [
        f"No picture of {sources} has a {noun}: the generator will not follow these tags."
        for noun in (nouns.get(group, f"tag of {group}") for group, known in named.items() if not known)
    ]
