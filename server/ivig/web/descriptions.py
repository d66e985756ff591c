"""What the endpoint and its dataset are, for programs: the SPARQL 1.1 Service Description, the saved queries as
examples, and VoID for a file of quads that is served as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice, product
from typing import NamedTuple

from fastapi import Request, Response
from pyoxigraph import BlankNode, Literal, NamedNode, Triple, serialize

from ivig.build.release import Release
from ivig.errors import BadInput
from ivig.export.description import DESCRIPTION_PREFIXES
from ivig.namespaces import RDF_TYPE
from ivig.query import Graph, SavedQuery
from ivig.query.examples import EXAMPLES, example_of
from ivig.query.results import RDF_FORMATS
from ivig.query.saved import Parameter
from ivig.web.negotiation import GRAPH_TYPES, accepted, chosen_format, content_type

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
SHACL = "http://www.w3.org/ns/shacl#"
SCHEMA = "https://schema.org/"
_TRIES = 40
"""Names that are tried until a query has an answer."""

_PREFIXES = {**DESCRIPTION_PREFIXES, "schema": SCHEMA, "sd": _SD, "sh": SHACL}


def document_of(triples: Iterable[Triple], request: Request) -> Response:
    """Triples as a document in the format that a request asks for.

    :param triples: what it says
    :param request: the one that is answered
    :raises UnknownName: where the request names a format that is none of RDF
    :raises NotAcceptable: where the client accepts none
    """
    format_name = chosen_format(GRAPH_TYPES, accepted(request), request.query_params.get("format"))
    prefixes = _PREFIXES if format_name in ("turtle", "rdfxml") else None
    body = serialize(triples, format=RDF_FORMATS[format_name], prefixes=prefixes)
    return Response(body, media_type=content_type(GRAPH_TYPES[format_name]), headers={"Vary": "Accept"})


def service_description(graph: Graph, address: str) -> Iterable[Triple]:
    """The endpoint below the address of a server, as triples.

    :param graph: the one that is served
    :param address: of the server, with a slash at its end
    """
    service, dataset, default = BlankNode("service"), BlankNode("dataset"), BlankNode("default")
    sizes: dict[str, int] = graph.release.manifest["graphs"]
    yield _is_a(service, _SD + "Service")
    yield Triple(service, _sd("endpoint"), NamedNode(f"{address}sparql"))
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("feature"), _sd("EmptyGraphs"))
    if graph.release.union:
        yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _WRITTEN:
        yield Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield _is_a(dataset, _SD + "Dataset")
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield _is_a(default, _SD + "Graph")
    for number, (name, size) in enumerate(sizes.items()):
        named, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, _sd("namedGraph"), named)
        yield _is_a(named, _SD + "NamedGraph")
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), content)
        yield _is_a(content, _SD + "Graph")
        yield Triple(content, NamedNode(_VOID + "triples"), Literal(size))


def dataset_description(release: Release, address: str) -> Iterable[Triple]:
    """A file of quads in VoID, as triples; each named graph is a subset of it.

    :param release: made of that file
    :param address: of the server, with a slash at its end
    """
    dataset = NamedNode(f"{address}.well-known/void#dataset")
    sizes: dict[str, int] = release.manifest["graphs"]
    yield _is_a(dataset, _VOID + "Dataset")
    yield Triple(dataset, NamedNode(_VOID + "sparqlEndpoint"), NamedNode(f"{address}sparql"))
    yield Triple(dataset, NamedNode(_VOID + "triples"), Literal(sum(sizes.values()) + release.manifest["default"]))
    for number, (name, size) in enumerate(sizes.items()):
        subset = BlankNode(f"graph{number}")
        yield Triple(dataset, NamedNode(_VOID + "subset"), subset)
        yield _is_a(subset, _VOID + "Dataset")
        yield Triple(subset, _sd("name"), NamedNode(name))
        yield Triple(subset, NamedNode(_VOID + "triples"), Literal(size))


class Example(NamedTuple):
    """A saved query that has an answer.

    :param query: the one
    :param text: it with all that it requires
    """

    query: SavedQuery
    text: str


def examples(graph: Graph) -> list[Example]:
    """An example of each saved query that has an answer on this server.

    In a graph that knows all the usual names each has one. In another, each is run to see whether it has.
    """
    queries = [query for query in graph.queries.values() if not query.service]
    if all(_is_name(graph, name, kind) for kind, name in EXAMPLES.items()):
        return [Example(query, query.bind(_usual(query), graph.names)) for query in queries]
    return [example for query in queries if (example := _example(graph, query)) is not None]


def _is_name(graph: Graph, name: str, kind: str) -> bool:
    try:
        return bool(graph.names.things(name, kind))
    except BadInput:
        return False


def _required(query: SavedQuery) -> list[Parameter]:
    return [parameter for parameter in query.parameters if parameter.required]


def _usual(query: SavedQuery) -> dict[str, str]:
    return {parameter.name: example_of(parameter.kind) for parameter in _required(query)}


def _example(graph: Graph, query: SavedQuery) -> Example | None:
    required = _required(query)
    candidates = (chain([example_of(parameter.kind)], graph.names.labels(parameter.kind)) for parameter in required)
    for names in islice(product(*(islice(some, _TRIES) for some in candidates)), _TRIES):
        values = {parameter.name: name for parameter, name in zip(required, names, strict=True)}
        try:
            if next(graph.solutions(query.name, values), None) is not None:
                return Example(query, query.bind(values, graph.names))
        except BadInput:
            # Not in this graph.
            continue
    return None


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _is_a(subject: BlankNode | NamedNode, kind: str) -> Triple:
    return Triple(subject, NamedNode(RDF_TYPE), NamedNode(kind))
