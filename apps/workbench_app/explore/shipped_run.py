"""The run that made the shipped generator, as five looks at the same latents and tags; its folder does not ship.

`static/shipped-run.jpg` holds a row of nine faces of 64 pixels for each, as benchmarks/draw_checkpoints.py draws them
(`--seed 20`); four of the generators are in the repository's history.
"""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

NAME = "shipped"
FILE = Path(__file__).parent / "static" / "shipped-run.jpg"
STAGES = (  # pictures seen, and which words say how
    (480_000, "stage_plain"),
    (680_000, "stage_informed"),
    (1_565_000, "stage_smooth_informed"),
    (1_695_000, "stage_unshifted"),
    (2_411_000, "stage_shipped"),
)


@cache
def grids() -> tuple[np.ndarray, ...]:
    """A row of faces (64, 576, 3) uint8 for every stage, from first to last."""
    with Image.open(FILE) as picture:
        return tuple(np.split(np.asarray(picture.convert("RGB")), len(STAGES)))
