"""Prepared contests: the files in docs/arena/claims can be held, and answer claims of docs/claims.md."""

import json
import re
from pathlib import Path

import pytest

from workbench.arena.prepared import Prepared
from workbench.base.errors import BadInput
from workbench.cli import main

DOCS = Path(__file__).parents[2] / "docs"
FILES = sorted((DOCS / "arena" / "claims").glob("*.json"))
CLAIMS = {
    int(n): line
    for n, line in re.findall(r"^\| (\d+) \|(.*)$", (DOCS / "claims.md").read_text(), re.MULTILINE)
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_can_be_held_and_is_named_where_its_claims_stand(path):
    found = Prepared.read(path)
    assert found.seeds >= 2, "a verdict asks for two seeds at least"
    assert found.claims
    assert all(f"claims/{path.name}" in CLAIMS[claim] for claim in found.claims)


def test_every_file_that_a_claim_names_is_there_and_answers_it():
    assert sorted(CLAIMS) == list(range(1, 39))
    for claim, line in CLAIMS.items():
        for name in re.findall(r"claims/([a-z-]+\.json)", line):
            assert claim in Prepared.read(DOCS / "arena" / "claims" / name).claims
        assert re.search(r"\| (agrees|disagrees|not shown here|in part)\b[^|]*\|$", line), claim


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("[", "not JSON"), ("[]", "an object with entries"),
        ('{"entries": [], "minutes": 1, "seeds": 1}', "'entries' is"),
        ('{"entries": ["dcgan"], "minutes": 1, "seeds": 1, "sead": 2}', "'sead' is nothing"),
        ('{"entries": ["dcgun"], "minutes": 1, "seeds": 1}', "unknown preset 'dcgun'"),
        ('{"entries": ["midinet"], "minutes": 1, "seeds": 1}', "draws no tagged faces"),
    ],
)  # fmt: skip
def test_a_bad_file_is_named(tmp_path, told, words):
    path = tmp_path / "bad.json"
    path.write_text(told)
    with pytest.raises(BadInput, match=re.escape(words)) as raised:
        Prepared.read(path)
    assert str(path) in str(raised.value)


def test_the_command_takes_entries_and_terms_from_a_file(tmp_path, capsys, monkeypatch):
    path = tmp_path / "two.json"
    path.write_text(json.dumps({"entries": ["dcgan", "keras-28"], "minutes": 1, "seeds": 2}))
    out = tmp_path / "arena"
    assert main(["arena", "--file", str(path), "--data", "drawn:100", "--out", str(out)]) == 2
    assert "draw pictures of one size" in capsys.readouterr().err, (
        "the file's entries, before anything is trained"
    )
