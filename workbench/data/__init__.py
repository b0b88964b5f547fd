"""Faces with tags: any number of sources behind one set of arrays, with a part that training never sees."""

from workbench.data.faceset import FaceSet, order

__all__ = ["FaceSet", "order"]
