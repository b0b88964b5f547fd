"""Tunes made by rule and tunes of MIDI files: exact chords, a fair split, files that come back as they were written."""

import re

import mido
import numpy as np
import pytest

from workbench.base.errors import BadInput
from workbench.data import midi
from workbench.data.chords import CHORDS, code, index, notes
from workbench.data.melodies import SCALE, tunes
from workbench.data.tunes import TuneSet, conditions, origin
from workbench.measure.music import chord_share, copies, described, different, score


def test_chords_by_name_and_note():
    assert [CHORDS[index(name)] for name in ("C", "am", "Db", "Bbm", " f# ")] == [
        "C",
        "Am",
        "C#",
        "Bbm",
        "F#",
    ]
    assert notes(index("C")) == (0, 4, 7)
    assert notes(index("Am")) == (9, 0, 4)
    assert code(np.array([index("Am")]))[0].nonzero()[0].tolist() == [9, 12]
    with pytest.raises(BadInput, match=r"'Hm' is not a known chord"):
        index("Hm")


def test_a_tune_depends_on_its_seed_and_number_alone():
    few, chords = tunes(3, 7)
    many, _ = tunes(5, 7)
    assert few.shape == (3, 8, 3, 16, 24)
    assert np.array_equal(few, many[:3])
    assert not np.array_equal(few, tunes(3, 8)[0])
    melody = few[:, :, 0]
    assert melody.sum(-1).max() == 1, "one note at a time"
    for tune, own in zip(melody, chords, strict=True):
        for bar, chord in zip(tune, own, strict=True):
            assert {int(n) % 12 for n in bar.nonzero()[1]} <= {*SCALE, *notes(int(chord))}


def test_a_split_keeps_tunes_whole_and_bars_know_the_one_before():
    found = TuneSet.open(["melodies:800"], 1)
    assert found.held_out.reshape(-1, 8).all(1).sum() == 10 == found.held_out.sum() / 8
    train = found.part(held=False)
    assert not train.past[::8].any()
    assert np.array_equal(train.past[1:8], train.rolls[:7])
    y = conditions(train.chords, train.past)
    assert y.shape == (720, 17, 24)
    assert np.array_equal(y[:, 1:], train.past[:, 0])
    own = described(train.rolls, train.past, train.chords)
    apart = described(train.rolls, np.roll(train.past, 8, 0), train.chords)
    assert own["across"] < 3.5 < 4.5 < apart["across"], "bars follow from the one before"
    assert own["rhythm"] > 0.2 > 0.1 > apart["rhythm"]
    assert 0.8 < own["chords"] < 0.95
    assert own["chords_other"] < 0.55
    assert TuneSet.open(["melodies:800"], 1).hash == found.hash != TuneSet.open(["melodies:800:1"], 1).hash


def test_figures_by_hand():
    rolls = np.zeros((4, 1, 16, 24), np.uint8)
    for bar, pitches in enumerate(((0, 4), (0, 2), (0, 4), (11, 23))):
        for place, pitch in enumerate(pitches):
            rolls[bar, 0, place, pitch] = 1
    chords = np.full(4, index("C"))
    assert chord_share(rolls[:, 0], chords) == 5 / 8
    assert chord_share(rolls[:, 0], np.full(4, index("G"))) == 3 / 8
    assert different(rolls) == 3 / 4
    past = np.concatenate([np.zeros_like(rolls[:1]), rolls[:1], rolls[2:3], rolls[2:3]])
    assert copies(rolls, past) == 1 / 3
    own = described(rolls, past, chords)
    assert (own["onsets"], own["pitch_classes"]) == (2, 7 / 4)
    assert own["across"] == (4 + 4 + 7) / 3, "of the three bars that follow one"
    assert own["rhythm"] == 1
    assert np.isnan(described(rolls, rolls * 0, chords)["across"])
    assert score(own, own) == 0
    assert score(own | {"onsets": 4.0}, own) == pytest.approx(np.log(2))
    assert score(described(rolls * 0, past, chords), own) == 10


def test_a_file_comes_back_as_it_was_written(tmp_path):
    rolls, chords = tunes(1, 3)
    tracks = rolls[0].transpose(1, 0, 2, 3).reshape(3, -1, 24)
    midi.write(tmp_path / "tune.mid", tracks, 120.0)
    melody, read = midi.read(tmp_path / "tune.mid")
    begun = tracks[0].any(1)
    assert np.array_equal(melody.reshape(-1, 24)[begun], tracks[0][begun])
    assert np.array_equal(read, chords[0])
    midi.write(tmp_path / "up.mid", tracks, 120.0, transpose=3)
    moved, chords_moved = midi.read(tmp_path / "up.mid")
    assert np.array_equal(moved, melody), "the key is found and taken back"
    assert np.array_equal(chords_moved, chords[0])
    played = mido.MidiFile(tmp_path / "tune.mid")
    assert played.length == pytest.approx(8 * 4 * 60 / 120, abs=2)


def test_a_folder_of_files_is_a_source(tmp_path):
    rolls, _ = tunes(20, 1)
    for number, tune in enumerate(rolls):
        midi.write(tmp_path / f"{number:02}.mid", tune.transpose(1, 0, 2, 3).reshape(3, -1, 24), 100.0)
    (tmp_path / "odd.mid").write_bytes(b"MThd nothing")
    found = TuneSet.open([origin(str(tmp_path))], 1)
    assert len(found.chords) == 160
    assert found.held_out.sum() == 16
    with pytest.raises(BadInput, match="a melody only"):
        TuneSet.open([str(tmp_path)], 3)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("melodies:x", "one or two whole numbers"), ("melodies:8", "from 80 to"), ("melodies:80:1:2", "one or two"),
        ("{}/none", "no such folder"), ("{}", "no MIDI files"),
    ],
)  # fmt: skip
def test_what_is_no_source_is_told(tmp_path, source, words):
    with pytest.raises(BadInput, match=words):
        TuneSet.open([origin(source.format(tmp_path))], 1)


def test_what_is_no_melody_in_four_is_told(tmp_path):
    file = mido.MidiFile()
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("time_signature", numerator=3, denominator=4)]))
    file.save(tmp_path / "waltz.mid")
    with pytest.raises(BadInput, match=r"in 3/4; only files in 4/4"):
        midi.read(tmp_path / "waltz.mid")
    file = mido.MidiFile()
    file.tracks.append(mido.MidiTrack())
    file.save(tmp_path / "empty.mid")
    with pytest.raises(BadInput, match="no notes"):
        midi.read(tmp_path / "empty.mid")


def _bytes(header: int, *events: bytes) -> bytes:
    """A file of one track with that division, these events and a middle C."""
    track = b"".join((*events, b"\0\x90\x3c\x40", b"\x60\x80\x3c\x40", b"\0\xff\x2f\0"))
    return (
        b"MThd\0\0\0\6\0\1\0\1" + header.to_bytes(2, "big") + b"MTrk" + len(track).to_bytes(4, "big") + track
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (_bytes(480, b"\0\xff\x59\2\x10\0"), "not a MIDI file that can be read"),
        (_bytes(0), "a quarter of no length"),
        (_bytes(0xE728), "time in frames (SMPTE)"),  # 25 frames a second, 40 ticks a frame
        (_bytes(480, b"\0\xff\x51\1\7"), "not a MIDI file that can be read"),
    ],
    ids=["a key of 16 sharps", "division 0", "division in frames", "a short tempo"],
)  # fmt: skip
def test_a_broken_file_is_passed_over(tmp_path, written, words):
    (tmp_path / "broken.mid").write_bytes(written)
    with pytest.raises(BadInput, match=f"broken.mid: .*{re.escape(words)}"):
        midi.read(tmp_path / "broken.mid")
    for number, tune in enumerate(tunes(20, 1)[0]):
        midi.write(tmp_path / f"{number:02}.mid", tune.transpose(1, 0, 2, 3).reshape(3, -1, 24), 100.0)
    assert len(TuneSet.open([origin(str(tmp_path))], 1).chords) == 160


def test_a_note_far_beyond_the_last_bar_is_cut_off(tmp_path):
    first = (b"\0\x90\x40\x40", b"\x60\x80\x40\x40")
    (tmp_path / "near.mid").write_bytes(_bytes(480, *first))
    (tmp_path / "far.mid").write_bytes(
        _bytes(480, *first, b"\xff" * 200 + b"\0\x90\x43\x40", b"\0\x80\x43\x40")
    )
    melody, chords = midi.read(tmp_path / "far.mid")
    assert (len(melody), len(chords)) == (midi.MOST_BARS, midi.MOST_BARS)
    assert melody.sum() == 1
    assert len(midi.read(tmp_path / "near.mid")[0]) == 1
