"""`/sparql`: the query endpoint, on the guarded engine."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from ivig.errors import BadInput
from ivig.query import Graph
from ivig.query.sandbox import Pool
from ivig.web.cache import AnswerCache
from ivig.web.metrics import Metrics
from ivig.web.negotiation import GRAPH_TYPES, RESULT_TYPES, chosen_format
from ivig.web.pages import Pages
from ivig.web.problems import Gone, TooLarge
from ivig.web.protocol import operation
from ivig.web.representation import Representation
from ivig.web.routes.well_known import document_of, public_url
from ivig.web.service_description import service_description
from ivig.web.services import Services
from ivig.web.settings import Settings
from ivig.web.sparql_answers import Endpoint

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_FORMATS = {"type": "string", "enum": [*RESULT_TYPES, *GRAPH_TYPES]}


def _parameter(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema} | more


_PARAMETERS = [
    _parameter(
        "query",
        "A SPARQL 1.1 query.",
        _TEXT,
        example="SELECT ?condition { ?condition a <https://w3id.org/ivig/ontology#Condition> } LIMIT 5",
    ),
    _parameter("default-graph-uri", "A graph of the default graph; may be given several times.", _TEXTS),
    _parameter("named-graph-uri", "A graph that GRAPH can reach; may be given several times.", _TEXTS),
    _parameter("format", "The format of the answer, in place of the Accept header.", _FORMATS),
    _parameter("timeout", "Seconds that the query may take; no more than the server gives.", {"type": "number"}),
]


class _OfTheRelease(Response):
    """A document that is what it is as long as the release is, with the headers that say so."""

    def __init__(self, made: Response) -> None:
        self._kept = Representation(bytes(made.body), made.raw_headers)
        super().__init__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._kept.deliver(scope, send)


def sparql_routes(
    graph: Graph,
    pool: Pool,
    cache: AnswerCache,
    settings: Settings,
    metrics: Metrics,
    services: Services,
    pages: Pages | None,
) -> APIRouter:
    """The endpoint: SPARQL 1.1 Protocol for queries, read-only."""
    router = APIRouter(tags=["SPARQL"])
    endpoint = Endpoint(pool, cache, settings, metrics, services)

    @router.get(
        "/sparql", summary="Ask in SPARQL", operation_id="sparql_get", openapi_extra={"parameters": _PARAMETERS}
    )
    async def get(request: Request) -> Response:
        """Rows come as SPARQL JSON, XML, CSV or TSV, triples as Turtle, N-Triples, RDF/XML or JSON-LD. Without a query:
        the description of the service."""
        asked = operation("GET", request.url.query, None, b"")
        if asked is not None:
            return await endpoint.answer(asked, request)
        named = request.query_params.get("format")
        format_name = chosen_format(GRAPH_TYPES, request.headers.get("accept"), named, html=pages is not None)
        if pages is not None and format_name == "html":
            page = pages.page("sparql.html")
            page.headers["Vary"] = "Accept"
            return _OfTheRelease(page)
        if set(request.query_params) - {"format"}:
            raise BadInput("give a query: /sparql?query=…")
        described = service_description(graph, public_url(request, settings))
        return _OfTheRelease(document_of(described, request))

    @router.post(
        "/sparql",
        summary="Ask in SPARQL",
        operation_id="sparql_post",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/sparql-query": {"schema": {"type": "string"}},
                    "application/x-www-form-urlencoded": {
                        "schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
                    },
                },
            }
        },
    )
    async def post(request: Request) -> Response:
        """As a form, or with the query as the body."""
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > settings.body_size:
                    raise TooLarge(f"the body of a request may have {settings.body_size} bytes")
        except ClientDisconnect as error:
            raise Gone("the client is gone") from error
        asked = operation("POST", request.url.query, request.headers.get("content-type"), bytes(body))
        if asked is None:
            raise BadInput("give a query")
        return await endpoint.answer(asked, request)

    return router
