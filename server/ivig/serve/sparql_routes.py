"""`/sparql`: the query endpoint."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pyoxigraph import QueryTriples

from ivig.ask import Graph
from ivig.errors import BadInput
from ivig.serve.negotiation import GRAPH_TYPES, RESULT_TYPES, chosen_format, content_type
from ivig.serve.pages import Pages
from ivig.serve.problems import TooLarge
from ivig.serve.protocol import MAX_BODY, Operation, operation, written

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
        required=True,
        example="SELECT ?condition { ?condition a <https://w3id.org/ivig/ontology#Condition> } LIMIT 5",
    ),
    _parameter("default-graph-uri", "A graph of the default graph; may be given several times.", _TEXTS),
    _parameter("named-graph-uri", "A graph that GRAPH can reach; may be given several times.", _TEXTS),
    _parameter("format", "The format of the answer, in place of the Accept header.", _FORMATS),
]


def sparql_routes(graph: Graph, pages: Pages) -> APIRouter:
    """The endpoint: SPARQL 1.1 Protocol for queries, read-only."""
    router = APIRouter(tags=["SPARQL"])

    @router.get(
        "/sparql", summary="Ask in SPARQL", operation_id="sparql_get", openapi_extra={"parameters": _PARAMETERS}
    )
    async def get(request: Request) -> Response:
        """Rows come as SPARQL JSON, XML, CSV or TSV, triples as Turtle, N-Triples, RDF/XML or JSON-LD."""
        asked = operation("GET", request.url.query, None, b"")
        if asked is None:
            if "text/html" in request.headers.get("accept", ""):
                return pages.page("sparql.html")
            raise BadInput("give a query: /sparql?query=…")
        return await _answer(graph, asked, request)

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
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise TooLarge(f"a request may have {MAX_BODY} bytes")
        asked = operation("POST", request.url.query, request.headers.get("content-type"), bytes(body))
        if asked is None:
            raise BadInput("give a query")
        return await _answer(graph, asked, request)

    return router


async def _answer(graph: Graph, asked: Operation, request: Request) -> Response:
    accept = request.headers.get("accept")

    def run() -> Response:
        result = graph.engine.ask(asked.query, asked.dataset)
        types = GRAPH_TYPES if isinstance(result, QueryTriples) else RESULT_TYPES
        format_name = chosen_format(types, accept, asked.format)
        body = written(result, format_name)
        return Response(body, media_type=content_type(types[format_name]), headers={"Vary": "Accept"})

    return await run_in_threadpool(run)
