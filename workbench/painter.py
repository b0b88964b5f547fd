"""The one drawing function: recipes become pictures, for commands, app, notebooks and evaluation alike.

A picture depends on its recipe and on nothing else: all of its random numbers are keyed by seed, id and k
(never by the tags, so that a row of recipes with other tags shows one latent), and drawing runs in batches
of one fixed size, so that neighbours cannot change it. Where a recipe allows several candidates, the choosing
judge looks at one latent after the other and the first that shows the asked colours is kept.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from workbench import latent, noise
from workbench.checkpoint import load_generator
from workbench.config import Config
from workbench.errors import BadInput
from workbench.model import Generator
from workbench.pictures import to_uint8
from workbench.recipe import Recipe
from workbench.tags import UNKNOWN, VOCABULARY

if TYPE_CHECKING:
    from workbench.judge import Judge

SHIPPED = Path(__file__).parents[1] / "artifacts" / "generator.safetensors"
DRAWN_AT_ONCE = 8  # fixed: a part of what a picture is, down to its last bit


class Painter:
    """A generator that is ready to draw.

    tag_counts: (12, 11) training pictures by tags. info: config and what else the checkpoint says of itself.
    judge: picks among candidates; by default the shipped one that chooses, opened when it is first needed.
    """

    def __init__(
        self, generator: Generator, info: dict[str, Any], digest: str, judge: "Judge | None" = None
    ) -> None:
        self.generator = generator.settle()
        self.info, self.digest = info, digest
        self.size = int(info["config"]["size"])
        self.latent_kind = str(info["config"].get("latent_kind", "normal"))
        self.tag_counts = np.asarray(info["tag_counts"], dtype=np.int64).reshape(VOCABULARY.sizes)
        self._judge = judge

    @property
    def judge(self) -> "Judge":
        """What picks among candidates."""
        if self._judge is None:
            from workbench.judge import CHOOSING, Judge

            self._judge = Judge.open(CHOOSING)
        return self._judge

    @classmethod
    def open(cls, path: str | Path | None = None) -> "Painter":
        """From a generator's file or a run folder; without a path the shipped one.

        Raises BadInput (one sentence) for whatever is not a whole generator of this workbench.
        """
        path = SHIPPED if path is None else Path(path)
        if path.is_dir():
            path = path / "checkpoints" / "best.safetensors"
        tensors, info, digest = load_generator(path)
        try:
            config = Config.from_json(info["config"]).checked()
            with torch.device("meta"), _Unfilled():  # costs no memory: a file may claim networks of any size
                build(config).load_state_dict(tensors, assign=True)
            generator = build(config)
            generator.load_state_dict(tensors)
            return cls(generator, info, digest)
        except (KeyError, TypeError, ValueError, RuntimeError, BadInput) as error:
            reason = " ".join(str(error).split())[:300]
            raise BadInput(f"{path}: its weights do not fit its config ({reason})") from None

    def complete(self, recipe: Recipe) -> Recipe:
        """The recipe with its missing tags drawn and the checkpoint named; drawing it gives the same picture.

        Raises BadInput for what is out of range.
        """
        if problems := recipe.problems():
            raise BadInput("; ".join(problems))
        hair, eyes = self._tags(recipe)
        codes = tuple(self._extra(recipe).tolist())
        return dataclasses.replace(recipe, hair=hair, eyes=eyes, codes=codes, checkpoint=self.digest)

    def draw(self, recipes: Sequence[Recipe]) -> np.ndarray:
        """N recipes -> (N, S, S, 3) uint8. Raises BadInput for what is out of range."""
        return self.pick(recipes)[0]

    def pick(self, recipes: Sequence[Recipe]) -> tuple[np.ndarray, list[Recipe]]:
        """The pictures of `draw`, and for each its complete recipe, which names the latent that was kept.

        Other tags in a picked recipe change the colours and leave the face.
        """
        wanted = [self.complete(recipe) for recipe in recipes]
        kept = [recipe.candidate or 1 for recipe in wanted]
        drawn = self._drawn(wanted, kept)
        best = np.full(len(wanted), -1.0)  # the belief in what is kept so far
        waiting = [row for row, recipe in enumerate(wanted) if recipe.tries > 1]
        number = 1
        while waiting:
            tried = [wanted[row] for row in waiting]
            made = drawn[waiting] if number == 1 else self._drawn(tried, [number] * len(tried))
            right, belief = self._read(made, np.array([(recipe.hair, recipe.eyes) for recipe in tried]))
            for row, picture, fits, sure in zip(waiting, made, right, belief, strict=True):
                if fits or sure > best[row]:
                    best[row], drawn[row], kept[row] = sure, picture, number
            waiting = [
                row
                for row, fits in zip(waiting, right, strict=True)
                if not fits and wanted[row].tries > number
            ]
            number += 1
        named = zip(wanted, kept, strict=True)
        return drawn, [dataclasses.replace(recipe, candidate=number) for recipe, number in named]

    def walk(self, stops: Sequence[Recipe], frames: int, closed: bool = False) -> np.ndarray:
        """From face to face: (frames, S, S, 3) uint8, even steps over latents (see `latent.between`) and tags.

        closed: back to the first stop, for a loop. The first frame of every leg is the stop itself.
        """
        _, picked = self.pick(stops)
        z, y, extra = self.inputs(picked, [recipe.candidate for recipe in picked])
        code = self._code(picked, y, extra)
        way = latent.stations(len(picked), frames, closed)
        points = [latent.between(self.latent_kind, z[a].numpy(), z[b].numpy(), t) for a, b, t in way]
        codes = [torch.lerp(code[a], code[b], t) for a, b, t in way]
        return to_uint8(torch.cat(list(self._draw(torch.from_numpy(np.stack(points)), torch.stack(codes)))))

    def _drawn(self, recipes: Sequence[Recipe], candidates: Sequence[int]) -> np.ndarray:
        """The recipes' latents of these numbers, from 1, unpicked."""
        if not recipes:
            return np.empty((0, self.size, self.size, 3), np.uint8)
        z, y, extra = self.inputs(recipes, candidates)
        return to_uint8(torch.cat(list(self._draw(z, self._code(recipes, y, extra)))))

    @torch.inference_mode()
    def _code(self, recipes: Sequence[Recipe], y: Tensor, extra: Tensor) -> Tensor:
        """The codes of the tags, (N, coder.width); a blend is the weighted mean of the codes of its colours."""
        code = self.generator.coder(y, extra)
        for row, recipe in enumerate(recipes):
            if recipe.blends:
                corners = recipe.corners()
                tags = torch.tensor([pair[:2] for pair in corners])
                weights = torch.tensor([pair[2] for pair in corners], dtype=code.dtype)
                code[row] = weights @ self.generator.coder(tags, extra[row].expand(len(corners), -1))
        return code

    def _read(self, pictures: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N,) whether the judge reads the tags y off the pictures, and how much it believes in them."""
        look = self.judge.look(pictures)
        return (look.colours() == y).all(1), look.belief(y)

    def inputs(
        self, recipes: Sequence[Recipe], candidates: Sequence[int] | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Latents (N, latent), tags (N, 2) and extra numbers (N, coder.extra).

        candidates: the number, from 1, of each recipe's latent; by default the one it names, or the first.
        """
        z = np.empty((len(recipes), self.generator.latent), np.float32)
        y = np.empty((len(recipes), 2), np.int64)
        extra = np.empty((len(recipes), self.generator.coder.extra), np.float32)
        for row, recipe in enumerate(recipes):
            number = candidates[row] if candidates else recipe.candidate or 1
            z[row] = self._latent(recipe, *((number,) if number > 1 else ()))
            if recipe.step:
                other = self._latent(recipe, "neighbour", recipe.neighbour)
                z[row] = latent.between(self.latent_kind, z[row], other, recipe.step)
            y[row] = self._tags(recipe)
            extra[row] = self._extra(recipe)
        return torch.from_numpy(z), torch.from_numpy(y), torch.from_numpy(extra)

    def _latent(self, recipe: Recipe, *which: int | str) -> np.ndarray:
        rng = noise.generator("latent", recipe.seed, recipe.id, recipe.k, *which)
        return noise.latents(rng, self.latent_kind, self.generator.latent, recipe.truncation)

    @torch.inference_mode()
    def _draw(self, z: Tensor, code: Tensor) -> Iterator[Tensor]:
        for start in range(0, len(z), DRAWN_AT_ONCE):
            part = z[start : start + DRAWN_AT_ONCE], code[start : start + DRAWN_AT_ONCE]
            missing = DRAWN_AT_ONCE - len(part[0])
            full = [torch.cat([t, t[:1].expand(missing, -1)]) if missing else t for t in part]
            yield self.generator.forward_code(*full)[: len(part[0])]

    def _extra(self, recipe: Recipe) -> np.ndarray:
        """The generator's free numbers, (coder.extra,) float32: those of the recipe, then drawn ones."""
        count, given = self.generator.coder.extra, len(recipe.codes)
        if given > count or not all(0 <= number < 1 for number in recipe.codes):
            raise BadInput(
                f"this generator takes at most {count} codes from 0 to below 1; got {recipe.codes}"
            )
        extra = noise.generator("extra", recipe.seed, recipe.id, recipe.k).random(count, np.float32)
        extra[:given] = np.minimum(np.array(recipe.codes, np.float32), np.float32(1 - 2.0**-24))
        return extra

    def _tags(self, recipe: Recipe) -> tuple[int, int]:
        if recipe.hair != UNKNOWN and recipe.eyes != UNKNOWN:
            return recipe.hair, recipe.eyes
        return draw_tags(recipe.hair, recipe.eyes, self.tag_counts, recipe)


def draw_tags(hair: int, eyes: int, counts: np.ndarray, recipe: Recipe) -> tuple[int, int]:
    """Both tags, a missing one with the frequencies `counts` (12, 11) of those that go with the given one."""
    weights = counts.astype(float)
    if hair != UNKNOWN:
        weights[np.arange(len(weights)) != hair] = 0
    if eyes != UNKNOWN:
        weights[:, np.arange(weights.shape[1]) != eyes] = 0
    if weights.sum() == 0:  # never seen in training: all are equally likely
        weights = np.zeros_like(weights)
        weights[hair if hair != UNKNOWN else slice(None), eyes if eyes != UNKNOWN else slice(None)] = 1
    sums = weights.ravel().cumsum()
    u = noise.generator("tags", recipe.seed, recipe.id, recipe.k).random()
    chosen = int(np.searchsorted(sums, u * sums[-1], side="right"))
    return chosen // weights.shape[1], chosen % weights.shape[1]


class _Unfilled(TorchFunctionMode):
    """Leaves out normal numbers: for those alone, torch would import 800 modules on the meta device."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") == "normal_":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)


def build(config: Config) -> Generator:
    """An untrained generator on the CPU, in channels_last."""
    generator = Generator(
        config.architecture, config.conditioning, VOCABULARY.sizes, config.latent, config.size
    )
    return generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
