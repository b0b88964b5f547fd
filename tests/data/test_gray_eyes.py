"""Recolouring irises to gray, on small faces made here: a skin ellipse, hair, and two irises."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from workbench.data.gray_eyes import EYE_HUES, TOO_NEAR, recolour
from workbench.data.tags import EYES, HAIR

RGB = {"aqua": (30, 170, 170), "purple": (120, 50, 170), "green": (40, 140, 50), "blue": (40, 80, 200)}
HAIR_RGB = {"brown": (120, 80, 50), "black": (25, 25, 30), "blue": (50, 80, 190), "pink": (230, 120, 150)}
SKIN = (250, 220, 195)
LEFT, RIGHT = (27, 20), (26, 42)


def disc(centre: tuple[int, int], high: float, wide: float) -> np.ndarray:
    rows, columns = np.mgrid[:64, :64]
    return ((rows - centre[0]) / high) ** 2 + ((columns - centre[1]) / wide) ** 2 <= 1


def face(eyes: str, hair: str = "brown", at: tuple[tuple[int, int], ...] = (LEFT, RIGHT), size: float = 4.0):
    """A (64, 64, 3) uint8 face and the (64, 64) mask of its irises, pupil and highlight included."""
    picture = np.full((64, 64, 3), 255, np.uint8)
    picture[disc((26, 31), 26, 30)] = HAIR_RGB[hair]
    picture[disc((32, 31), 20, 22)] = SKIN
    irises = np.zeros((64, 64), bool)
    for y, x in at:
        picture[disc((y, x), size + 1, size + 2)] = (245, 245, 245)
        iris = disc((y, x), size, size - 1)
        picture[iris] = RGB[eyes]
        picture[disc((y, x), 1.2, 1.2)] = (10, 10, 15)
        picture[y - 2, x + 1] = (255, 255, 255)
        irises |= iris
    return picture, irises


def asked(eyes: str, hair: str = "brown") -> tuple[int, int]:
    return HAIR.index(hair), EYES.index(eyes)


def chroma(picture: np.ndarray) -> np.ndarray:
    return np.hypot(*np.moveaxis(rgb2lab(picture)[..., 1:], -1, 0))


@pytest.mark.parametrize("eyes", RGB)
def test_irises_become_gray_and_nothing_else_changes(eyes: str) -> None:
    picture, irises = face(eyes)
    before = picture.copy()
    gray = recolour(picture, *asked(eyes))
    assert gray is not None
    assert gray.shape == (64, 64, 3)
    assert gray.dtype == np.uint8
    assert np.array_equal(picture, before)
    # A colour of chroma 35 to 75 keeps 8 %, and a tint of at most 2: below 9 the eye sees gray.
    assert chroma(picture)[irises].max() > 30
    assert chroma(gray)[irises].max() < 9
    changed = (gray != picture).any(-1)
    assert changed[irises].mean() > 0.7
    # White of the eye and skin have no colour of the iris to lose.
    assert not changed[~irises].any()


@pytest.mark.parametrize("eyes", RGB)
def test_gray_is_neither_black_nor_white(eyes: str) -> None:
    picture, _ = face(eyes)
    gray = recolour(picture, *asked(eyes))
    assert gray is not None
    was_iris = (picture == RGB[eyes]).all(-1)
    light = rgb2lab(gray)[..., 0]
    assert 40 < light[was_iris].mean() < 65
    # The pupil stays dark, the highlight white.
    assert light[LEFT] < 12
    assert tuple(gray[LEFT[0] - 2, LEFT[1] + 1]) == (255, 255, 255)


def test_blurred_rim_loses_its_colour_and_skin_keeps_its_own() -> None:
    picture, irises = face("blue")
    soft = sum(np.roll(picture.astype(float), (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)) / 9
    soft = np.rint(soft).astype(np.uint8)
    gray = recolour(soft, *asked("blue"))
    assert gray is not None
    lab = rgb2lab(gray)
    # Blue is b < 0. Inside, 8 % of at most -75 stays, and the tint; so no rim may show more than that.
    near = disc(LEFT, 7, 7) | disc(RIGHT, 7, 7)
    assert rgb2lab(soft)[near & ~irises][:, 2].min() < -15
    assert lab[near][:, 2].min() > -8.5
    cheeks = disc((42, 31), 4, 8)
    assert np.array_equal(gray[cheeks], soft[cheeks])


@pytest.mark.parametrize("hair", HAIR_RGB)
@pytest.mark.parametrize("eyes", RGB)
def test_mirror_equivariant_and_deterministic(eyes: str, hair: str) -> None:
    rng = np.random.default_rng(0)
    picture, _ = face(eyes, hair)
    noisy = np.clip(picture + rng.integers(-6, 7, picture.shape), 0, 255).astype(np.uint8)
    gray = recolour(noisy, *asked(eyes, hair))
    mirrored = recolour(noisy[:, ::-1], *asked(eyes, hair))
    if asked(eyes, hair)[1] in TOO_NEAR.get(asked(eyes, hair)[0], ()):
        assert gray is None
        assert mirrored is None
        return
    assert gray is not None
    assert mirrored is not None
    # A mean summed in another order may round the last bit the other way.
    assert np.abs(mirrored[:, ::-1].astype(int) - gray).max() <= 1
    again = recolour(noisy.copy(), *asked(eyes, hair))
    assert again is not None
    assert np.array_equal(gray, again)


@pytest.mark.parametrize("eyes", sorted(set(EYES) - set(RGB)))
def test_eyes_of_skins_hues_are_left_alone(eyes: str) -> None:
    picture, _ = face("blue")
    assert recolour(picture, *asked(eyes)) is None


@pytest.mark.parametrize(
    "unsuited",
    [
        pytest.param({"at": ()}, id="no eyes"),
        pytest.param({"at": (LEFT,)}, id="one eye"),
        pytest.param({"at": ((27, 28), (26, 36)), "size": 3.0}, id="too close together"),
        pytest.param({"at": ((20, 20), (33, 42))}, id="too askew"),
        pytest.param({"at": ((46, 20), (46, 42))}, id="too low"),
        pytest.param({"size": 2.0}, id="too small"),
        pytest.param({"size": 8.0}, id="too large"),
        pytest.param({"at": (LEFT, RIGHT, (20, 31))}, id="colour left over"),
    ],
)
def test_unsuited_faces_are_refused(unsuited: dict) -> None:
    picture, _ = face("blue", **unsuited)
    assert recolour(picture, *asked("blue")) is None


def test_hair_that_touches_the_iris_is_refused() -> None:
    picture, _ = face("blue")
    picture[10:28, 18:22] = RGB["blue"]
    assert recolour(picture, *asked("blue")) is None


def test_irises_too_dark_to_read_as_gray_are_refused() -> None:
    picture, _ = face("blue")
    picture[(picture == RGB["blue"]).all(-1)] = (5, 10, 60)
    assert recolour(picture, *asked("blue")) is None


def test_the_tables_speak_of_the_vocabulary() -> None:
    assert {EYES[index] for index in EYE_HUES} == set(RGB)
    for hair, near in TOO_NEAR.items():
        assert 0 <= hair < len(HAIR)
        # Every hair colour must keep an eye colour, or it never meets gray eyes.
        assert near < set(EYE_HUES)
    assert set(TOO_NEAR) == {HAIR.index(name) for name in ("aqua", "green", "red", "purple", "pink", "blue")}


@pytest.mark.parametrize("wrong", [np.zeros((32, 32, 3), np.uint8), np.zeros((64, 64, 3), np.float32)])
def test_another_shape_or_type_raises(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"\(64, 64, 3\) uint8"):
        recolour(wrong, *asked("blue"))
