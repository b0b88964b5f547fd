"""The pane My picture: a dropped face is looked for in the generator's latent space, and shown in other colours."""

import dataclasses
import importlib.util
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from workbench.base.errors import BadInput
from workbench.data.captions import colour, of_indices
from workbench.data.pictures import encode_png
from workbench.data.tags import VOCABULARY
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.page_context import BUSY, PageContext, errors_as_sentences, filled, language_of
from workbench_app.explore.restore import MOST_BYTES

STEPS = 200  # fewer than the command's: somebody waits
SHOWN = (".png", ".jpg", ".jpeg", ".webp")
ALONE: dict[str, Any] = BUSY | {"concurrency_id": "project", "concurrency_limit": 1}  # seconds of every core


class Mine:
    """Given and found, then every hair and every eye colour of what was found."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        self.able = importlib.util.find_spec("torch") is not None and context.studio.painter.size == 64
        gr.Markdown(t("mine_about") if self.able else t("mine_none"))
        self.file = gr.File(
            label=t("mine_drop"), file_types=list(SHOWN), type="filepath", height=120, visible=self.able,
            elem_id="mine-drop",
        )  # fmt: skip
        self.said = gr.Markdown(elem_id="mine-said")
        self.galleries = [
            context.gallery("mine_found", columns=2, elem_id="mine-found"),
            context.gallery("mine_hair", columns=6, elem_id="mine-hair"),
            context.gallery("mine_eyes", columns=6, elem_id="mine-eyes"),
        ]

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        """A dropped picture is looked for at once."""
        self.file.upload(
            errors_as_sentences(self.project), self.file, [self.file, self.said, *self.galleries], **ALONE
        )

    def project(self, path: str | None, request: gr.Request) -> list[Any]:
        """A dropped file -> room for the next one, what was found in words, and the three galleries."""
        import torch

        from workbench.draw.projection import fitted, project

        torch.set_num_threads(
            1
        )  # one face is little work: more threads wait for each other, on a busy machine for long
        language, picture = language_of(request), fitted(opened(path))
        painter = self.context.studio.borrowed()
        (found,) = project(painter, picture[None], STEPS)
        recipe = found.recipe
        read = of_indices((recipe.hair, recipe.eyes), language)
        said = words.say(language, "mine_said", said=read, distance=found.distance)
        shown: list[list[Any]] = [[self._put(picture), self._put(found.drawn)]]
        for kind in ("hair", "eyes"):
            names = VOCABULARY.values(kind)
            others = [dataclasses.replace(recipe, **{kind: index}) for index in range(len(names))]
            drawn = [painter.draw_at(found.z[None], other)[0] for other in others]
            shown.append([
                (self._put(pixels), colour(name, language)) for pixels, name in zip(drawn, names, strict=True)
            ])  # fmt: skip
        return [None, said, *map(filled, shown)]

    def _put(self, pixels: np.ndarray) -> str:
        return self.context.downloads.put("mine.png", encode_png(pixels))


def opened(path: str | None) -> np.ndarray:
    """(H, W, 3) uint8 of a dropped file. Raises BadInput with the visitor's own name for it."""
    from workbench.data.pair_sources import pixels

    if not path:
        raise BadInput("no file was uploaded")
    file = Path(path)
    if file.stat().st_size > MOST_BYTES:
        raise BadInput(f"a picture of at most {MOST_BYTES >> 20} MiB")
    try:
        return pixels(file)
    except BadInput as error:
        raise BadInput(str(error).replace(str(file), file.name)) from None
