"""`workbench report`: what it says is what the run's files hold, in both languages, on five printed pages at most."""

import ast
import json
import math
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
import pytest
from jinja2.ext import extract_from_ast

from workbench.base import languages
from workbench.base.errors import BadInput
from workbench.base.schedules import Schedule, constant
from workbench.cli import main
from workbench.data.pictures import save_png
from workbench.gan.config import REGISTRIES, Config
from workbench.gan.objectives.hinge import Hinge
from workbench.gan.objectives.wasserstein import PenalisedWasserstein
from workbench.gan.presets import preset, presets
from workbench.show.plots import curves
from workbench.show.report import facts, formulas, report, words
from workbench.show.report.printing import VARIABLE, browser, pages, print_pdf
from workbench.train import doctor
from workbench.train.finding import Finding, advised
from workbench.train.run import Run

ROOM = Path(words.__file__).parent
needs_browser = pytest.mark.skipif(browser() is None, reason="no Chromium to print with")


@pytest.fixture
def made(tmp_path):
    """made(config, ...): a run folder with the logs that are given, as the loop writes them."""

    def make(config: Config, name="run", ticks=0, evaluations=0, found=(), size=64, environment=None):
        run = Run.create(tmp_path / name, config)
        for n in range(1, ticks + 1):
            line = {
                "seen": 1000 * n,
                "steps": 20 * n,
                "seconds": 15.0 * n,
                "processor": 30.0 * n,
                "speed/pictures-per-second": 66.7,
            }
            line |= {key: math.sin(n) + 2 for key in curves.NAMES}
            run.append("ticks.jsonl", line)
        for n in range(1, evaluations + 1):
            run.append("metrics.jsonl", evaluation(1000 * n, 50 + abs(n - 3)))
        for line in found:
            run.append("findings.jsonl", line)
        rng = np.random.default_rng(0)
        for n in range(1, ticks + 1, 3):
            grid = rng.integers(0, 255, (12 * (size + 2), 10 * (size + 2), 3), np.uint8)
            save_png(run.samples / f"{n:06d}.png", grid, {"seen": 1000 * n})
        if environment is not None:
            run.write_json("environment.json", environment)
        return run

    return make


def evaluation(seen: int, fid: float) -> dict:
    return {
        "seen": seen, "fid": fid, "fid_floor": 7.5, "diversity": 0.211, "diversity_real": 0.3, "duplicates": 0.01,
        "duplicates_real": 0.0, "agreement": {"hair": 0.91, "eyes": 0.82, "both": 0.73},
        "agreement_real": {"hair": 0.97, "eyes": 0.96, "both": 0.95}, "agreement_chance": {"hair": 0.1, "eyes": 0.1},
    }  # fmt: skip


ENVIRONMENT = {
    "preset": "wgan-gp", "device": "cpu", "threads": 2, "processes": 1, "machine": "x86_64", "torch": "2.13.0",
    "python": "3.11.7", "workbench": "0.1.0",
    "data": {
        "pictures": 500, "held_out": 100,
        "sources": [
            {"name": "mlds", "kind": "mlds2018", "pictures": 500, "groups": 321, "held_out": 100, "duplicates": 7,
             "skipped": 4}
        ],
    },
}  # fmt: skip


def text_of(page: str) -> str:
    """What a reader sees, one space between words."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


# Words


def told() -> set[str]:
    """Every English text that is handed to `say`, wherever it stands."""
    found = set()
    for path in ROOM.glob("*.html"):
        tree = jinja2.Environment().parse(path.read_text())
        found |= {text for _, _, text in extract_from_ast(tree, ("say",)) if isinstance(text, str)}
    for path in [*ROOM.glob("*.py"), Path(curves.__file__)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return found


# Handed to `say` from a table or a variable.
TABLES = {
    *curves.NAMES.values(), *curves.AXES.values(), *REGISTRIES,
    "severe", "warning", "note", "generator", "discriminator", "device", "threads", "processes", "machine", "torch",
    "python", "workbench", "Losses", "loss", "Scores (higher = more real)", "mean score", "Norms of the gradients",
    "Accuracy of D", "share of pairs",
    "norm", "wrong tags: real pictures with tags that are not theirs",
    "wrong pictures: the tags with another real picture that lacks them",
    "Losses of both networks against the pictures seen",
    "Scores of real and generated pictures against the pictures seen",
    "D's accuracy on pairs against the pictures seen",
    "Norms of the gradients against the pictures seen",
    "Frechet distance and agreement against the pictures seen",
}  # fmt: skip


def test_every_text_is_translated_and_no_translation_is_left_over():
    assert len(told()) > 50
    assert told() | TABLES == set(languages.words("report", "zh-TW"))


def test_every_setting_and_component_is_told_in_both_languages():
    assert set(languages.words("setting")) == set(Config.__dataclass_fields__) - {"data"}
    for registry in REGISTRIES.values():
        for cls in registry.classes():
            told = words.component_words(cls(), "zh-TW")
            assert re.search("[\u4e00-\u9fff]", told), cls.name
            assert told != words.component_words(cls(), "en")


def test_another_language_names_the_nearest():
    with pytest.raises(BadInput, match="unknown language 'zh-tw'; did you mean 'zh-TW'"):
        words.say_in("zh-tw")


# Formulas


@pytest.mark.parametrize("kind", ["objective", "conditioning"])
def test_every_objective_and_conditioning_draws_its_own_formulas(kind):
    for name in REGISTRIES[kind].names():
        found = formulas.component_formulas(REGISTRIES[kind][name]())
        assert len(found) >= 2, name
        assert all(formula.picture.startswith("data:image/svg+xml;base64,") for formula in found)


def test_a_component_without_formulas_is_told_by_its_docstring_not_by_what_it_inherits():
    @dataclass(frozen=True)
    class Softer(Hinge):
        """A hinge with another margin.

        D: E max(0, 2 - r) + E max(0, 2 + f); G: -E f.
        """

    assert Softer.formulas == Hinge.formulas
    assert formulas.component_formulas(Softer()) == []
    assert formulas.docstring_formulas(Softer()) == "D: E max(0, 2 - r) + E max(0, 2 + f); G: -E f."


@pytest.mark.parametrize(
    ("objective", "shown", "noted"),
    [
        (PenalisedWasserstein(), [r"(\|\nabla_x D(x)\|_2 - 1)^{2}", r"\lambda = 10"], "between a real"),
        (PenalisedWasserstein(one_sided=True), [r"\max(0,\ \|\nabla_x D(x)\|_2 - 1),"], "between a real"),
        # R1 of gamma 3 weighs the squared gradient by 3 / 2
        (
            Hinge(r1=constant(3), penalty_every=4),
            [r"\mathrm{real}", r"_2^{2}", r"\lambda = 1.5"],
            "every 4 updates",
        ),
        (
            Hinge(r2=Schedule.parse("0:2,1:1")),
            [r"\mathrm{fake}", r"1\ (0\%) \rightarrow 0.5\ (100\%)"],
            "on 50%",
        ),
    ],
)
def test_penalties_show_their_own_numbers(objective, shown, noted):
    last = formulas.objective_formulas(Config(objective=objective), str)[-1]
    assert [part for part in shown if part not in last.latex] == []
    assert noted in last.note


def test_wrong_tags_and_pictures_are_part_of_the_objective():
    config = Config(mismatch=constant(0.25), wrong_pictures=constant(0.75))
    latex = [formula.latex for formula in formulas.objective_formulas(config, str)]
    assert latex[-2].endswith(r"\mu = 0.25")
    assert latex[-1].endswith(r"\mu = 0.75")
    assert len(latex) == len(formulas.objective_formulas(Config(), str)) + 2


# Facts


def test_the_preset_is_the_one_on_record_else_the_nearest(made):
    config = preset("sngan").config.replace(batch=32)
    assert facts.preset_of(made(config, "old"), config) == ("sngan", False)
    assert facts.preset_of(made(config, "new", environment={"preset": "dcgan"}), config) == ("dcgan", True)


def test_training_records_its_preset(finished):
    run = Run.open(finished)
    assert facts.preset_of(run, run.config()) == ("faces-64", True)


def test_what_was_tried_is_what_differs_from_the_preset_and_nothing_else():
    config = preset("dcgan").config.replace(batch=32, objective="hinge", **{"architecture.kernel": 5})
    tried = {one.name: (one.value, one.preset) for one in facts.settings(config, "dcgan") if one.preset}
    assert tried == {
        "batch": ("32", "64"),
        "objective": ("hinge", "non-saturating"),
        "architecture.kernel": ("5", "4"),
    }


def test_what_an_automatic_setting_came_to_is_no_change():
    config = preset("faces-64").config.replace(precision="32-true")
    assert [one for one in facts.settings(config, "faces-64") if one.preset] == []


@pytest.mark.parametrize("name", presets())
def test_a_preset_as_it_is_tried_nothing(name):
    assert [one for one in facts.settings(preset(name).config, name) if one.preset] == []


def test_the_best_evaluation_is_always_among_the_rows():
    lines = [evaluation(1000 * n, 50 + abs(n - 38)) for n in range(1, 101)]
    rows = facts.evaluations(lines)
    assert len(rows) <= facts.MOST_EVALUATIONS + 1
    assert [row.seen for row in rows if row.best] == ["38.0"]
    assert [rows[0].seen, rows[-1].seen] == ["1.0", "100.0"]
    real = facts.reached_by_real(lines)
    assert real is not None
    assert "95.0%" in real.cells
    assert facts.evaluations([]) == []


# Findings


def ticks_of(**values) -> list[dict]:
    return [{"seen": 1000 * n, "accuracy/D": 0.99, "score/real": 9.0, "score/fake": 1.5, "gradient/G": 1.0} | values
            for n in range(1, 9)]  # fmt: skip


def line(**values) -> dict:
    real = {"diversity_real": 0.31, "agreement_real": {"hair": 0.9, "eyes": 0.8, "both": 0.7}}
    return {"seen": 5000, "fid": 90.0, "score": 6.0} | real | values


IGNORED = {
    "agreement": {"hair": 0.11, "eyes": 0.12, "both": 0.02},
    "agreement_chance": {"hair": 0.10, "eyes": 0.13, "both": 0.02},
}
FOUND = {
    "discriminator-wins": doctor.discriminator_wins(ticks_of()),
    "vanished": doctor.discriminator_wins([*ticks_of(), *ticks_of(**{"gradient/G": 1e-4})]),
    "mode-collapse": doctor.collapse([line(diversity=0.012)] * 2),
    "low-diversity": doctor.collapse([line(diversity=0.111)] * 2),
    "no real": doctor.collapse([{"seen": 5, "diversity": 0.111}] * 2),
    "degeneration": doctor.degeneration([line(fid=41.5, score=3.0), line(), line()]),
    "ignored-tags": doctor.ignored_tags([line(**IGNORED)] * 3),
    "duplicates": doctor.duplicates([line(duplicates=0.37, duplicates_real=0.02)] * 2),
}


@pytest.mark.parametrize("name", FOUND)
def test_findings_keep_their_numbers_in_chinese(name):
    found = FOUND[name]
    assert found is not None
    read = Finding.of_line(json.loads(json.dumps(found.line())))  # as a page gets it
    (found,) = advised([read], presets()["faces-64"].config)
    what, remedy = found.what("zh-TW"), found.remedy("zh-TW")
    assert not re.search(r"[A-Za-z]{2,} [a-z]{2,}", what)
    numbers = r"\d[\d.,]*\d%?|\d%?"
    assert sorted(re.findall(numbers, what)) == sorted(re.findall(numbers, found.what()))
    assert re.search("[\u4e00-\u9fff]", remedy)
    options = r"--[\w.-]+ [\w.:,-]+"
    assert re.findall(options, remedy) == re.findall(options, found.remedy())


def test_rollbacks_stops_and_nan_are_told_in_chinese():
    from workbench.train.decisions import Decisions

    config = Config(rollback=3, patience=4)
    back = Decisions(good=4000, rollbacks=1).go_back(9000, "mode-collapse", config)
    said = back.what("zh-TW")
    assert all(part in said for part in ("第 2 次", "最多 3 次", "4,000", "模式崩潰", "0.25"))
    stopped = Decisions(best=7000, waited=4).patience_over(9000, config)
    assert stopped is not None
    said = stopped.what("zh-TW")
    assert all(part in said for part in ("最近 4 次", "7,000", "patience 4"))
    assert "NaN" in doctor.diverged(5, "loss/D nan").what("zh-TW")


def test_a_finding_of_an_older_run_folder_is_told_in_its_own_words():
    old = {
        "code": "nan",
        "seen": 1,
        "severity": "severe",
        "what": "Numbers blew up: D.",
        "remedy": "A lower rate.",
    }
    found = Finding.of_line(old)
    assert (found.what(), found.remedy()) == (old["what"], old["remedy"])
    assert old["what"] in found.what("zh-TW")
    assert re.search("[\u4e00-\u9fff]", found.what("zh-TW"))


# The page


@pytest.mark.parametrize("language", languages.languages())
def test_the_report_of_a_real_run(finished, language):
    run = Run.open(finished)
    page = report(run, language)
    last = run.lines()[-1]
    assert f'<html lang="{language}">' in page
    assert "{{" not in page
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?\s*(?:https?:)?//", page) == []
    assert re.findall(r'src="(?!data:image/)', page) == []
    assert page.count("<img") == len(re.findall(r'<img[^>]*\salt="[^"]{2,}"', page))
    seen = text_of(page)
    assert f"{last['seen']:,}" in seen
    assert f"{last['steps']:,}" in seen
    assert "faces-64" in seen
    assert "drawn:64" in seen
    shown = re.findall(
        r"<code>(architecture\.g_widths)</code></td><td>.*?</td><td><strong>(.*?)</strong>", page
    )
    assert shown == [("architecture.g_widths", "8, 8, 8")]


def test_the_layers_are_those_of_the_run(finished):
    from workbench.gan.model import parameters
    from workbench.train.summary import networks

    run = Run.open(finished)
    seen = text_of(report(run))
    for _, module, rows in networks(run.config()):
        assert f"total {parameters(module):,}" in seen
        for row in rows:
            assert f"{row.kind} {' × '.join(map(str, row.shape))} {row.numbers:,}" in seen


# Together they have every objective and conditioning, and every way of adding to the loss.
VARIED = (
    "faces-64",
    "course-baseline",
    "lsgan",
    "wgan",
    "wgan-gp-acgan",
    "acgan",
    "infogan",
    "sngan",
    "keras-28",
)


@pytest.mark.parametrize("name", VARIED)
def test_in_chinese_no_english_sentence_is_left(made, name):
    run = made(preset(name).config, ticks=4, evaluations=4, found=[FOUND["ignored-tags"].line()], size=8)
    page = re.sub(r"<style>.*?</style>|<code>.*?</code>", "", report(run, "zh-TW"), flags=re.DOTALL)
    texts = re.findall(r">([^<]*)<", page) + re.findall(r'alt="([^"]*)"', page)
    sources_and_commands = re.compile(r"（[^（）]*\d{4}[^（）]*）|--[\w.]+ [\w:.,-]+|workbench data show")
    left = [text for text in texts if re.search("[A-Za-z]{2,} [a-z]{2,}", sources_and_commands.sub("", text))]
    assert len(texts) > 200
    assert left == []


def test_figures_of_the_run_stand_in_the_page(made):
    config = preset("wgan-gp").config.replace(d_steps=2, rollback=1)
    back = {
        "code": "rollback",
        "seen": 3000,
        "severity": "note",
        "remedy": "",
        "what": "Went back (1 of 1) to there.",
    }
    run = made(config, ticks=5, evaluations=5, found=[back], size=8, environment=ENVIRONMENT)
    seen = text_of(report(run))
    assert "real pictures seen 5.0 kimg" in seen
    assert "time trained 1.2 minutes" in seen
    assert "processor time, all threads together 2.5 minutes" in seen
    assert "Frechet distance 50.000 best, after 3.0 kimg; real pictures: 7.500" in seen
    assert "3.0 50.000 73.0% 91.0% 82.0% 0.211 1.0%" in seen
    assert "real pictures 7.500 95.0% 97.0% 96.0% 0.300 0.0%" in seen
    assert "Went back (1 of 1) to there." in seen
    assert "mlds mlds2018 500 321 100 7 4" in seen
    assert "epochs 12.5" in seen
    assert "pictures a second 67" in seen
    assert "d_steps updates of D a step 2 5" in seen
    assert "A step: 2 × D, then 1 × G (updates)." in seen


def test_a_run_that_was_stopped_before_its_first_tick_still_reports(made):
    seen = text_of(report(made(preset("faces-64").config)))
    assert "ended before its first log line" in seen
    assert "No evaluation was due before the run ended (evaluate_kimg is 40.0)" in seen
    assert "No grid had been drawn yet" in seen
    assert "environment.json is missing" in seen
    assert "Nothing that looks wrong" in seen
    assert "total" in seen


def test_a_run_without_evaluations_and_without_tags_says_so(made):
    page = report(made(preset("keras-28").config, ticks=3, size=8))
    seen = text_of(page)
    assert "evaluate_kimg is 0" in seen
    assert "none : Both networks ignore the tags" in seen
    assert page.count('<div class="curves">') == 1
    assert len(re.findall(r'<img src="data:image/svg[^"]*" alt="(?!formula)', page)) == 4


def test_the_accuracy_of_d_stands_beside_the_scores_where_it_is_logged(made):
    run = made(preset("keras-28").config, ticks=3, size=8)
    alts = re.findall(r'<img src="data:image/svg[^"]*" alt="((?!formula)[^"]*)"', report(run))
    assert [alt.split(" against")[0] for alt in alts] == [
        "Losses of both networks", "Scores of real and generated pictures", "D&#39;s accuracy on pairs",
        "Norms of the gradients",
    ]  # fmt: skip
    lines = [{k: v for k, v in line.items() if k != "accuracy/D"} for line in run.lines()]
    (run.path / "ticks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "accuracy on pairs" not in report(run)


def test_a_damaged_grid_is_named_and_the_rest_stays(made):
    run = made(preset("dcgan").config, ticks=4, size=8)
    (run.samples / "000004.png").write_bytes(b"no picture")
    page = report(run)
    assert "000004.png is damaged" in text_of(page)
    assert page.count('class="px"') == 1


def test_a_networks_that_cannot_be_built_are_told_why(made, monkeypatch):
    def refuse(config, vocabulary):
        raise BadInput("judge-choose.safetensors: not found")

    monkeypatch.setattr("workbench.train.summary.networks", refuse)
    assert "cannot be built here: judge-choose.safetensors: not found" in text_of(report(made(Config())))


def test_hostile_names_do_not_become_markup(made):
    run = made(preset("dcgan").config, name="<script>x", ticks=2, size=8)
    page = report(run)
    assert "<script>" not in page
    assert "&lt;script&gt;x" in page


def test_a_config_of_another_version_is_refused_in_a_sentence(made, capsys):
    run = made(Config())
    config = json.loads((run.path / "config.json").read_text())
    (run.path / "config.json").write_text(json.dumps(config | {"batchs": 3}))
    assert main(["report", str(run.path)]) == 2
    assert "config has no field 'batchs'; did you mean 'batch'?" in capsys.readouterr().err


# The command


def test_without_a_browser_the_page_is_written_and_the_pdf_explained(made, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv(VARIABLE, "")
    run = made(preset("dcgan").config, ticks=2, size=8)
    assert main(["report", str(run.path), "--lang", "zh-TW"]) == 0
    assert "no Chromium or Chrome was found" in capsys.readouterr().err
    assert (run.path / "report-zh-TW.html").exists()
    assert (
        main(["report", str(run.path), "--html", str(tmp_path / "a.html"), "--pdf", str(tmp_path / "a.pdf")])
        == 2
    )
    assert (tmp_path / "a.html").exists()
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.skipif(shutil.which("fc-list") is None, reason="no fontconfig to ask for fonts")
def test_where_no_font_has_chinese_the_remedy_is_said(made, monkeypatch, capsys, tmp_path):
    printer = tmp_path / "printer"  # in place of a browser: what counts is what is said beside it
    printer.write_text(
        '#!/bin/sh\nfor one; do case $one in --print-to-pdf=*) echo "/Type /Page " >"${one#*=}";; esac; done\n'
    )
    printer.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(printer))
    run = made(preset("dcgan").config, ticks=2, size=8)
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    assert main(["report", str(run.path), "--lang", "zh-TW"]) == 0
    assert "no font with Chinese characters is installed" in (said := capsys.readouterr().err)
    assert "apt install fonts-noto-cjk" in said
    assert main(["report", str(run.path)]) == 0
    assert capsys.readouterr().err == "", "an English page needs none"


def test_a_folder_that_is_no_run_is_refused(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "not a run folder" in capsys.readouterr().err


@needs_browser
def test_the_command_prints_the_page_beside_it(made, capsys):
    run = made(preset("dcgan").config, ticks=2, size=8)
    assert main(["report", str(run.path)]) == 0
    data = (run.path / "report.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert f"report.pdf: {pages(data)} pages" in capsys.readouterr().out
    assert list(run.path.glob("*.tmp*")) == []


@needs_browser
def test_pages_are_counted_as_they_are_printed(tmp_path):
    html = tmp_path / "three.html"
    html.write_text("<p>a</p>" + '<p style="break-before: page">b</p>' * 2)
    assert print_pdf(html, tmp_path / "three.pdf") == 3


@needs_browser
@pytest.mark.parametrize("language", languages.languages())
def test_a_run_with_everything_prints_on_five_pages(made, tmp_path, language):
    """The longest layer tables, every setting changed, more findings than are shown, all curves and grids."""
    config = preset("r3gan-small").config.replace(
        latent=77, batch=32, d_steps=3, mismatch="0:0.5,0.4:0.5,1:0.2", flip="no", rotate=3, shift=2, ema_kimg=3,
        ema_ramp=0.1, ema_samples=99, kimg=3, tick_kimg=0.5, snapshot_kimg=1, evaluate_kimg=1, evaluate_samples=44,
        patience=3, rollback=3, keep_states=9, seed=5,
    )  # fmt: skip
    found = [FOUND[name].line() | {"seen": 100 * n} for n, name in enumerate([*FOUND, *FOUND])]
    run = made(
        config, ticks=80, evaluations=40, found=found, environment=ENVIRONMENT | {"preset": "faces-64"}
    )
    html = tmp_path / "report.html"
    html.write_text(report(run, language))
    assert 3 <= print_pdf(html, tmp_path / "report.pdf") <= 5
