"""The page's API by name: /generate and /walk, JSON in and out."""

import base64

from gradio import events

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.pictures import encode_png
from workbench_app.explore.faces import MOST_PICTURES, DrawRequest, recipes, whole
from workbench_app.explore.page_context import DRAWING, TOGETHER, errors_as_sentences, recipes_of
from workbench_app.explore.studio import Studio

MOST_STOPS, MOST_FRAMES = 16, 240


def declare(studio: Studio) -> None:
    """Within gr.Blocks: the endpoints."""

    def generate(hair: str, eyes: str, seed: int, count: int) -> Json:
        return generated(studio, hair, eyes, seed, count)

    def walk(stops: list[Json], frames: int) -> Json:
        return walked(studio, stops, frames)

    options: Json = {"concurrency_id": DRAWING, "concurrency_limit": TOGETHER}
    said = f"Faces by colours ('random' too) and seed; count from 1 to {MOST_PICTURES}."
    events.api(errors_as_sentences(generate), api_name="generate", api_description=said, **options)
    said = (
        f"From face to face: up to {MOST_STOPS} recipes as /generate gives them, up to {MOST_FRAMES} frames."
    )
    events.api(errors_as_sentences(walk), api_name="walk", api_description=said, **options)


def generated(studio: Studio, hair: str, eyes: str, seed: int, count: int) -> Json:
    """{"checkpoint", "pictures": [{"png": base64, "recipe"}]}; the PNGs are those of `run.sh`. Raises BadInput."""
    asked = DrawRequest(hair=hair, eyes=eyes, seed=seed, count=count, candidates=studio.candidates)
    faces = studio.faces(recipes(asked))
    pictures = [{"png": _base64(face.png()), "recipe": face.recipe.to_json()} for face in faces]
    return {"checkpoint": studio.painter.digest, "pictures": pictures}


def walked(studio: Studio, stops: list[Json], frames: int) -> Json:
    """{"checkpoint", "frames": [base64 PNG]}. Raises BadInput."""
    count = whole("the number of frames", frames, 2, MOST_FRAMES)
    if not isinstance(stops, list) or not 2 <= len(stops) <= MOST_STOPS:
        raise BadInput(f"a walk takes a list of 2 to {MOST_STOPS} recipes")
    drawn = studio.walk(recipes_of(stops), count, closed=False)
    return {"checkpoint": studio.painter.digest, "frames": [_base64(encode_png(p)) for p in drawn]}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
