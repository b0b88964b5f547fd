"""Labels around a grid of pictures: names left of its rows and above its columns, black on white."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)


def labelled(inner: np.ndarray, rows: Sequence[str], columns: Sequence[str], gap: int) -> np.ndarray:
    """`inner`, a grid (H, W, 3) uint8 of len(rows) rows, with its labels; its pixels stay, at the lower right.

    Labels of columns may have several lines; where one is wider than its column, all stand in
    one line that reads upwards.
    """
    from PIL import ImageDraw, ImageFont

    font = ImageFont.load_default(13 if len(inner) // len(rows) > 100 else 10)
    pitch = (len(inner) - gap) // len(rows)
    line = round(font.getbbox("Ag")[3]) + 3
    texts = [fitted(text, most=max(1, pitch // line)) for text in rows]
    left = 8 + max(_width(font, text) for block in texts for text in block)
    step = (inner.shape[1] - gap) // max(1, len(columns))
    heads = [_head(text, font, line) for text in columns]
    if any(head.width > step for head in heads):
        heads = [_head(text.replace("\n", ", "), font, line) for text in columns]
        heads = [head.transpose(Image.Transpose.ROTATE_90) for head in heads]
    top = 4 + max((head.height for head in heads), default=-4)
    sheet = Image.new("RGB", (left + inner.shape[1], top + len(inner)), WHITE)
    sheet.paste(Image.fromarray(inner), (left, top))
    pen = ImageDraw.Draw(sheet)
    for n, block in enumerate(texts):
        y = top + gap + n * pitch + (pitch - gap - len(block) * line) // 2
        for m, text in enumerate(block):
            pen.text((4, y + m * line), text, fill=BLACK, font=font)
    for n, head in enumerate(heads):
        sheet.paste(head, (left + gap + n * step + (step - gap - head.width) // 2, top - 2 - head.height))
    return np.asarray(sheet)


def _head(text: str, font: Any, line: int) -> Image.Image:
    """The label of one column, its lines centred over each other."""
    from PIL import ImageDraw

    lines = text.split("\n")
    widths = [_width(font, part) for part in lines]
    head = Image.new("RGB", (max(1, *widths), line * len(lines)), WHITE)
    pen = ImageDraw.Draw(head)
    for n, (part, width) in enumerate(zip(lines, widths, strict=True)):
        pen.text(((head.width - width) // 2, n * line), part, fill=BLACK, font=font)
    return head


def fitted(text: str, most: int, width: int = 24) -> list[str]:
    """`text` as at most `most` lines of about `width` letters."""
    return textwrap.wrap(text, width, max_lines=most, placeholder=" ...") or [""]


def _width(font: Any, text: str) -> int:
    return round(font.getlength(text))
