"""A picture and the white box on it that somebody moves, of a network that draws what is under it."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from workbench.base.documents import Json
from workbench.data.pictures import encode_png

SCRIPT = (Path(__file__).parent / "static" / "white_box.js").read_text(encoding="utf-8")


class WhiteBox:
    """A gr.HTML; empty where there is no box."""

    def __init__(self) -> None:
        self.html: Any = gr.HTML(
            None, html_template="", js_on_load=SCRIPT, elem_id="mine-box", apply_default_css=False
        )

    @staticmethod
    def filled(picture: np.ndarray, box: Sequence[int], word: str) -> Json:
        """The value that shows the box (top, bottom, left, right) on a picture (S, S, 3) uint8. word: its name."""
        source = "data:image/png;base64," + base64.b64encode(encode_png(picture)).decode()
        return {"src": source, "size": len(picture), "box": list(box), "word": word}


def moved(box: Sequence[int], event: gr.EventData, size: int) -> tuple[int, ...]:
    """The box where the page says that it is now; as it was, where that is not within a picture of this size."""
    top, bottom, left, right = box
    down, across = getattr(event, "top", None), getattr(event, "left", None)
    if not isinstance(down, int) or not isinstance(across, int):
        return tuple(box)
    height, width = bottom - top, right - left
    if not (0 <= down <= size - height and 0 <= across <= size - width):
        return tuple(box)
    return down, down + height, across, across + width
