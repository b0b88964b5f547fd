"""Pictures and figures as a notebook's output, with words for those who cannot see them."""

import io
from typing import TYPE_CHECKING

import numpy as np

from workbench.lab.widgets.rendering import enlarged, figure_png

if TYPE_CHECKING:
    from IPython.core.display import Image
    from matplotlib.figure import Figure

QUALITY = 80  # notebooks are kept in git with their pictures
WIDEST = 900  # pixels; a page is not wider


def show(what: "np.ndarray | Figure", alt: str, scale: int = 1) -> "Image":
    """An output to end a cell with.

    what: (H, W, 3) uint8, enlarged `scale` times without smoothing (and made no wider than a page), or a
    matplotlib Figure.
    alt: what is to be seen, for readers without the picture.
    """
    from IPython.core.display import Image
    from PIL import Image as Pillow

    if not isinstance(what, np.ndarray):
        return Image(figure_png(what), alt=alt)
    buffer = io.BytesIO()
    picture = Pillow.fromarray(enlarged(what, scale))
    if picture.width > WIDEST:
        picture = picture.resize((WIDEST, round(picture.height * WIDEST / picture.width)))
    picture.save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return Image(buffer.getvalue(), alt=alt)
