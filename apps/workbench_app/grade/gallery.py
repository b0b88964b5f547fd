"""Copies of the pictures that were scored, so that figures can be made after the generators have changed."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.data.pictures import encode_png, write
from workbench.data.tags import VOCABULARY
from workbench.draw.engine import open_judge
from workbench.judge.reading import MEASURING
from workbench_app.grade.rows import Score
from workbench_app.grade.sources import SIZE, Picture, digest_of

if TYPE_CHECKING:
    from workbench.judge.reading import Reader


class Gallery:
    """`folder`/DIGEST.png; a damaged or missing file is a picture that is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._believed: dict[tuple[str, str, str], tuple[float, bool]] = {}
        self._judge: Reader | None = None

    def keep(self, picture: Picture) -> None:
        """Raises DiskError."""
        path = self._path(picture.digest)
        if not path.exists():
            self.folder.mkdir(exist_ok=True)
            write(path, encode_png(picture.pixels))

    def read(self, digest: str) -> np.ndarray | None:
        """(64, 64, 3) uint8."""
        try:
            with Image.open(self._path(digest), formats=["PNG"]) as image:
                pixels = np.asarray(image.convert("RGB")) if image.size == (SIZE, SIZE) else None
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None
        return pixels if pixels is not None and digest_of(pixels) == digest else None

    def data(self, digest: str) -> str:
        """The picture for an HTML page, without a file; empty where it is not there."""
        pixels = self.read(digest)
        return (
            "" if pixels is None else f"data:image/png;base64,{base64.b64encode(encode_png(pixels)).decode()}"
        )

    def belief(self, rows: Sequence[Score]) -> dict[str, tuple[float, bool]]:
        """What the judge that measures (never the one that chose) thinks of each picture: its probability of the tags
        that were asked for, and whether it reads just these."""
        asked = {row.picture: (row.picture, row.hair, row.eyes) for row in rows}
        fresh = [key for key in asked.values() if key not in self._believed]
        known = [(key, pixels) for key in fresh if (pixels := self.read(key[0])) is not None]
        if known:
            self._judge = self._judge or open_judge(MEASURING)
            reading = self._judge.read(np.stack([pixels for _, pixels in known]))
            y = np.array(
                [
                    [VOCABULARY.index("hair", hair), VOCABULARY.index("eyes", eyes)]
                    for (_, hair, eyes), _ in known
                ]
            )
            right = ((reading.colours() == y) | (y < 0)).all(1)
            for (key, _), value, fits in zip(known, reading.belief(y), right, strict=True):
                self._believed[key] = (float(value), bool(fits))
        return {picture: self._believed[key] for picture, key in asked.items() if key in self._believed}

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not digest.isalnum():
            raise ValueError("no digest of a picture")
        return self.folder / f"{digest}.png"
