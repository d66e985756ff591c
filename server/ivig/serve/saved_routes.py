"""Saved queries over HTTP: the list, the answer to each in every format, and each as SPARQL, parameters bound."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse

from ivig.ask import Graph, SavedQuery
from ivig.ask.examples import EXAMPLES
from ivig.ask.results import result_bytes
from ivig.errors import BadInput, IvigError
from ivig.serve.negotiation import RESULT_TYPES, chosen_format, content_type
from ivig.serve.pages import Pages, answer_table
from ivig.serve.problems import problem

_VARY = {"Vary": "Accept"}


def saved_query_routes(graph: Graph, pages: Pages) -> APIRouter:
    """The routes of `/queries`: one for each saved query, so that each is described with its parameters."""
    router = APIRouter(prefix="/queries", tags=["saved queries"])

    @router.get("", summary="The saved queries", operation_id="queries")
    def listing(request: Request) -> Response:
        """Every saved query with its title, parameters and columns."""
        named = request.query_params.get("format")
        format_name = chosen_format({"json": "application/json"}, request.headers.get("accept"), named, html=True)
        queries = [graph.queries[name] for name in graph.queries]
        if format_name == "html":
            page = pages.page("queries.html", queries=queries)
            page.headers.update(_VARY)
            return page
        return JSONResponse([_described(query) for query in queries], headers=_VARY)

    for name in graph.queries:
        query = graph.queries[name]
        router.add_api_route(
            f"/{name}.rq",
            _text_endpoint(graph, query),
            methods=["GET"],
            summary=f"{query.title}, as SPARQL",
            operation_id=f"{name}.rq",
            response_class=PlainTextResponse,
            openapi_extra={"parameters": _parameters(query, required=False)},
        )
        router.add_api_route(
            f"/{name}",
            _answer_endpoint(graph, pages, query),
            methods=["GET"],
            summary=query.title,
            description=query.description,
            operation_id=name,
            responses={200: {"content": {media: {} for media in (*RESULT_TYPES.values(), "text/html")}}},
            openapi_extra={"parameters": [*_parameters(query, required=True), _format_parameter()]},
        )

    @router.get("/{name}", include_in_schema=False)
    def unknown(name: str) -> Response:
        graph.queries[name.removesuffix(".rq")]
        return Response(status_code=404)

    return router


def _text_endpoint(graph: Graph, query: SavedQuery) -> Any:
    def text(request: Request) -> Response:
        values = _values(request, query)
        # Without its parameters a query is still worth reading: only what is given is bound.
        optional = query._replace(parameters=tuple(p._replace(required=False) for p in query.parameters))
        return Response(optional.bind(values, graph.names), media_type="application/sparql-query")

    return text


def _answer_endpoint(graph: Graph, pages: Pages, query: SavedQuery) -> Any:
    async def endpoint(request: Request) -> Response:
        values = _values(request, query)
        format_name = chosen_format(
            RESULT_TYPES, request.headers.get("accept"), request.query_params.get("format"), html=True
        )
        if format_name == "html":
            page = await run_in_threadpool(_page, graph, pages, query, values)
            page.headers.update(_VARY)
            return page
        body = await run_in_threadpool(lambda: result_bytes(graph.solutions(query.name, values), format_name))
        return Response(body, media_type=content_type(RESULT_TYPES[format_name]), headers=_VARY)

    return endpoint


def _page(graph: Graph, pages: Pages, query: SavedQuery, values: dict[str, str]) -> Response:
    """The page of a query: its form, and its answer once it has what it needs."""
    table, error, status = None, None, 200
    if all(values.get(parameter.name) for parameter in query.parameters if parameter.required):
        try:
            table = answer_table(graph.query(query.name, **values), query.table)
        except IvigError as found:
            error, status = str(found), problem(found).status_code
    suggestions = {parameter.name: graph.names.labels(parameter.kind) for parameter in query.parameters}
    return pages.page(
        "query.html",
        status=status,
        query=query,
        values=values,
        table=table,
        error=error,
        suggestions=suggestions,
        examples=EXAMPLES,
        formats=list(RESULT_TYPES),
    )


def _values(request: Request, query: SavedQuery) -> dict[str, str]:
    """The parameters of a request. Raises BadInput where one is given twice."""
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name == "format":
            continue
        if name in values:
            raise BadInput(f"{name} is given twice")
        values[name] = value
    query.check(values)
    return values


def _described(query: SavedQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "description": query.description,
        "keywords": list(query.keywords),
        "parameters": [parameter._asdict() for parameter in query.parameters],
        "columns": [{"name": name, "meaning": meaning} for name, meaning in query.columns.items()],
        "href": f"/queries/{query.name}",
    }


def _parameters(query: SavedQuery, *, required: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "in": "query",
            "required": required and parameter.required,
            "description": parameter.note,
            "schema": {"type": "string"},
            "example": EXAMPLES[parameter.kind] if parameter.required else None,
        }
        for parameter in query.parameters
    ]


def _format_parameter() -> dict[str, Any]:
    return {
        "name": "format",
        "in": "query",
        "required": False,
        "description": "The format of the answer, in place of the Accept header.",
        "schema": {"type": "string", "enum": [*RESULT_TYPES, "html"]},
    }
