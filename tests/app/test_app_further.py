"""Tags beyond two colours on the exploring page: chips, links, commands and Python of the second generator's faces."""

import numpy as np
import pytest
from support.running_app import running
from support.second_generator import second_generator
from workbench_app.explore import reproduction
from workbench_app.explore.controls import knows_further
from workbench_app.explore.draw import asked_from_query, asked_of
from workbench_app.explore.faces import DrawRequest, recipes
from workbench_app.explore.studio import Studio

from workbench.base.errors import BadInput
from workbench.cli import main as workbench
from workbench.data import further
from workbench.data.further import FURTHER
from workbench.data.pictures import read_picture, read_recipe
from workbench.draw.recipe import Recipe

ALSO = ("long hair", "twintails")


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(further, "GENERATOR", second_generator(tmp_path_factory.mktemp("second")))
        yield Studio()


@pytest.fixture(scope="module")
def app(studio, tmp_path_factory):
    with running(tmp_path_factory.mktemp("app")) as served:
        yield served


@pytest.fixture
def face(studio):
    asked = DrawRequest("pink", "green", seed=11, candidates=studio.candidates, also=ALSO)
    return studio.faces(recipes(asked))[2]


def test_chips_are_shown_where_the_generator_knows_them(studio, tmp_path, monkeypatch):
    assert knows_further(studio.painter)
    monkeypatch.setattr(further, "GENERATOR", tmp_path / "none.safetensors")
    assert not knows_further(studio.painter)


def test_of_tags_that_exclude_each_other_the_last_one_counts():
    short, both = (
        recipes(DrawRequest(also=also))[0] for also in (("short hair",), ("long hair", "short hair"))
    )
    assert both == short
    assert further.said(short) == ["short hair"]
    assert not recipes(DrawRequest("pink"))[0].more


def test_a_link_leads_to_the_face_and_restores_its_chips(studio, face):
    query = reproduction.all_of(face, studio)["link"].removeprefix("?")
    parts = dict(part.split("=") for part in query.replace("+", " ").split("&"))
    asked = asked_from_query(parts)
    assert asked.also == ALSO == asked_of(face.recipe).also
    again = studio.faces([*recipes(asked)])[int(parts["picture"]) - 1]
    assert np.array_equal(again.pixels, face.pixels)
    with pytest.raises(BadInput, match="did you mean 'twintails'"):
        asked_from_query({"also": "twintials"})


def test_command_and_python_write_the_very_bytes(studio, face, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = reproduction.all_of(face, studio)
    first, second = said["command"].splitlines()
    assert first == "echo '1,pink hair green eyes long hair twintails' > line.txt"
    (tmp_path / "line.txt").write_text(first.split("'")[1] + "\n")
    arguments = second.partition("#")[0].split()[2:]
    assert workbench(["generate", *arguments]) == 0
    name = reproduction.file_name(face.recipe)
    assert (tmp_path / "drawn" / name).read_bytes() == face.png()
    exec(said["python"], {})
    assert (tmp_path / name).read_bytes() == face.png()
    assert np.array_equal(read_picture(name), face.pixels)


def test_a_face_without_any_look_is_asked_for_by_what_it_lacks(studio):
    face = studio.faces([Recipe(hair=7, eyes=7, more=tuple((name, 0) for name in FURTHER.names[2:]))])[0]
    said = reproduction.all_of(face, studio)["command"]
    assert "1,pink hair green eyes long hair no twintails no ponytail no hat no glasses no blush'" in said


def test_a_chip_beside_the_swatches_is_drawn_by_the_other_generator(visit, app):
    visitor = visit().go()
    before = visitor.pictures()
    visitor.page.locator("#also label").filter(has_text="long hair").click()
    visitor.changed(before)
    visitor.until("() => document.querySelector('#link textarea').value.includes('also=long')")
    with visitor.page.expect_download() as caught:
        visitor.page.locator("#png").click()
    recipe = Recipe.from_json(read_recipe(caught.value.path()))
    assert further.said(recipe) == ["long hair"]
    _, studio = app
    (drawn,) = studio.faces([recipe])
    other = studio.painter.of(recipe)
    assert recipe.checkpoint == other.digest != studio.painter.digest
    assert np.array_equal(read_picture(caught.value.path()), drawn.pixels)
    assert not np.array_equal(
        studio.faces([Recipe(hair=recipe.hair, eyes=recipe.eyes, seed=recipe.seed)])[0].pixels, drawn.pixels
    )
