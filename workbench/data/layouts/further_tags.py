"""`tags:FOLDER`: an ADLxMLDS2017 folder, of which more is read than the two colours: length of the hair, twintails ...

Join it to sources of two colours: `--data MLDS2018 tags:ADLXMLDS2017`; what those don't say of a face is unknown.
"""

from pathlib import Path

from workbench.base.errors import BadInput
from workbench.data.further import FURTHER
from workbench.data.layouts.adlxmlds2017 import Adlxmlds2017
from workbench.data.vocabulary import VOCABULARY, Vocabulary

PREFIX = "tags:"


class FurtherTags(Adlxmlds2017):
    kind = "further-tags"
    looks = "tags:FOLDER, an adlxmlds2017 folder with the tags beyond two colours: length of the hair, twintails ..."

    @classmethod
    def recognise(cls, source: str) -> "FurtherTags | None":
        if not source.startswith(PREFIX):
            return None
        folder = source.removeprefix(PREFIX)
        if Adlxmlds2017.recognise(folder) is None:
            raise BadInput(f"{source}: {folder} is no folder with faces/*.jpg and tags.csv")
        layout = cls(folder)
        if Adlxmlds2017(folder).vocabulary != VOCABULARY:
            raise BadInput(
                f"{source}: the folder brings groups of tags of its own; open it as {Path(folder)}"
            )
        layout.name, layout.origin = PREFIX + layout.name, PREFIX + layout.origin
        return layout

    @property
    def vocabulary(self) -> Vocabulary:  # pyright: ignore[reportIncompatibleVariableOverride]
        return FURTHER
