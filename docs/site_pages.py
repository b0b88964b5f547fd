"""A hook of mkdocs: pages that lie outside docs/ join the site, and links that lead to them are led there."""

import re
from pathlib import Path
from typing import Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
JOINED = {
    "README.md": "index.md", "CONTRIBUTING.md": "", "CHANGELOG.md": "", "artifacts/README.md": "",
    "artifacts/judges.md": "", "artifacts/data.md": "", "notebooks/README.md": "", "benchmarks/README.md": "",
}  # fmt: skip
LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)\s#]+)")


@event_priority(100)  # before what makes pages of notebooks
def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the pages of the project's other folders, as they are now."""
    for source, place in JOINED.items():
        files.append(File.generated(config, place or source, abs_src_path=str(ROOT / source)))
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        place = f"notebooks/{notebook.name}"  # not as `generated`, which what draws notebooks cannot read
        files.append(
            File(
                place,
                src_dir=str(ROOT),
                dest_dir=config.site_dir,
                use_directory_urls=config.use_directory_urls,
            )
        )
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links as the file in the project has them become links of the site; those to code become plain names."""
    here = page.file.src_uri
    origin = next((source for source, place in JOINED.items() if (place or source) == here), f"docs/{here}")

    def led(found: re.Match[str]) -> str:
        target = (ROOT / origin).parent.joinpath(found.group(1)).resolve()
        known = _place(target)
        return "" if known is None else "../" * here.count("/") + known

    text = LINK.sub(led, markdown)
    text = re.sub(r"(?<!!)\[([^\]]*)\]\(\)", r"\1", text)  # to code, or to a folder: its name alone
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)


def _place(target: Path) -> str | None:
    """Where a file of the project is on the site."""
    if not target.is_relative_to(ROOT):
        return None
    name = target.relative_to(ROOT).as_posix()
    if name in JOINED:
        return JOINED[name] or name
    if name.startswith("docs/") and target.is_file():
        return name.removeprefix("docs/")
    return name if re.fullmatch(r"notebooks/[^/]+\.ipynb", name) and target.is_file() else None
