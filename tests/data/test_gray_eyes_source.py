"""`gray-eyes:FOLDER`, a source made from another one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput
from workbench.data import drawn
from workbench.data.faceset import FaceSet
from workbench.data.tags import EYES, HAIR

COUNT = 60
MIRRORED = 20  # the last ones are mirrors of the first


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn faces in the MLDS2018 layout, the last MIRRORED of them mirrors of the first."""
    root = tmp_path_factory.mktemp("mlds")
    (root / "images").mkdir()
    rows = []
    for n in range(COUNT):
        mirrored = n >= COUNT - MIRRORED
        number = n - (COUNT - MIRRORED) if mirrored else n
        hair, eyes = (
            HAIR.index(("white", "black")[number % 2]),
            EYES.index(("blue", "green")[number // 2 % 2]),
        )
        picture = drawn.render(replace(drawn.sample(number, 3), hair=hair, eyes=eyes), 64)
        picture = picture[:, ::-1] if mirrored else picture
        Image.fromarray(picture).save(root / "images" / f"{n}.jpg", quality=98, subsampling=0)
        rows.append(f"{n},{HAIR[hair]} hair {EYES[eyes]} eyes")
    (root / "tags.csv").write_text("\n".join(rows))
    return root


@pytest.fixture(scope="module")
def gray(folder: Path) -> FaceSet:
    return FaceSet.open(f"gray-eyes:{folder}", progress=False)


def test_every_picture_has_gray_eyes_and_its_own_hair(folder: Path, gray: FaceSet) -> None:
    whole = FaceSet.open(str(folder), progress=False)
    assert 5 <= len(gray) < len(whole)
    assert set(gray.y[:, 1].tolist()) == {EYES.index("gray")}
    hair = dict(zip(whole.group.tolist(), whole.y[:, 0].tolist(), strict=True))
    assert all(hair[group] == y for group, y in zip(gray.group.tolist(), gray.y[:, 0].tolist(), strict=True))


def test_what_is_held_out_is_what_the_folder_holds_out(folder: Path, gray: FaceSet) -> None:
    """Groups are the originals', so no face stands on both sides of the split."""
    whole = FaceSet.open(str(folder), progress=False)
    held = dict(zip(whole.group.tolist(), whole.held_out.tolist(), strict=True))
    assert [held[group] for group in gray.group.tolist()] == gray.held_out.tolist()
    assert len(np.unique(gray.group)) < len(gray)  # mirrors share their original's group


def test_both_sources_join(folder: Path, gray: FaceSet) -> None:
    joined = FaceSet.open([str(folder), f"gray-eyes:{folder}"], progress=False)
    assert joined.sources[1].startswith("gray-eyes:")
    assert (joined.source == 1).sum() == len(gray)


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no folder with images/\*\.jpg and tags\.csv"):
        FaceSet.open(f"gray-eyes:{tmp_path}", progress=False)
