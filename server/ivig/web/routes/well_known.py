"""What programs look for at fixed addresses: the description of the dataset, and the questions that can be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from fastapi import APIRouter, Request, Response
from pyoxigraph import Literal, NamedNode, Triple, serialize

from ivig.export.description import DESCRIPTION_PREFIXES, description
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE
from ivig.query import Graph
from ivig.query.results import RDF_FORMATS
from ivig.web.dataset_description import dataset_description
from ivig.web.examples import Example, examples
from ivig.web.negotiation import GRAPH_TYPES, chosen_format, content_type
from ivig.web.settings import Settings

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_SH = "http://www.w3.org/ns/shacl#"
_SCHEMA = "https://schema.org/"
_PREFIXES = {
    **DESCRIPTION_PREFIXES,
    "schema": _SCHEMA,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": _SH,
}


def public_url(request: Request, settings: Settings) -> str:
    """The address of this server as its visitors know it, with a final slash."""
    if settings.public_url:
        return settings.public_url
    host = request.headers.get("host", "")
    # What a client sends as host must not come back as anything but a host.
    named = host if _HOST.fullmatch(host) else "localhost"
    return f"{request.url.scheme}://{named}/"


def document_of(triples: Iterable[Triple], request: Request) -> Response:
    """Triples as a document in the format that a request asks for."""
    format_name = chosen_format(GRAPH_TYPES, request.headers.get("accept"), request.query_params.get("format"))
    rdf_format = RDF_FORMATS[format_name]
    prefixes = _PREFIXES if format_name in ("turtle", "rdfxml") else None
    body = serialize(triples, format=rdf_format, prefixes=prefixes)
    return Response(body, media_type=content_type(GRAPH_TYPES[format_name]), headers={"Vary": "Accept"})


def well_known_routes(graph: Graph, settings: Settings) -> APIRouter:
    """`/.well-known/void` and `/.well-known/sparql-examples`, where crawlers and editors look for them."""
    router = APIRouter(prefix="/.well-known", tags=["SPARQL"])

    @router.get("/void", summary="The dataset, in VoID and DCAT", response_class=Response)
    def void(request: Request) -> Response:
        """Counts, partitions, links to other collections, and where each format can be had; of a file that is served as
        it stands, its graphs and their sizes."""
        return document_of(described(public_url(request, settings)), request)

    @lru_cache(maxsize=8)
    def described(where: str) -> list[Triple]:
        # The counts go over the whole release, which does not change.
        return (
            description(graph, where) if settings.dataset is None else list(dataset_description(graph.release, where))
        )

    if settings.dataset is None:

        @router.get("/sparql-examples", summary="The saved queries, as SHACL executables", response_class=Response)
        def saved_queries(request: Request) -> Response:
            """Every saved query that runs here, with its text, title and endpoint; where one needs a thing, with a
            thing that it has an answer for."""
            endpoint = f"{public_url(request, settings)}sparql"
            return document_of((t for example in runnable() for t in _executable(example, endpoint)), request)

        @cache
        def runnable() -> list[Example]:
            # Each is run to see whether it has an answer, and the release does not change.
            return examples(graph, settings)

    return router


def _executable(example: Example, endpoint: str) -> Iterable[Triple]:
    """A saved query as an example that runs as it stands."""
    query = example.query
    subject = NamedNode(f"{BASE}query/{query.name}")
    said = f"{query.title}. {query.description}"
    yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(f"{_SH}SPARQLExecutable"))
    yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(f"{_SH}SPARQLSelectExecutable"))
    yield Triple(subject, NamedNode(PREFIXES["rdfs"] + "label"), Literal(query.title, language="en"))
    yield Triple(subject, NamedNode(PREFIXES["rdfs"] + "comment"), Literal(said, language="en"))
    yield Triple(subject, NamedNode(f"{_SH}select"), Literal(example.text))
    yield Triple(subject, NamedNode(f"{_SCHEMA}target"), NamedNode(endpoint))
    for keyword in query.keywords:
        yield Triple(subject, NamedNode(f"{_SCHEMA}keywords"), Literal(keyword))
