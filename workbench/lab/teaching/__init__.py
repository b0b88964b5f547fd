"""What the notebooks compute and show besides the workbench's own parts: small games whose answers are known.

`start` and `pick` belong into a notebook's first cell, `show` ends one that has something to look at.
"""

from workbench.lab.teaching.pace import pick, start
from workbench.lab.teaching.showing import show

__all__ = ["pick", "show", "start"]
