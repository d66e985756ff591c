"""Every IRI of the graph under this server's host: as RDF, as plain JSON, as a table, and as a page."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pyoxigraph import NamedNode

from ivig.errors import NotThere
from ivig.export.answers import answer_bytes
from ivig.export.description import DATASET, release_iri
from ivig.export.ontology import ontology_document
from ivig.export.record import about_thing, thing_record
from ivig.namespaces import BASE, ONTOLOGY_GRAPH, TERMS
from ivig.query import Answer, Dataset, Graph
from ivig.query.results import result_bytes
from ivig.web.addresses import local_path, url
from ivig.web.negotiation import (
    BYTE_ORDER_MARK,
    GRAPH_TYPES,
    RECORD_TYPES,
    RESULT_TYPES,
    accepted,
    chosen_format,
    content_type,
    disposition,
    query_parameter,
    without_mark,
)
from ivig.web.served import Here
from ivig.web.thing_pages import thing_page

_THING_TYPES = {**GRAPH_TYPES, **RECORD_TYPES, "csv": RESULT_TYPES["csv"]}
_SUFFIXES = {
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".rdf": "rdfxml",
    ".jsonld": "jsonld",
    ".html": "html",
    ".json": "records",
    ".csv": "csv",
    ".xlsx": "xlsx",
}
router = APIRouter(tags=["things"])
_FORMAT = query_parameter(
    "format",
    "The format, in place of the Accept header and of an ending such as .json.",
    {"type": "string", "enum": [*_THING_TYPES, "html"]},
)


@router.get("/ontology.owl", summary="The ontology for ontology editors, in RDF/XML", response_class=Response)
def ontology_for_editors(here: Here) -> Response:
    """The ontology with its vocabularies in RDF/XML, as ontology editors open it."""
    return Response(ontology_document(here.graph.files, "xml"), media_type="application/rdf+xml")


def resource(here: Here, request: Request) -> Response:
    """As RDF, as a page, a thing also as plain JSON (application/json, .json) and as a table (.csv, .xlsx)."""
    root: str = request.scope.get("root_path", "")
    iri, suffix = _iri(request.scope["path"].removeprefix(root).removeprefix("/"))
    if (now := here.graph.names.current(iri)) != iri:
        ending = request.scope["path"].removeprefix(root).removeprefix("/").removeprefix(iri.removeprefix(BASE))
        asked = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(url(request, local_path(now)) + ending + asked, status_code=301)
    if iri in (DATASET, release_iri(here.graph.release.digest)):
        return RedirectResponse(url(request, "/.well-known/void"), status_code=303)
    if iri == BASE + "ontology":
        iri = ONTOLOGY_GRAPH
    is_graph = iri in here.graph.release.manifest["graphs"]
    named, marked = without_mark(request.query_params.get("format"))
    types = GRAPH_TYPES if is_graph else _THING_TYPES
    if is_graph and suffix == "records":
        # The JSON of a graph is JSON-LD.
        suffix = "jsonld"
    format_name = chosen_format(types, accepted(request), suffix or named, html=True)
    if format_name == "html" and iri == ONTOLOGY_GRAPH:
        terms = here.graph.about("ontology-terms").rows
        return here.pages.page(request, "ontology.html", terms=terms, prefix=TERMS)
    if format_name == "html" and not is_graph:
        return thing_page(here, request, iri, _about(here.graph, iri))
    # A graph has no page of its own but the ontology's: what is large comes as data.
    format_name = "turtle" if format_name == "html" else format_name
    body = (_graph_document if is_graph else _thing_document)(here.graph, iri, format_name)
    return Response(
        (BYTE_ORDER_MARK if marked and format_name == "csv" else b"") + body,
        media_type=content_type(types[format_name]),
        headers={
            "Vary": "Accept",
            "Content-Disposition": disposition(iri.removeprefix(BASE), format_name, here.graph.release.published),
        },
    )


for _path, _operation, _summary in (
    ("/graph/{name}", "graph", "A whole graph: ontology, data, links or inferred"),
    ("/ontology", "ontology", "The terms"),
    ("/{kind}/{name}", "thing", "A thing of the graph: /condition/…, /statement/…, /citation/… and every other IRI"),
):
    router.add_api_route(
        _path,
        resource,
        methods=["GET"],
        summary=_summary,
        operation_id=_operation,
        response_class=Response,
        openapi_extra={
            "parameters": [
                *(
                    {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                    for name in ("kind", "name")
                    if f"{{{name}}}" in _path
                ),
                _FORMAT,
            ]
        },
    )
router.add_api_route("/{path:path}", resource, methods=["GET"], include_in_schema=False)


def _graph_document(graph: Graph, iri: str, format_name: str) -> bytes:
    return result_bytes(graph.engine.ask(graph.internal["graph"].text, Dataset(default=(iri,))), format_name)


def _thing_document(graph: Graph, iri: str, format_name: str) -> bytes:
    _about(graph, iri)
    if format_name == "records":
        return json.dumps(thing_record(graph, iri), ensure_ascii=False, indent=1).encode()
    if format_name in ("csv", "xlsx"):
        return answer_bytes(graph, graph.internal["about-thing"], about_thing(graph, iri), format_name)
    return result_bytes(graph.engine.ask(graph.internal["describe-thing"].bind_things("thing", [iri])), format_name)


def _about(graph: Graph, iri: str) -> Answer:
    about = graph.about("about-thing", iri)
    if not len(about):
        raise NotThere(f"there is nothing at <{iri}>")
    return about


def _iri(path: str) -> tuple[str, str | None]:
    """The IRI of ours that a path stands for, and the format that its ending names."""
    suffix = next((suffix for suffix in _SUFFIXES if path.endswith(suffix)), "")
    try:
        iri = NamedNode(BASE + path.removesuffix(suffix)).value
    except ValueError as error:
        raise NotThere("there is nothing at this address: it makes no IRI") from error
    return iri, _SUFFIXES.get(suffix)
