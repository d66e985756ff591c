"""A part into a file: subgraphs and their formats."""

from ivig.export.formats import FORMATS, serialize_quads
from ivig.export.subgraph import subgraph, whole

__all__ = ["FORMATS", "serialize_quads", "subgraph", "whole"]
