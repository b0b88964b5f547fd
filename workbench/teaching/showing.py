"""Pictures and figures as a notebook's output, with words for those who cannot see them."""

import io
from typing import TYPE_CHECKING

import numpy as np

from workbench.widgets.rendering import enlarged, figure_png

if TYPE_CHECKING:
    from IPython.display import Image
    from matplotlib.figure import Figure

QUALITY = 85  # notebooks are kept in git with their pictures


def show(what: "np.ndarray | Figure", alt: str, scale: int = 1) -> "Image":
    """An output to end a cell with.

    what: (H, W, 3) uint8, enlarged `scale` times without smoothing, or a matplotlib Figure.
    alt: what is to be seen, for readers without the picture.
    """
    from IPython.display import Image
    from PIL import Image as Pillow

    if not isinstance(what, np.ndarray):
        return Image(figure_png(what), alt=alt)
    buffer = io.BytesIO()
    Pillow.fromarray(enlarged(what, scale)).save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return Image(buffer.getvalue(), alt=alt)
