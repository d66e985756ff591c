"""From a selection to a file: the front door of this layer."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from ivig.errors import BadInput
from ivig.export.formats import BIBLIOGRAPHIES, format_named
from ivig.export.profiles import profile_named, profiled
from ivig.export.selection import Selection, picked
from ivig.export.subgraph import Descriptions, Subgraph
from ivig.query import Graph

Writer = Callable[[Graph, Subgraph, str, BinaryIO], None]


class Exporter:
    """Writes subgraphs of one graph. Keeps what it has read of the release, so the next is made faster."""

    def __init__(self, graph: Graph) -> None:
        """
        :param graph: the graph to take from
        """
        self.graph = graph
        self._descriptions = Descriptions(graph)

    def read_ahead(self) -> None:
        """Read the release and the names, where it is not too large to be held. Takes a second, and later subgraphs
        take milliseconds."""
        if self._descriptions.read_ahead():
            self.subgraph(Selection(kind=("efficacy",)))

    def subgraph(self, selection: Selection, *, inferred: bool = True) -> Subgraph:
        """The closed subgraph that a selection picks.

        :param inferred: whether to include what was derived
        :raises UnknownName: for a name that means nothing
        :raises AmbiguousName: for a name that is not exact
        :raises BadInput: for a value that cannot be read, or where nothing is picked
        """
        if not selection:
            self._descriptions.read_ahead()
        statements, things = picked(self.graph, selection)
        return Subgraph(self._descriptions, statements, things, inferred=inferred)

    def write(
        self,
        selection: Selection,
        format_name: str,
        out: BinaryIO,
        *,
        inferred: bool = True,
        profile: str | None = None,
    ) -> None:
        """Write the subgraph that a selection picks, or the whole graph for an empty one.

        :param format_name: one of `FORMATS`, or of `BIBLIOGRAPHIES` for its publications
        :param out: where to write, as it comes
        :param profile: one of `PROFILES`, for RDF in the terms of another ontology
        :raises BadInput: what `subgraph` raises; where the format or profile is unknown, its library is not installed,
            or it has nothing but statements and the selection picked none
        """
        made = BIBLIOGRAPHIES.get(format_name) or format_named(format_name)
        if profile is not None:
            wanted = profile_named(profile, format_name)
            out.write(profiled(self.graph, self.subgraph(selection, inferred=inferred), wanted, format_name))
            return
        module = import_module(f"ivig.export.{made.module}")
        if not selection and hasattr(module, "write_whole"):
            module.write_whole(self.graph, format_name, out, inferred=inferred)
            return
        subgraph = self.subgraph(selection, inferred=inferred)
        if made.by_statement and selection and not subgraph.statements:
            raise BadInput(
                f"no statement was selected, only things, and {format_name} has nothing but statements: "
                "select statements, or take turtle, jsonld or a network"
            )
        writer: Writer = module.write
        writer(self.graph, subgraph, format_name, out)
