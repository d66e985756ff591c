"""A subgraph into a file: selections, the closed subgraphs that they pick, and the formats to write them in."""

from ivig.export.exporter import Exporter
from ivig.export.formats import FORMATS, Format
from ivig.export.selection import Selection
from ivig.export.subgraph import Subgraph, whole

__all__ = ["FORMATS", "Exporter", "Format", "Selection", "Subgraph", "whole"]
