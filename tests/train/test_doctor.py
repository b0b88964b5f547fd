"""The doctor: runs made sick on purpose are diagnosed, a healthy one is left alone."""

import json
import math
import subprocess
import sys

import pytest
from support.drawn_judge import DrawnJudge
from support.tiny_runs import TINY, flags

from workbench.cli import main
from workbench.gan.model import Generator
from workbench.gan.presets import presets
from workbench.gan.rules import GAMES, leading
from workbench.gan.rules.stack import Stack
from workbench.measure.figures import FIGURES
from workbench.train.advice import ADVICE, advice
from workbench.train.doctor import collapse, degeneration, diagnose, discriminator_wins, duplicates
from workbench.train.finding import Finding
from workbench.train.logs import wrong
from workbench.train.loop import Until, loop
from workbench.train.monitor import Monitor
from workbench.train.run import Run

DATA = "drawn:600"
# Tiny networks that soon draw varied faces of the asked colours: codes no wider than the latent, wrong tags.
HEALTHY = {
    **TINY,
    "batch": 16,
    "latent": 16,
    "conditioning.embedding": 8,
    "objective": "relativistic",
    "objective.r1": 0.2,
    "objective.r2": 0.2,
    "mismatch": 1,
    "learning_rate": 3e-3,
    "kimg": 4,
    "tick_kimg": 0.16,
    "snapshot_kimg": 0.64,
    "evaluate_kimg": 0.64,
    "evaluate_samples": 200,
}


@pytest.fixture(scope="module")
def watched(devices, cache, tiny, tmp_path_factory):
    """watched(steps, **changes): the folder of a run with evaluations by a judge of drawn faces."""
    from workbench.data.faceset import FaceSet
    from workbench.train.batches import Batches
    from workbench.train.games.tags_to_face import TagsToFace

    faces = FaceSet.open(DATA, size=16, progress=False, cache=cache)
    judge = DrawnJudge(faces)

    def start(steps: int, **changes) -> Run:
        fields = HEALTHY | changes
        if "conditioning" in changes:
            del fields["conditioning.embedding"]
        config = tiny(**fields)
        run = Run.create(tmp_path_factory.mktemp("runs") / "run", config)
        game = TagsToFace(config, devices, faces.train().y)
        monitor = Monitor(config, faces, run, judge)
        list(loop(game, Batches(faces, config, devices), run, Until(steps=steps), devices, watch=monitor))
        return run

    return start


def codes(run: Run) -> list[str]:
    return [line["code"] for line in run.lines("findings.jsonl")]


@pytest.fixture(scope="module")
def healthy(watched) -> Run:
    return watched(130)


def test_a_healthy_run_gets_no_finding(healthy):
    assert codes(healthy) == []
    lines = healthy.lines("metrics.jsonl")
    assert [line["seen"] for line in lines] == [640, 1280, 1920]
    assert lines[-1]["fid"] < lines[0]["fid"]
    assert lines[-1]["agreement"]["hair"] > 2 * lines[-1]["agreement_chance"]["hair"]


def test_a_healthy_run_is_called_so_with_the_figures_that_were_looked_at(healthy, capsys):
    assert main(["doctor", str(healthy.path)]) == 0
    said = capsys.readouterr().out
    last = healthy.lines("metrics.jsonl")[-1]
    assert "nothing looks wrong" in said
    assert "accuracy/D" in said
    assert f"diversity {last['diversity']:.3g}" in said


def test_a_generator_that_ignores_its_latent_has_collapsed(watched, monkeypatch):
    whole = Generator.forward_code
    monkeypatch.setattr(Generator, "forward_code", lambda self, z, code: whole(self, 0 * z, code))
    run = watched(32, snapshot_kimg=0.24, evaluate_kimg=0.24)
    (line,) = [line for line in run.lines("findings.jsonl") if line["code"] == "mode-collapse"]
    assert (line["severity"], line["seen"]) == ("severe", 480)
    assert run.lines("metrics.jsonl")[-1]["diversity"] < 0.01
    assert "0.000 only" in line["what"]
    assert "--objective.r1 0.5" in line["remedy"]
    assert "relativistic" not in line["remedy"], "its objective is that already"


def test_a_discriminator_that_learns_fifty_times_as_fast_wins(watched):
    changes = {"objective": "non-saturating", "objective.r2": 0, "objective.r1": 0, "mismatch": 0}
    run = watched(
        40,
        **changes,
        learning_rate=2e-4,
        d_learning_scale=50,
        tick_kimg=0.032,
        snapshot_kimg=0.32,
        evaluate_kimg=0,
    )
    (line,) = run.lines("findings.jsonl")
    assert line["code"] == "discriminator-wins"
    assert "over the last 8 ticks it told" in line["what"]
    assert "--d-learning-scale 25" in line["remedy"]


def test_a_generator_that_never_sees_the_tags_ignores_them(watched):
    run = watched(32, conditioning="none", mismatch=0, snapshot_kimg=0.16, evaluate_kimg=0.16)
    line = next(line for line in run.lines("findings.jsonl") if line["code"] == "ignored-tags")
    assert "hair" in line["what"]
    assert "real pictures: " in line["what"]


def test_a_learning_rate_that_is_raised_late_makes_a_run_degenerate(watched):
    run = watched(
        120, kimg=1.92, snapshot_kimg=0.32, evaluate_kimg=0.32, learning_rate="0:3e-3,0.5:3e-3,0.51:0.05"
    )
    line = next(line for line in run.lines("findings.jsonl") if line["code"] == "degeneration")
    best = min(run.lines("metrics.jsonl"), key=lambda line: line["score"])
    assert best["seen"] <= 960 < line["seen"]
    assert f"{best['fid']:.3g} after {best['seen']:,} pictures" in line["what"]


def test_a_huge_learning_rate_ends_in_nan(train, tmp_path, capsys):
    out = tmp_path / "run"
    start = ("non-saturating-r1", "--data", "drawn:64", "--out", out, "--wandb", "off", "--steps", 9)
    status, _, _ = train(*start, *flags(**TINY, learning_rate="0:2e-4,0.5:2e-4,0.5001:1e30", kimg=0.08))
    assert status == 3
    (line,) = Run.open(out).lines("findings.jsonl")
    assert (line["code"], line["severity"]) == ("nan", "severe")
    assert "step 7" in line["what"]
    assert main(["doctor", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["findings"] == [line]


def test_each_illness_is_told_once(watched, monkeypatch):
    whole = Generator.forward_code
    monkeypatch.setattr(Generator, "forward_code", lambda self, z, code: whole(self, 0 * z, code))
    run = watched(40, snapshot_kimg=0.16, evaluate_kimg=0.16)
    assert len(run.lines("metrics.jsonl")) == 4
    assert codes(run).count("mode-collapse") == 1


# Lines written by hand


def measured(seen: int, **figures) -> dict:
    return {
        "seen": seen,
        "diversity": 0.2,
        "diversity_real": 0.23,
        "duplicates": 0.0,
        "duplicates_real": 0.0,
    } | figures


@pytest.mark.parametrize(
    ("diversity", "real", "code"),
    [
        (0.0, 0.23, "mode-collapse"),
        (0.049, 0.23, "mode-collapse"),
        (0.10, 0.23, "low-diversity"),
        (0.12, 0.23, None),
        (0.175, 0.23, None),
        (0.04, 0.05, None),  # the real pictures are as much alike
        (0.01, 0.05, "mode-collapse"),
        (0.047, 0.08, "low-diversity"),  # 59% of the real pictures' is little, and no collapse
    ],
)
def test_diversity_is_judged_by_what_others_reached_and_by_the_real_pictures(diversity, real, code):
    lines = [measured(seen, diversity=diversity, diversity_real=real) for seen in (1000, 2000)]
    found = collapse(lines)
    assert (found.code if found else None) == code
    assert collapse(lines[:1]) is None, "the first evaluation may show a generator that has hardly begun"


def test_one_bad_evaluation_is_no_degeneration():
    right = {"agreement": {"both": 0.9}}
    lines = [
        measured(s, fid=f, score=math.log(f), **right) for s, f in ((1, 9.0), (2, 4.0), (3, 9.0), (4, 4.5))
    ]
    assert degeneration(lines) is None
    assert degeneration(lines[:3]) is None
    lines.append(measured(5, fid=9.0, score=math.log(9.0), **right))
    lines.append(measured(6, fid=8.0, score=math.log(8.0), **right))
    found = degeneration(lines)
    assert found is not None
    assert (found.code, found.seen, found.severity) == ("degeneration", 6, "severe")
    assert found.sentence().startswith(
        "It gets worse: the Frechet distance was 4 after 2 pictures and is now 8"
    )
    assert "both tags right: 90%, now 90%" in found.sentence()
    assert degeneration(lines, since=5) is None, "after a rollback it must be seen twice again"


@pytest.mark.parametrize("game", GAMES.names())
def test_every_game_says_its_leading_figure_and_the_doctor_has_words_for_it(game):
    key = vars(GAMES[game])["leading"]
    assert key in FIGURES
    lines = [{"seen": n, "score": score, key: score} for n, score in ((1, 0.1), (2, 0.9), (3, 0.8))]
    assert all(wrong("metrics.jsonl", line) == "" for line in lines)
    assert wrong("metrics.jsonl", {"seen": 1, "score": 0.1}) != ""
    found = degeneration(lines)
    assert found is not None
    assert {f"best_{key}", f"now_{key}"} <= found.values.keys()
    for language, words in (("en", "It gets worse: "), ("zh-TW", "品質退步：")):
        assert found.what(language).startswith(words)


def test_the_leading_figure_is_read_from_the_rules(monkeypatch):
    monkeypatch.setattr(Stack, "leading", "power")
    lines = [{"seen": n, "score": score, "power": 0.5} for n, score in ((1, 0.1), (2, 0.9), (3, 0.8))]
    assert all(wrong("metrics.jsonl", line) == "" for line in lines)
    found = degeneration(lines)
    assert found is not None
    assert found.values == {"best_seen": 1, "best_power": 0.5, "now_power": 0.5}
    assert wrong("metrics.jsonl", {"seen": 1, "score": 0.1, "swd": 9.0}) != ""


def test_of_two_leading_figures_the_games_own_counts():
    """An enlarged picture's Frechet distance stands beside the figure that its score is made of."""
    assert leading({"fid", "swd", "n"}) == "swd"
    assert leading({"fid", "kind"}) == "fid"
    assert leading({"n"}) is None
    strangers = [{"seen": n, "score": score} for n, score in ((1, 0.1), (2, 0.9), (3, 0.8))]
    assert degeneration(strangers) is None


def test_copies_count_beyond_those_of_the_real_pictures():
    assert duplicates([measured(s, duplicates=0.3, duplicates_real=0.25) for s in (1, 2)]) is None
    found = duplicates([measured(s, duplicates=0.3) for s in (1, 2)])
    assert found is not None
    assert "30%" in found.what()


def fought(seen: int, **scalars) -> dict:
    line = {"seen": seen, "accuracy/D": 0.8, "score/real": 1.0, "score/fake": 0.0, "gradient/G": 2.0}
    return line | {name.replace("_", "/"): value for name, value in scalars.items()}


def test_a_confident_discriminator_wins_only_where_scores_are_far_apart_or_no_gradient_is_left():
    early = [fought(n) for n in range(8)]
    sure = [fought(8 + n, accuracy_D=1.0) for n in range(8)]
    assert discriminator_wins(early + sure) is None
    far = discriminator_wins(early + [line | {"score/fake": -9.0} for line in sure])
    flat = discriminator_wins(early + [line | {"gradient/G": 0.001} for line in sure])
    assert far is not None
    assert "10.0 higher" in far.what()
    assert flat is not None
    assert "shrank from 2 to 0.001" in flat.what()
    critic = [line | {"score/fake": -9.0, "loss/D": -10.0} for line in sure]
    assert discriminator_wins(early + critic) is None, "a critic's gap is the distance that it estimates"
    alone = [{k: v for k, v in line.items() if k != "gradient/G"} for line in sure]
    assert discriminator_wins(early + alone) is None, "while D learns alone, it may win"


def test_nan_in_a_tick_comes_first():
    lines = [measured(s, diversity=0.01) for s in (1, 2)]
    found = diagnose([fought(2) | {"loss/G": math.nan}], lines)
    assert [finding.code for finding in found] == ["nan", "mode-collapse"]
    assert all(isinstance(finding, Finding) and finding.remedy() for finding in found)


@pytest.mark.parametrize("name", presets())
def test_what_is_advised_is_what_the_runs_own_config_accepts(name):
    config = presets()[name].config
    for code in ADVICE:
        tried = [typed for _, typed in advice(code, config) if typed]
        assert tried or code not in ("nan", "discriminator-wins", "degeneration"), (
            f"{name}: nothing against {code}"
        )
        for typed in tried:
            words = typed.split()
            changes = dict(zip(words[::2], words[1::2], strict=True))
            fields = {option.removeprefix("--").replace("-", "_"): value for option, value in changes.items()}
            assert config.replace(**fields).checked() != config


def test_advice_is_left_out_where_the_network_has_no_such_part():
    names = [name for name, _ in advice("mode-collapse", presets()["dcgan"].config)]
    assert "spread" not in names
    assert "spread" in [name for name, _ in advice("mode-collapse", presets()["faces-64"].config)] or (
        presets()["faces-64"].config.architecture.spread  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("code", ADVICE)
def test_advised_options_are_typed_as_the_command_reads_them(code, train, tmp_path):
    typed = [word for _, told in advice(code, presets()["dcgan"].config) for word in told.split()]
    status, _, _ = train("dcgan", "--data", "drawn:64", "--out", tmp_path / "run", "--dry-run", *typed)
    assert status == 0


def test_a_doctor_needs_a_run_but_no_torch(tmp_path, capsys):
    assert main(["doctor", str(tmp_path)]) == 2
    assert "not a run folder" in capsys.readouterr().err
    script = "import sys, workbench.train.doctor; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
