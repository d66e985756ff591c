"""From a selection to a file: the front door of this room."""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from ivig.export.descriptions import Descriptions
from ivig.export.formats import format_named
from ivig.export.part import Part
from ivig.export.rdf import runs
from ivig.export.selection import Selection, picked, resolved
from ivig.query import Graph
from ivig.query.engine import select

Writer = Callable[[Graph, Part, str, BinaryIO], None]


_PARTS = 16
"""Parts that are kept: the broadest conditions, and what was asked for last, which is often wanted in two formats."""


class Exporter:
    """Takes parts of one graph away. Keeps what it has read of the release, so the next part is made faster."""

    def __init__(self, graph: Graph, *, holding: int = 60_000) -> None:
        """holding: how many quads to keep of what was read."""
        self.graph = graph
        self._descriptions = Descriptions(graph, holding)
        self._parts: OrderedDict[tuple[str, bool], Part] = OrderedDict()

    def read_ahead(self) -> None:
        """Read all of the release that is held, and the names; write the Turtle of each thing, which is wanted most;
        put the parts of the broadest conditions together.

        Takes seconds, and later parts take milliseconds.
        """
        self.part(Selection(kind=("efficacy",)))
        deque(runs(self.part(Selection())), maxlen=0)
        for condition, _ in select(self.graph.engine, self.graph.internal["broadest-conditions"].text):
            self.part(Selection(condition=(condition.value,)))

    def part(self, selection: Selection, *, inferred: bool = True) -> Part:
        """The closed part that a selection picks.

        Raises UnknownName, AmbiguousName or BadInput, each saying what would do; BadInput where nothing is picked.
        """
        named = resolved(self.graph, selection)
        key = json.dumps(named.described()), inferred
        part = self._parts.pop(key, None)
        if part is None:
            statements, things = picked(self.graph, named)
            part = Part(self._descriptions, statements, things, inferred=inferred)
        self._parts[key] = part
        if len(self._parts) > _PARTS:
            self._parts.popitem(last=False)
        return part

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
