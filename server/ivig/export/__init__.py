"""A part into a file: selections, the closed parts that they pick, and the formats to take them away in."""

from ivig.export.exporter import Exporter
from ivig.export.formats import FORMATS, Format
from ivig.export.part import Part
from ivig.export.selection import Selection
from ivig.export.whole import whole

__all__ = ["FORMATS", "Exporter", "Format", "Part", "Selection", "whole"]
