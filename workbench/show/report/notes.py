"""The author's own words for a report: a file of headings, paragraphs and lists, as plain Markdown writes them."""

import html
import re
from pathlib import Path

from workbench.base.errors import BadInput

MOST_CHARACTERS = 20_000
NAME = "notes.md"  # in a run folder


def read(path: Path) -> str:
    """HTML of a file; everything in it is shown as text. Raises BadInput."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: not UTF-8 text") from None
    if not text.strip():
        raise BadInput(f"{path}: there is nothing in it")
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            f"{path}: {len(text):,} characters, more than the {MOST_CHARACTERS:,} that fit on five pages"
        )
    return rendered(text)


def rendered(text: str) -> str:
    """Headings (`#`), lists (`-`) and paragraphs, parted by empty lines; **bold** and `code` within them."""
    blocks = re.split(r"\n\s*\n|\n(?=#)", text.replace("\r\n", "\n").strip())
    return "\n".join(_block(block.strip()) for block in blocks if block.strip())


def _block(block: str) -> str:
    if block.startswith("#"):
        title, _, rest = block.partition("\n")
        found = f"<h3>{_inline(title.lstrip('#').strip())}</h3>"
        return found + ("\n" + _block(rest.strip()) if rest.strip() else "")
    lines = block.split("\n")
    if all(line.startswith(("- ", "* ", "  ")) for line in lines):
        items = re.split(r"\n[-*] ", "\n" + block)[1:]
        return "<ul>" + "".join(f"<li>{_inline(' '.join(item.split()))}</li>" for item in items) + "</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    found = html.escape(text)
    found = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", found)
    return re.sub(r"`(.+?)`", r"<code>\1</code>", found)
