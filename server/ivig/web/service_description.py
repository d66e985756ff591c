"""The SPARQL 1.1 Service Description: what the endpoint speaks, and what graphs it has."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.namespaces import RDF_TYPE
from ivig.query import Graph

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_WRITTEN = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)


def service_description(graph: Graph, public_url: str) -> Iterable[Triple]:
    """The endpoint at this address, as triples."""
    service, dataset, default = BlankNode("service"), BlankNode("dataset"), BlankNode("default")
    union = graph.release.union
    sizes: dict[str, int] = graph.release.manifest["graphs"]
    yield _is_a(service, "Service")
    yield Triple(service, _sd("endpoint"), NamedNode(f"{public_url}sparql"))
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("feature"), _sd("EmptyGraphs"))
    if union:
        yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _WRITTEN:
        yield Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield _is_a(dataset, "Dataset")
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield _is_a(default, "Graph")
    for number, (name, size) in enumerate(sizes.items()):
        named, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, _sd("namedGraph"), named)
        yield _is_a(named, "NamedGraph")
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), content)
        yield _is_a(content, "Graph")
        yield Triple(content, NamedNode(f"{_VOID}triples"), Literal(size))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _is_a(subject: BlankNode, kind: str) -> Triple:
    return Triple(subject, NamedNode(RDF_TYPE), _sd(kind))
