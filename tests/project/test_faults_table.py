"""The table of faults names tests that are there."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_row_names_tests_that_are_there(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from faulty.rows import ROWS

    for row in ROWS:
        assert row.tests or row.tries, row.fault
        for node in row.tests:
            file, _, name = node.partition("::")
            assert f"\ndef {name}(" in (ROOT / file).read_text(), node
    for name in [name for name in sys.modules if name.partition(".")[0] == "faulty"]:
        del sys.modules[name]
