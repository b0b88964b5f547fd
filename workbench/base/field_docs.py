"""What a field of a dataclass is for: the string that stands under it in the source.

    size: int = 64
    '''pixels a side of the pictures'''

So the sentence stands in one place, beside the field; editors show it, and `--help` prints it.
"""

import ast
import inspect
import sys
from functools import cache


def sentences(cls: type) -> dict[str, str]:
    """{field: sentence} of a class and its bases; a field that only has a new default keeps the base's sentence.

    Empty for classes that stand in no file.
    """
    found: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        if one is not object:
            found |= _of_module(one.__module__).get(one.__qualname__, {})
    return found


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    """{class: {field: sentence}} of the classes at a module's top."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (KeyError, OSError, TypeError):
        return {}
    return {node.name: _of_class(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _of_class(tree: ast.ClassDef) -> dict[str, str]:
    found, field = {}, ""
    for node in tree.body:
        if field and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found[field] = " ".join(str(node.value.value).split())
        target = node.target if isinstance(node, ast.AnnAssign) else None
        field = target.id if isinstance(target, ast.Name) else ""
    return found
