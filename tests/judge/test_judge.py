"""The judges: trained by group, calibrated, examined on held-out pictures, refused when damaged."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from support.tiny_runs import TINY

from workbench.base.checkpoint import save_generator
from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.data.tags import EYES, HAIR
from workbench.draw.painter import Painter, build
from workbench.gan.config import Config
from workbench.judge.classifier import (
    CHOOSING,
    KIND,
    MEASURING,
    READ_AT_ONCE,
    TRUNKS,
    Judge,
    JudgeNet,
    Reading,
)
from workbench.judge.training import PLANS, Plan, examine, train_judge

SMALL = Plan("judge-measure", "residual", width=8, seed=3, epochs=12, batch=32, rate=1e-2, shift=1)


@pytest.fixture(scope="module")
def faces(tmp_path_factory) -> FaceSet:
    return FaceSet.open("drawn:400", progress=False, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def judge(faces, one_thread) -> Judge:
    return train_judge(faces, SMALL)


def some(faces: FaceSet, count: int) -> np.ndarray:
    return faces.pictures(np.arange(count))


def test_a_trained_judge_reads_held_out_hair_far_better_than_chance(judge, faces):
    result = examine(judge, faces)["drawn:400:0"].to_json()
    assert result["hair"]["n"] == faces.held_out.sum()
    assert result["hair"]["right"] > 0.5  # chance: 1 in 12
    assert result["both"]["right"] <= min(result["hair"]["right"], result["eyes"]["right"])


def test_readings_are_probabilities_and_do_not_depend_on_neighbours(judge, faces):
    pictures = some(faces, READ_AT_ONCE + 3)
    reading = judge.read(pictures)
    assert reading.features.shape == (len(pictures), judge.net.width)
    for table, colours in ((reading.of("hair"), HAIR), (reading.of("eyes"), EYES)):
        assert table.shape == (len(pictures), len(colours))
        assert table.min() >= 0
        assert np.allclose(table.sum(1), 1, atol=1e-5)
    alone = judge.read(pictures[-1:])
    assert np.array_equal(alone.features[0], reading.features[-1])
    assert np.array_equal(alone.of("eyes")[0], reading.of("eyes")[-1])


def test_progress_is_told_to_the_end(judge, faces):
    told = []
    judge.read(some(faces, 40), lambda done, whole: told.append((done, whole)))
    assert told[-1] == (40, 40)


def test_belief_is_the_probability_of_the_known_tags():
    reading = Reading(np.zeros((2, 1)), (np.full((2, 12), 0.25), np.full((2, 11), 0.5)))
    assert reading.belief(np.array([[3, 4], [-1, 4]])).tolist() == [0.125, 0.5]


def test_other_sizes_are_refused(judge, tmp_path):
    with pytest.raises(BadInput, match="64x64"):
        judge.read(np.zeros((1, 32, 32, 3), np.uint8))
    small = FaceSet.open("drawn:20", size=32, progress=False, cache=tmp_path)
    with pytest.raises(BadInput, match="32x32"):
        train_judge(small, SMALL)


def test_neither_held_out_nor_calibration_groups_are_trained_on(faces, monkeypatch):
    seen: list[np.ndarray] = []
    monkeypatch.setattr("workbench.judge.training._fit", lambda part, *_: seen.append(part) or net())
    monkeypatch.setattr(
        "workbench.judge.training._temperatures", lambda _, kept: seen.append(kept) or [1.0, 1.0]
    )
    train_judge(faces, SMALL)
    learnt, kept = (set(part.group.tolist()) for part in seen)
    held = set(faces.held().group.tolist())
    assert learnt
    assert kept
    assert not learnt & kept
    assert not held & (learnt | kept)


def net() -> JudgeNet:
    torch.manual_seed(0)
    return JudgeNet("plain", 4)


def test_the_temperature_mends_confidence_that_is_too_high(faces):
    """Logits times 8 read the same colours and are sure of the wrong ones; the right divisor grows with them."""
    modest, loud = train_judge(faces, dataclasses.replace(SMALL, epochs=3)), None
    loud = JudgeNet("residual", 8)
    loud.load_state_dict(modest.net.state_dict())
    with torch.no_grad():
        for head in loud.heads:
            head.weight.mul_(8)
            head.bias.mul_(8)
    from workbench.judge.training import _temperatures

    kept = faces.train()
    before, after = _temperatures(modest.net, kept), _temperatures(loud.eval(), kept)
    assert after[0] == pytest.approx(min(8 * before[0], np.exp(2)), rel=0.05)


class Known:
    """A judge that reads hair right, and eyes right but for those of one colour, which it takes for the next."""

    info, digest = {"name": "known"}, ""

    def __init__(self, faces: FaceSet, wrong: int) -> None:
        self.wrong = wrong
        self.y = {
            picture.tobytes(): y
            for picture, y in zip(faces.pictures(np.arange(len(faces))), faces.y, strict=True)
        }

    def read(self, pictures: np.ndarray) -> Reading:
        y = np.array([self.y[picture.tobytes()] for picture in pictures])
        y[y[:, 1] == self.wrong, 1] = (self.wrong + 1) % len(EYES)
        return Reading(np.zeros((len(y), 1), np.float32), (np.eye(12)[y[:, 0]], np.eye(11)[y[:, 1]]))


def test_examination_counts_right_and_wrong_readings(faces):
    held = faces.held()
    wrong = int(np.bincount(held.y[:, 1]).argmax())
    count = int((held.y[:, 1] == wrong).sum())
    result = examine(Known(faces, wrong), faces)["drawn:400:0"].to_json()  # type: ignore[arg-type]
    assert result["hair"]["right"] == 1
    assert result["hair"]["calibration error"] == 0
    assert result["eyes"]["right"] == pytest.approx(1 - count / len(held))
    assert result["eyes"]["per colour"][EYES[wrong]] == {"n": count, "right": 0.0}
    assert result["eyes"]["confusion"][wrong][(wrong + 1) % len(EYES)] == count
    assert result["eyes"]["calibration error"] == pytest.approx(count / len(held))


def test_a_file_is_half_precision_and_reads_as_before(judge, faces, tmp_path):
    path = tmp_path / "j.safetensors"
    digest = judge.save(path)
    again = Judge.open(path)
    assert again.digest == digest
    assert again.info["name"] == "judge-measure"
    assert np.allclose(
        again.read(some(faces, 20)).of("hair"), judge.read(some(faces, 20)).of("hair"), atol=0.02
    )
    assert path.stat().st_size < 2.2 * sum(p.numel() for p in judge.net.parameters()) + 10_000


def test_damaged_and_foreign_files_are_refused(judge, tmp_path):
    path = tmp_path / "j.safetensors"
    judge.save(path)
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    with pytest.raises(BadInput, match="SHA-256"):
        Judge.open(path)
    config = Config().replace(**TINY)
    info = {"config": config.to_json(), "tag_counts": np.ones((12, 11), int).tolist()}
    save_generator(path, build(config).state_dict(), info)
    with pytest.raises(BadInput, match="a generator, where a judge is needed"):
        Judge.open(path)
    judge.save(path)
    with pytest.raises(BadInput, match="a judge, where a generator is needed"):
        Painter.open(path)
    for wrong in ({"width": 10**9}, {"width": 9}, {"trunk": "none"}):
        Judge(judge.net, judge.info | wrong).save(path)
        with pytest.raises(BadInput, match="do not fit"):
            Judge.open(path)


def test_the_command_trains_a_judge_with_its_card_and_tests_it(tmp_path):
    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "workbench", "judge", *arguments, "--data", "drawn:200", "--threads", "1"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    out = str(tmp_path / "deep" / "judges")
    said = run("train", "judge-choose", "--epochs", "1", "--width", "4", "--out", out)
    card = json.loads((Path(out) / "judge-choose.json").read_text())
    assert card["plan"]["trunk"] == "plain"
    assert card["held-out"]["drawn:200:0"]["hair"]["n"] > 0
    tested = run("test", "--judge", f"{out}/judge-choose.safetensors", "--json", str(tmp_path / "t.json"))
    assert json.loads((tmp_path / "t.json").read_text()) == card["held-out"]
    assert "drawn:200:0: hair" in said
    assert said.splitlines()[-3:] == tested.splitlines()[-3:]


def test_the_two_shipped_judges_differ_in_architecture_and_seed():
    choosing, measuring = Judge.open(CHOOSING), Judge.open(MEASURING)
    assert choosing.digest != measuring.digest
    assert {choosing.info["trunk"], measuring.info["trunk"]} == set(TRUNKS)
    assert choosing.info["plan"]["seed"] != measuring.info["plan"]["seed"]
    assert {plan.name for plan in PLANS.values()} == {choosing.info["name"], measuring.info["name"]}
    assert max(path.stat().st_size for path in (CHOOSING, MEASURING)) <= 8 << 20
    assert KIND == "judge"


@pytest.mark.real
@pytest.mark.skipif("WORKBENCH_REAL_DATA" not in os.environ, reason="WORKBENCH_REAL_DATA names no folder")
@pytest.mark.parametrize("path", [CHOOSING, MEASURING])
def test_a_shipped_judge_reads_real_held_out_faces_as_its_card_says(path):
    faces = FaceSet.open(Path(os.environ["WORKBENCH_REAL_DATA"]) / "mlds2018", progress=False)
    card = json.loads(path.with_suffix(".json").read_text())["held-out"]["mlds2018"]
    result = examine(Judge.open(path), faces)["mlds2018"].to_json()
    for kind in ("hair", "eyes", "both"):
        assert result[kind]["right"] == pytest.approx(card[kind]["right"], abs=0.002)
    assert result["both"]["right"] > 0.91
