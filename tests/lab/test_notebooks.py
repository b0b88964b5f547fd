"""The notebooks: every cell runs in fast mode, links lead somewhere, and what is saved says nothing of a machine."""

import ast
import json
import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebooks need the extra 'lab'")
FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CELL = 25  # lines of a cell
MOST_LINES = 10  # of a function in a notebook; longer ones belong into the package
MOST_BYTES = 2 << 20  # of a saved notebook, pictures included
# Folders of a machine: home folders, temporary ones, Windows drives.
ABSOLUTE = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|Users|private|var|opt|usr)/|[A-Z]:\\\\")


def cells(path: Path, kind: str) -> list[str]:
    """The sources of all cells of this kind."""
    return [cell["source"] for cell in nbformat.read(path, as_version=4).cells if cell["cell_type"] == kind]


def told(notebook) -> list[str]:
    """Every text among the outputs, pictures left out."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}
            found.append(json.dumps([output.get("text", ""), output.get("traceback", ""), data]))
    return found


def test_the_course_is_whole():
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(12)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_asks_shows_and_sums_up(path):
    words = cells(path, "markdown")
    assert words[0].startswith("# ")
    assert "**Question.**" in words[0]
    assert words[-2].startswith("## Summary")
    assert sum("**Finding.**" in text for text in words) >= 2
    notebook = nbformat.read(path, as_version=4)
    kinds = [
        kind for cell in notebook.cells for out in cell.get("outputs", []) for kind in out.get("data", {})
    ]
    pictures = [kind for kind in kinds if kind.startswith("image/")]
    widgets = [kind for kind in kinds if "widget-view" in kind]
    assert len(pictures) >= 2  # saved with its figures
    assert len(pictures) > len(widgets)  # a static picture stands beside each widget
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_ends_with_exercises_whose_answers_fold_out(path):
    last = nbformat.read(path, as_version=4).cells[-1]
    assert last.cell_type == "markdown"
    assert last.source.startswith("## Exercises\n")
    questions = re.split(r"^\d\. ", last.source, flags=re.MULTILINE)[1:]
    assert 2 <= len(questions) <= 3
    for text in questions:
        question, _, answer = text.partition("<details><summary>Answer</summary>\n\n")
        assert len(question.split()) > 5
        assert len(answer.removesuffix("</details>").split()) > 5
        assert text.rstrip().endswith("</details>")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short(path):
    longest = max(cells(path, "code"), key=lambda source: len(source.splitlines()))
    assert len(longest.splitlines()) <= MOST_CELL, longest


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_functions_in_a_notebook_are_short(path):
    for source in cells(path, "code"):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < MOST_LINES, f"{path.name}: {node.name}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_link_between_files_leads_somewhere(path):
    text = "\n".join(cells(path, "markdown"))
    links = [link for link in re.findall(r"\]\(([^)\s#]+)", text) if "://" not in link]
    assert links, "a notebook leads on to another one"
    for link in links:
        assert (FOLDER / link).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_saved_names_no_folder_of_a_machine(path):
    for text in told(nbformat.read(path, as_version=4)):
        assert not ABSOLUTE.search(text), text[:300]
    assert "execution" not in {
        key for cell in nbformat.read(path, as_version=4).cells for key in cell.metadata
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_in_fast_mode(path, cache, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="the notebooks need the extra 'lab'")
    for name, value in (("WORKBENCH_FAST", "1"), ("WORKBENCH_CACHE", str(cache)), ("OMP_NUM_THREADS", "1")):
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()  # raises where a cell does
    assert not any(ABSOLUTE.search(text) for text in told(notebook))
    warned = [
        o.get("text", "") for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"
    ]
    assert not warned
