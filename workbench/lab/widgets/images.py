"""Where widgets put their pictures."""

import ipywidgets as W


def image() -> W.Image:
    """An empty image that shows PNG files in their own size; a box would stretch it to its width."""
    return W.Image(format="png", layout=W.Layout(align_self="flex-start", max_width="100%"))
