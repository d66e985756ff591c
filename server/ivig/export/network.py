"""A part as a network: its things as nodes, the links between them as edges, each with its attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from ivig.export.columns import Cell, Sort
from ivig.export.part import Part
from ivig.export.reading import Reading
from ivig.namespaces import INFERRED_GRAPH, PREF_LABEL, PREFIXES, RDF_TYPE, RDFS_LABEL, SKOS, TERMS
from ivig.query import Graph
from ivig.query.results import plain

_INFERRED = NamedNode(INFERRED_GRAPH)
_SORTS: dict[str, Sort] = {"integer": "integer", "decimal": "number", "boolean": "truth"}
_ALWAYS: dict[str, Sort] = {
    "label": "text",
    "type": "text",
    "definition": "text",
    "note": "text",
    "altLabel": "text",
    "notation": "text",
}
_OUTSIDE = {f"{SKOS}{name}": name for name in ("definition", "note", "altLabel", "notation")}
_BY_LABEL = (
    "kind", "direction", "studyType", "intent", "comparison", "blinding", "reporting", "readDepth", "severity",
    "recommendation", "line", "regulatoryStatus", "topic", "verdict", "outcomeKind",
)  # fmt: skip
"""Links to a vocabulary: the node has the label too, to be coloured and filtered by."""


class Node(NamedTuple):
    """A thing: its IRI, label and class, and its own values by name."""

    iri: str
    label: str
    type: str
    attributes: dict[str, Cell]


class Edge(NamedTuple):
    """A link: the things at both ends, the name of the property, and whether it was derived."""

    number: int
    source: str
    target: str
    link: str
    inferred: bool


class Network:
    """The nodes and edges of a part, read anew each time, so that neither need be held."""

    def __init__(self, graph: Graph, part: Part) -> None:
        self._part = part
        self._names = graph.names
        self.attributes: dict[str, Sort] = {**_ALWAYS, **dict.fromkeys(_BY_LABEL, "text")}
        for row in graph.about("ontology-terms"):
            if row["kind"] == "value":
                name = str(row["term"]).removeprefix(TERMS)
                self.attributes[name] = _SORTS.get(str(row["range"]).removeprefix(PREFIXES["xsd"]), "text")

    def nodes(self) -> Iterator[Node]:
        """Every thing of the part, terms of other ontologies included, in the order of their IRIs."""
        for things, read in self._part.things():
            for iri in things:
                yield Node(iri, read.label(iri), read.class_of(iri) or "outside term", self._attributes(read, iri))

    def edges(self) -> Iterator[Edge]:
        """Every link between two things of the part."""
        number = 0
        members = self._part.members
        for quad in self._part.quads():
            source, target = quad.subject, quad.object
            if isinstance(source, NamedNode) and isinstance(target, NamedNode) and target.value in members:
                number += 1
                inferred = quad.graph_name == _INFERRED
                yield Edge(number, source.value, target.value, _name(quad.predicate.value), inferred)

    def _attributes(self, read: Reading, iri: str) -> dict[str, Cell]:
        found: dict[str, Cell] = {}
        for property, terms in read.of(iri).items():
            if property in (RDF_TYPE, RDFS_LABEL, PREF_LABEL):
                continue
            name = property.removeprefix(TERMS) if property.startswith(TERMS) else _OUTSIDE.get(property, "")
            literals = [term for term in terms if isinstance(term, Literal)]
            if name in _BY_LABEL:
                found[name] = "; ".join(self._names.label(term.value) for term in terms if isinstance(term, NamedNode))
            elif name in self.attributes and literals:
                found[name] = _cell(literals, self.attributes[name])
        return found


def _cell(literals: list[Literal], sort: Sort) -> Cell:
    if sort == "text" or len(literals) > 1:
        text = "; ".join(literal.value for literal in literals)
        return text if sort == "text" else None
    value = plain(literals[0])
    if sort == "truth":
        return value if isinstance(value, bool) else None
    try:
        return int(str(value)) if sort == "integer" else float(str(value))
    except ValueError:
        return None


def _name(property: str) -> str:
    """The local name of a property."""
    return property.rpartition("#")[2].rpartition("/")[2]
