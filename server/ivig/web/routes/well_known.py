"""What programs look for at fixed addresses: the description of the dataset, and the questions that can be asked."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from pyoxigraph import Literal, NamedNode, Triple

from ivig.export.description import description
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE
from ivig.web.descriptions import SCHEMA, SHACL, Example, dataset_description, document_of
from ivig.web.served import Here


def router(has_queries: bool) -> APIRouter:
    """`/.well-known/void` and `/.well-known/sparql-examples`, where crawlers and editors look for them.

    :param has_queries: whether there are saved queries; a file of quads has none
    """
    routes = APIRouter(prefix="/.well-known", tags=["SPARQL"])
    routes.add_api_route("/void", void, summary="The dataset, in VoID and DCAT", response_class=Response)
    if has_queries:
        routes.add_api_route(
            "/sparql-examples",
            saved_queries,
            summary="The saved queries, as SHACL executables",
            response_class=Response,
        )
    return routes


def void(here: Here, request: Request) -> Response:
    """Counts, partitions, links to other collections, and where each format can be had; of a file that is served as
    it stands, its graphs and their sizes."""
    address = here.address(request)
    if here.has_pages:
        return document_of(description(here.graph, address), request)
    return document_of(dataset_description(here.graph.release, address), request)


def saved_queries(here: Here, request: Request) -> Response:
    """Every saved query that runs here, with its text, title and endpoint; where one needs a thing, with a thing that
    it has an answer for."""
    endpoint = f"{here.address(request)}sparql"
    return document_of((t for example in here.examples for t in _executable(example, endpoint)), request)


def _executable(example: Example, endpoint: str) -> Iterable[Triple]:
    """A saved query as an example that runs as it stands."""
    query = example.query
    subject = NamedNode(f"{BASE}query/{query.name}")
    said = f"{query.title}. {query.description}"
    yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(f"{SHACL}SPARQLExecutable"))
    yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(f"{SHACL}SPARQLSelectExecutable"))
    yield Triple(subject, NamedNode(PREFIXES["rdfs"] + "label"), Literal(query.title, language="en"))
    yield Triple(subject, NamedNode(PREFIXES["rdfs"] + "comment"), Literal(said, language="en"))
    yield Triple(subject, NamedNode(f"{SHACL}select"), Literal(example.text))
    yield Triple(subject, NamedNode(f"{SCHEMA}target"), NamedNode(endpoint))
    for keyword in query.keywords:
        yield Triple(subject, NamedNode(f"{SCHEMA}keywords"), Literal(keyword))
