"""Types of what stands in files as JSON.

`Json` is for documents that are read from a file, of this version or of another: whoever takes a value out of one
checks it. What the workbench itself puts together has a type of its own beside the code that does (figures, findings,
states).
"""

from typing import Any

Json = dict[str, Any]
"""A JSON object whose keys the reader has to look for"""
