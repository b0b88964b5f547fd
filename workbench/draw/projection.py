"""A given picture into a generator's latent space: the latent at which it is drawn most alike. Needs torch.

Adam on the latent under the tags that a judge reads off the picture (Karras et al. 2020, app. D, without their noise
and without a network of features): the error is that of pixels at several sizes, the coarse ones above all, and a prior
keeps latents where training had them. Fixed tags leave the colours free to be changed afterwards.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.noise import generator as numbers
from workbench.data.pictures import resized
from workbench.data.tags import fields_of
from workbench.data.twins import box_means
from workbench.draw.recipe import Recipe
from workbench.judge.reading import judged

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.draw.painter import Painter
    from workbench.gan.model import Generator

STEPS = 300
RATE, FALLING = 0.1, 0.3  # of Adam, and the share of the steps over whose end it falls to 0
PRIOR = 0.005  # weight of the mean square of the latent
BEGUN = 64  # latents of which the nearest is begun with
SIZES = {12: 4.0, 16: 1.0, 32: 1.0, 64: 1.0}  # pixels a side at which pictures are compared, with weights
AT_ONCE = 8
SIDE = 64


@dataclass(frozen=True)
class Projected:
    """z (latent,) float32 and a recipe with all tags, for `Painter.draw_at`.

    drawn: (S, S, 3) uint8; distance: root mean square difference of 12x12 box means, of 255.
    """

    z: np.ndarray
    recipe: Recipe
    drawn: np.ndarray
    distance: float

    def to_json(self) -> Json:
        """Plain values; `read` is the way back."""
        recipe: Json = {
            "hair": self.recipe.hair, "eyes": self.recipe.eyes, "checkpoint": self.recipe.checkpoint
        }  # fmt: skip
        if self.recipe.more:
            recipe["more"] = dict(self.recipe.more)
        return {
            "z": [float(value) for value in self.z],
            "recipe": recipe,
            "distance": self.distance,
        }


def read(path: str | Path) -> tuple[np.ndarray, Recipe]:
    """z (1, latent) and the recipe of a file that `workbench project` wrote, for `Painter.draw_at`. Raises BadInput."""
    try:
        stored = json.loads(Path(path).read_text())
        z = np.array([stored["z"]], np.float32)
        recipe = Recipe.from_json(stored["recipe"])
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput(f"{path}: not a file that `workbench project` wrote") from None
    if z.ndim != 2 or not np.isfinite(z).all():
        raise BadInput(f"{path}: z is a list of finite numbers")
    return z, recipe


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Root mean square difference of the 12x12 box means of two pictures (S, S, 3) uint8, of 255."""
    return float(np.sqrt(((box_means(a) - box_means(b)) ** 2).mean()))


def project(
    painter: "Painter",
    pictures: np.ndarray,
    steps: int = STEPS,
    progress: Callable[[int, int], None] | None = None,
) -> list[Projected]:
    """Pictures (N, S, S, 3) uint8 -> where the painter's generator draws them most alike.

    Tags are those that the painter's judge reads; one that it does not know is drawn as for any recipe. What is drawn
    comes from `Painter.draw_at`. progress: steps done, of how many. Raises BadInput without torch, and for generators
    and pictures of other sizes.
    """
    try:
        import torch
    except ImportError:
        raise BadInput(
            "projecting a picture needs torch, which is not installed (pip install torch; see the README)"
        ) from None
    if painter.size != SIDE or pictures.shape[1:] != (SIDE, SIDE, 3):
        raise BadInput(
            f"pictures of {SIDE}x{SIDE} are projected; got {pictures.shape[1:]} and size {painter.size}"
        )
    network = painter.generator  # loaded anew at every look where another engine draws
    seen, found = painter.judge.read(pictures), []
    read = judged(seen.colours(), seen.vocabulary, painter.vocabulary)
    recipes = [painter.complete(Recipe(**fields_of(row, painter.vocabulary))) for row in read.tolist()]
    tags = np.array([recipe.tags(painter.vocabulary) for recipe in recipes])
    parts = [slice(first, first + AT_ONCE) for first in range(0, len(pictures), AT_ONCE)]
    for number, part in enumerate(parts):

        def told(done: int, number: int = number) -> None:
            if progress:
                progress(number * steps + done, len(parts) * steps)

        with torch.enable_grad():
            latents = _searched(network, pictures[part], tags[part], steps, told)
        for z, picture, recipe in zip(latents, pictures[part], recipes[part], strict=True):
            drawn = painter.draw_at(z[None], recipe)[0]
            found.append(Projected(z, recipe, drawn, distance(drawn, picture)))
    return found


def _searched(
    network: "Generator", pictures: np.ndarray, tags: np.ndarray, steps: int, told: Callable[[int], None]
) -> np.ndarray:
    """Latents (N, latent) float32."""
    import torch

    from workbench.data.pictures import to_float

    wanted = to_float(pictures.copy()).contiguous()  # (N, 3, S, S)
    code = network.coder(torch.from_numpy(tags), torch.zeros(len(tags), network.coder.extra)).detach()
    z = _begun(network, wanted, code).requires_grad_(True)
    optimizer = torch.optim.Adam([z], betas=(0.9, 0.99))
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (steps - step) / (steps * FALLING))
        error = _error(network.forward_code(z, code), wanted).sum() + PRIOR * z.square().mean(1).sum()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        told(step + 1)
    return z.detach().numpy()


def _begun(network: "Generator", wanted: "Tensor", code: "Tensor") -> "Tensor":
    """(N, latent): of BEGUN latents, the same ones every time, the one nearest to each picture under its own code."""
    import torch

    z = torch.from_numpy(numbers("projection").standard_normal((BEGUN, network.latent), np.float32))
    chosen = []
    with torch.no_grad():
        for picture, own in zip(wanted, code, strict=True):
            drawn = network.forward_code(z, own.expand(BEGUN, -1))  # (BEGUN, 3, S, S)
            chosen.append(z[int(_error(drawn, picture.expand_as(drawn)).argmin())])
    return torch.stack(chosen)


def _error(drawn: "Tensor", wanted: "Tensor") -> "Tensor":
    """(N,): weighted mean squares at several sizes; both (N, 3, S, S)."""
    from torch.nn.functional import adaptive_avg_pool2d

    errors = [
        weight
        * (adaptive_avg_pool2d(drawn, size) - adaptive_avg_pool2d(wanted, size)).square().mean((1, 2, 3))
        for size, weight in SIZES.items()
    ]
    return sum(errors[1:], errors[0])


def fitted(picture: np.ndarray) -> np.ndarray:
    """Any picture (H, W, 3) uint8 -> its middle square at (64, 64, 3)."""
    from workbench.data.decode import crop_square

    return resized(np.ascontiguousarray(crop_square(picture))[None], SIDE)[0]
