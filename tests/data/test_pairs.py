"""Given and wanted pictures: where they lie, how they are split, and what is refused with the file's name."""

import shutil

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput
from workbench.commands.given import listed
from workbench.data.drawn import draw
from workbench.data.pair_sources import WHITE
from workbench.data.pairs import PARTS, PairSet

SIZE, BOX = 32, (20, 28, 8, 24)
ROWS = (slice(20, 28), slice(8, 24))


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def gray(rng, width=SIZE, height=SIZE):
    return rng.integers(0, 200, (height, width), np.uint8)


def whole_and_white(rng):
    whole = gray(rng)
    white = whole.copy()
    white[ROWS] = WHITE
    return whole, white


def save(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def opened(source, size=SIZE, channels=1, box=BOX):
    return PairSet.open([str(source)], size, channels, box)


def test_a_folder_of_persons_is_whitened_and_split_by_person(tmp_path, rng):
    wanted = {}
    for person in range(1, 41):
        for number in (1, 2):
            wanted[person, number] = gray(rng)
            save(tmp_path / f"person{person}" / f"{number}.png", wanted[person, number])
    pairs = opened(tmp_path)
    parts = {part: pairs.take(part) for part in PARTS}
    assert [len(parts[part]) for part in PARTS] == [64, 8, 8]
    for part, persons in (("train", range(1, 33)), ("choose", range(33, 37)), ("test", range(37, 41))):
        own = np.stack([wanted[person, number] for person in persons for number in (1, 2)])
        np.testing.assert_array_equal(parts[part].wanted[..., 0], own)
        whitened = own.copy()
        whitened[:, *ROWS] = WHITE
        np.testing.assert_array_equal(parts[part].given[..., 0], whitened)
    about = pairs.describe()
    assert (about["train"], about["choose"], about["test"], about["held_out"]) == (64, 8, 8, 16)
    assert about["sources"][0]["groups"] == 40


@pytest.mark.parametrize("beside", [False, True])
def test_files_in_pairs_and_side_by_side_are_the_same_pairs(tmp_path, rng, beside):
    kept = []
    for number in range(5):
        whole, white = whole_and_white(rng)
        kept.append((white, whole))
        if beside:
            save(tmp_path / f"{number}.png", np.hstack([white, whole]))
        else:
            save(tmp_path / "A" / f"{number}.png", white)
            save(tmp_path / "B" / f"{number}.png", whole)
    pairs = opened(tmp_path)
    np.testing.assert_array_equal(pairs.given[..., 0], [white for white, _ in kept])
    np.testing.assert_array_equal(pairs.wanted[..., 0], [whole for _, whole in kept])
    assert not pairs.made.any()
    assert [len(pairs.take(part)) for part in PARTS] == [3, 1, 1]


def test_drawn_faces_are_gray_and_whitened(cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    pairs = opened("drawn:64")
    assert pairs.wanted.shape == (64, SIZE, SIZE, 1)
    assert (pairs.given[:, *ROWS] == WHITE).all()
    assert pairs.wanted[:, *ROWS].mean() < WHITE
    assert pairs.hash == opened("drawn:64").hash != opened("drawn:60").hash


def test_a_set_of_faces_with_tags_is_whitened_and_its_mirrored_twins_stay_together(
    tmp_path, cache, monkeypatch
):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    for number in range(6):
        face = draw(number, 5)[0]
        save(tmp_path / "images" / f"{number}.png", face)
        save(tmp_path / "images" / f"{11 - number}.png", face[:, ::-1])
    (tmp_path / "tags.csv").write_text("".join(f"{number},aqua hair red eyes\n" for number in range(12)))
    pairs = opened(tmp_path, channels=3)
    assert pairs.wanted.shape == (12, SIZE, SIZE, 3)
    assert (pairs.given[:, *ROWS] == WHITE).all()
    assert pairs.part.tolist() == pairs.part.tolist()[::-1]
    assert [len(pairs.take(part)) for part in PARTS] == [8, 2, 2]
    assert opened(tmp_path).wanted.shape == (12, SIZE, SIZE, 1)
    with pytest.raises(BadInput, match="without its tags; name that folder"):
        opened(tmp_path / "images")
    assert listed([tmp_path / "images"])[0] == [
        f"{number}.png" for number in range(12)
    ]  # to draw from, all do
    assert len(listed([tmp_path])[0]) == 12


def test_pictures_of_another_size_are_stretched_before_they_are_whitened(tmp_path, rng):
    for number in range(3):
        save(tmp_path / f"{number}.png", gray(rng, 23, 28))
    pairs = opened(tmp_path)
    assert pairs.wanted.shape == (3, SIZE, SIZE, 1)
    assert (pairs.given[:, *ROWS] == WHITE).all()


def refused(folder, rng, fault):
    """One fault in a folder that is otherwise good; returns nothing."""
    for number in range(4):
        whole, white = whole_and_white(rng)
        save(folder / "A" / f"{number}.png", white)
        save(folder / "B" / f"{number}.png", whole)
    if fault == "no box":
        save(folder / "A" / "2.png", gray(rng))
    elif fault == "colour":
        save(folder / "B" / "2.png", rng.integers(0, 255, (SIZE, SIZE, 3), np.uint8))
    elif fault == "names":
        (folder / "B" / "2.png").rename(folder / "B" / "two.png")
    elif fault == "sizes":
        save(folder / "B" / "2.png", gray(rng, 16, 16))
    elif fault == "both sizes":
        for side in "AB":
            save(folder / side / "2.png", np.full((16, 16), WHITE, np.uint8))
    elif fault == "no B":
        shutil.rmtree(folder / "B")
    elif fault == "no pictures":
        for side in "AB":
            shutil.rmtree(folder / side)
        (folder / "folder.png").mkdir()
    elif fault == "damaged":
        (folder / "A" / "2.png").write_bytes(b"GIF89a nothing")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no box", ["A/2.png", "no white box at rows 20-27, columns 8-23", "--game.box"]),
        ("colour", ["B/2.png", "a colour picture, where gray is asked", "--game.channels 3"]),
        ("names", ["B: no 2.png", "equal names"]),
        ("sizes", ["A/2.png is 32x32 and B/2.png 16x16"]),
        ("both sizes", ["A/2.png", "16x16, where whitened pictures of 32x32 are needed"]),
        ("damaged", ["A/2.png", "damaged"]),
        ("no B", ["data: a folder A alone"]),
        ("no pictures", ["data: no pictures"]),
    ],
)
def test_a_bad_file_is_named_in_one_sentence_by_the_command(train, tmp_path, rng, fault, words):
    refused(tmp_path / "data", rng, fault)
    status, _, err = train(
        "pix2pix-tiny", "--data", tmp_path / "data", "--out", tmp_path / "run", "--size", SIZE,
        "--game.box", ",".join(map(str, BOX)), "--steps", 1, "--wandb", "off",
    )  # fmt: skip
    assert status == 2
    assert all(word in err for word in words), err
    assert err.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_a_single_picture_among_pairs_side_by_side_is_named(tmp_path, rng):
    for number in range(3):
        whole, white = whole_and_white(rng)
        save(tmp_path / f"{number}.png", np.hstack([white, whole]))
    save(tmp_path / "3.png", gray(rng))
    with pytest.raises(BadInput, match=r"3\.png: 32x32, and the others are two pictures side by side"):
        opened(tmp_path)


def test_too_few_groups_and_no_folder_are_told(tmp_path, rng):
    for number in range(4):
        save(tmp_path / "one" / f"{number}.png", gray(rng))
    with pytest.raises(BadInput, match="1 group of pictures"):
        opened(tmp_path)
    with pytest.raises(BadInput, match=r"no such folder\. A source is one of"):
        opened(tmp_path / "nowhere")


def test_colour_is_kept_where_it_is_asked_and_a_run_may_have_no_box(tmp_path, rng):
    for number in range(3):
        for side in "AB":
            save(tmp_path / side / f"{number}.png", rng.integers(0, 255, (SIZE, SIZE, 3), np.uint8))
    pairs = opened(tmp_path, channels=3, box=(0, 0, 0, 0))
    assert pairs.wanted.shape == (3, SIZE, SIZE, 3)
    assert (pairs.given != pairs.wanted).any()
