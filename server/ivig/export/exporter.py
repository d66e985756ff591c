"""From a selection to a file: the front door of this room."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from ivig.ask import Graph
from ivig.export.descriptions import Descriptions
from ivig.export.formats import format_named
from ivig.export.part import Part
from ivig.export.selection import Selection, picked

Writer = Callable[[Graph, Part, str, BinaryIO], None]


class Exporter:
    """Takes parts of one graph away. Keeps what it has read of the release, so the next part is made faster."""

    def __init__(self, graph: Graph, *, holding: int = 60_000) -> None:
        """holding: how many quads to keep of what was read."""
        self.graph = graph
        self._descriptions = Descriptions(graph, holding)

    def read_ahead(self) -> None:
        """Read all of the release that is held, and the names: takes seconds, and later parts take milliseconds."""
        self.graph.names.labels("Condition")
        self.part(Selection(kind=("efficacy",)))
        self.part(Selection())

    def part(self, selection: Selection, *, inferred: bool = True) -> Part:
        """The closed part that a selection picks.

        Raises UnknownName, AmbiguousName or BadInput, each saying what would do; BadInput where nothing is picked.
        """
        statements, things = picked(self.graph, selection)
        return Part(self._descriptions, statements, things, inferred=inferred)

    def write(self, selection: Selection, format_name: str, out: BinaryIO, *, inferred: bool = True) -> None:
        """Write the part that a selection picks, or the whole graph for an empty one, as it comes.

        Raises what `part` raises, and UnknownName for a format.
        """
        module = import_module(f"ivig.export.{format_named(format_name).module}")
        if not selection and hasattr(module, "write_whole"):
            module.write_whole(self.graph, format_name, out, inferred=inferred)
        else:
            writer: Writer = module.write
            writer(self.graph, self.part(selection, inferred=inferred), format_name, out)
