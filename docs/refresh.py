"""Writes the tables of components.md anew from the classes: python docs/refresh.py

What a table says of a component stands in its class, `row`; all else on the page is written by hand.
"""

import re
from pathlib import Path

from workbench.gan.config import REGISTRIES

PAGE = Path(__file__).parent / "components.md"
TITLES = {"optimizer": "Optimisers"}  # others are the kind's name and an s
TABLE = r"(\n## {title}\n.*?\n\| --- [^\n]*\n)(?:\|[^\n]*\n)*"


def refreshed(page: str) -> str:
    """The page with a row for each component, in the order of their files."""
    for kind, registry in REGISTRIES.items():
        rows = "".join(
            f"| {' | '.join((f'`{cls.name}`', *vars(cls).get('row', ())))} |\n" for cls in registry.classes()
        )
        title = TITLES.get(kind, f"{kind.capitalize()}s")
        page, count = re.subn(TABLE.format(title=title), lambda m, r=rows: m[1] + r, page, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"{PAGE}: there is no table under '## {title}'")
    return page


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text()))
