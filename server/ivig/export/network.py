"""Networks: things as nodes, the links between them as edges, written by networkx and ndex2.

GraphML for yEd, Gephi and igraph, GEXF for Gephi, the JSON of Cytoscape.js, CX2 for Cytoscape and NDEx.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from pyoxigraph import Literal, NamedNode

from ivig.export.formats import needed
from ivig.export.reading import Reading, without_control_characters
from ivig.export.statement_columns import SORTS, Cell, Sort, is_of_a_vocabulary, measured
from ivig.export.subgraph import Subgraph
from ivig.model.schema import Schema, schema
from ivig.namespaces import INFERRED_GRAPH, PREF_LABEL, RDF_TYPE, RDFS_LABEL, SKOS, local_name
from ivig.query import Graph
from ivig.query.results import plain

_INFERRED = NamedNode(INFERRED_GRAPH)
_OUTSIDE = tuple(SKOS + name for name in ("definition", "note", "altLabel", "notation"))

_LINK = {"graphml": "link", "gexf": "label", "cytoscape": "interaction", "cx2": "interaction"}
"""The attribute that says which property an edge is, as the readers of a format expect it."""


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write the network of a subgraph.

    :param graph: the one that the subgraph is of
    :param subgraph: what to write
    :param format_name: `graphml`, `gexf`, `cytoscape` or `cx2`
    :param out: takes the bytes
    :raises NotInstalled: without networkx, or for CX2 without ndex2
    """
    networkx = needed("networkx")
    network = _network(graph, subgraph, networkx, _LINK[format_name])
    if format_name == "cx2":
        out.write(_json(_cx2(network)))
    elif format_name == "graphml":
        networkx.write_graphml_xml(network, out, named_key_ids=True, edge_id_from_attribute="id")
    elif format_name == "gexf":
        networkx.write_gexf(network, out)
    else:
        out.write(_json(networkx.cytoscape_data(network, name="label", ident="iri")))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _cx2(network: Any) -> Any:
    """As ndex2 has it: numbered nodes, named by `name`, edges by `interaction`."""
    ndex2 = needed("ndex2.cx2")
    made = ndex2.CX2Network()
    for name, value in network.graph.items():
        made.add_network_attribute(name, value)
    numbers: dict[str, int] = {}
    for number, (iri, values) in enumerate(network.nodes(data=True)):
        numbers[iri] = number
        made.add_node(number, {**values, "name": values["label"], "iri": iri})
    for source, target, values in network.edges(data=True):
        attributes = {name: value for name, value in values.items() if name != "id"}
        made.add_edge(source=numbers[source], target=numbers[target], attributes=attributes)
    return made.to_cx2()


def _network(graph: Graph, subgraph: Subgraph, networkx: Any, link: str) -> Any:
    """The things of a subgraph, terms of other ontologies included, and every link between two of them."""
    made = networkx.MultiDiGraph(name="IVIG Evidence Graph", version=graph.release.digest, rights="CC BY 4.0")
    attributes = _Attributes(schema(graph.files), graph)
    for things, read in subgraph.things():
        for iri in things:
            label, type_ = read.label(iri), read.class_of(iri) or "outside term"
            made.add_node(iri, label=without_control_characters(label), type=type_, **attributes.of(read, iri))
    number = 0
    for quad in subgraph.quads():
        source, target = quad.subject, quad.object
        if isinstance(source, NamedNode) and isinstance(target, NamedNode) and target.value in made:
            number += 1
            values = {link: local_name(quad.predicate.value), "inferred": quad.graph_name == _INFERRED}
            made.add_edge(source.value, target.value, id=f"e{number}", **values)
    return made


class _Attributes:
    """A node's own values, and the labels of the terms of a vocabulary that it leads to, to be coloured by."""

    def __init__(self, schema: Schema, graph: Graph) -> None:
        self._names = graph.names
        self._sorts: dict[str, Sort] = dict.fromkeys(_OUTSIDE, "text")
        self._by_label = set()
        for property in (one for class_ in schema.classes for one in schema.properties(class_)):
            if property.datatype:
                self._sorts[property.iri] = SORTS.get(property.datatype, "text")
            elif is_of_a_vocabulary(schema, property):
                self._by_label.add(property.iri)

    def of(self, read: Reading, iri: str) -> dict[str, Cell]:
        """The attributes of a node, by name; one that has no value is left out."""
        found: dict[str, Cell] = {}
        for property, terms in read.of(iri).items():
            if property in (RDF_TYPE, RDFS_LABEL, PREF_LABEL):
                continue
            if property in self._by_label:
                found[local_name(property)] = _text(
                    self._names.label(t.value) for t in terms if isinstance(t, NamedNode)
                )
            elif sort := self._sorts.get(property):
                found[local_name(property)] = _cell([term for term in terms if isinstance(term, Literal)], sort)
        return {name: value for name, value in found.items() if value not in (None, "")}


def _cell(literals: list[Literal], sort: Sort) -> Cell:
    if sort == "text":
        return _text(literal.value for literal in literals)
    # Two numbers have no place in one attribute, and to take either would be to choose.
    return measured(plain(literals[0]), sort) if len(literals) == 1 else None


def _text(values: Iterable[str]) -> str:
    return without_control_characters("; ".join(values))
