"""Drawn clips: exact motion of one face, a fair split, and figures that tell the whole from its parts."""

import numpy as np
import pytest

from workbench.base.errors import BadInput
from workbench.data import clips
from workbench.data.clip_set import ClipSet, origin
from workbench.measure import moving


@pytest.fixture(scope="module")
def few(cache):
    """80 clips of 16 pixels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(cache))
        return ClipSet(["clips:80"], 16, 8)


def test_a_clip_depends_on_its_seed_and_number_alone():
    frames, truth = clips.draw(5, 3, 32, 8)
    again, _ = clips.draw(5, 3, 32, 8)
    assert frames.shape == (8, 32, 32, 3)
    assert np.array_equal(frames, again)
    assert not np.array_equal(frames, clips.draw(5, 4, 32, 8)[0])
    assert len(np.unique(truth[:, 0])) == len(np.unique(truth[:, 1])) == 1
    assert clips.draw(0, 0, 32, 16)[0].shape == (16, 32, 32, 3)
    with pytest.raises(BadInput, match="8 or 16 frames"):
        clips.draw(0, 0, 32, 9)


@pytest.mark.parametrize("kind", range(4))
def test_only_what_a_kind_moves_is_moved(kind):
    frames, truth = clips.draw(kind, 0, 64, 8)
    moved = clips.moving(frames)
    face, motion = clips.sample(kind, 0)
    assert motion.kind == kind == truth[0, 0]
    rows, columns = np.flatnonzero(moved.any(1)), np.flatnonzero(moved.any(0))
    across = 63 - columns if face.mirror else columns
    if clips.KINDS[kind] == "blink":
        assert (truth[:, 2] == -1).any(), "closed eyes have no colour"
        assert rows.max() < 48
    else:
        assert (truth[:, 2] == face.eyes).all()
    if clips.KINDS[kind] == "wave":
        assert across.min() > 32
        assert rows.min() > 24, "the hand's side, below"
    if clips.KINDS[kind] == "speak":
        assert rows.min() > 32
        assert moved.mean() < 0.05, "the mouth alone"
    assert moved.any()
    assert not moved[0].all(), "the picture as a whole stays"


def test_a_split_holds_out_every_kind_and_a_cache_comes_back(few, cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    held, train = few.part(held=True), few.part(held=False)
    assert (len(held), len(train)) == (8, 72)
    assert np.bincount(held.kinds).tolist() == [2] * 4
    kept = next(cache.glob("clips-*-80-0-16-8.npz"))
    assert ClipSet(["clips:80"], 16, 8).hash == few.hash
    content = bytearray(kept.read_bytes())
    content[5000] ^= 1
    kept.write_bytes(content)
    assert ClipSet(["clips:80"], 16, 8).hash == few.hash, "a damaged cache is drawn anew"
    assert kept.read_bytes() != bytes(content)


@pytest.mark.parametrize("source", ["clips:", "clips:x", "clips:20", "clips:80:1:2", "drawn:80"])
def test_what_is_no_source_is_told(source):
    with pytest.raises(BadInput, match="clips"):
        origin(source)


def test_shuffled_clips_keep_what_they_are_made_of(few):
    own = few.clips.frames
    by_frames, by_blocks, mixed = (
        shuffled(own) for shuffled in (moving.frames_shuffled, moving.blocks_shuffled, moving.clips_mixed)
    )
    assert not (by_frames == own).reshape(80, -1).all(1).all()
    assert np.array_equal(np.sort(by_frames, 1), np.sort(own, 1)), "the same frames"
    assert np.array_equal(np.sort(by_blocks[:, :, :4, :4], 0), np.sort(own[:, :, :4, :4], 0)), (
        "the same blocks"
    )
    assert np.array_equal(mixed[3, 2], own[5, 2])
    half = moving.local(own[:40], own[40:])
    assert moving.local(own, by_blocks) < half, "every block by itself is true"
    assert moving.local(own, own) == 0
    assert moving.local(own[:40], np.random.default_rng(0).permuted(own[40:], axis=2)) > 1.5 * half
    assert moving.motion(own[:, :1].repeat(8, 1)) == 0 < moving.motion(own) < moving.motion(mixed)


def test_a_reader_of_motions_reads_order_and_not_faces(few):
    reader = moving.MotionReader.trained(few.clips.frames, few.clips.kinds)
    right = reader.read(few.clips.frames) == few.clips.kinds
    assert right.mean() > 0.9, "learned"
    still = few.clips.frames[:, :1].repeat(8, 1)
    assert (reader.read(still) == moving.NONE).all()
    assert (
        reader.read(moving.frames_shuffled(few.clips.frames, 9)) == few.clips.kinds
    ).mean() < right.mean() - 0.2
    other = ClipSet(["clips:40:1"], 16, 8).clips
    assert (reader.read(other.frames) == other.kinds).mean() > 0.5, "of faces that it never saw"


def test_kept_kinds_by_hand():
    assert moving.kept_kind(np.array([[0, 0, 0, 1], [2, 2, 4, 4]])) == 5 / 8
    assert moving.kept_kind(np.array([[4, 4], [1, 1]])) == 1 / 2, "no motion at all is no kind that was kept"
