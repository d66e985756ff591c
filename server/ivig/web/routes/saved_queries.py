"""Saved queries over HTTP: the list, the answer to each in every format, and each as SPARQL, parameters bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from ivig.errors import BadInput, IvigError, Refused, UnknownName
from ivig.query import SavedQueries, SavedQuery
from ivig.query.examples import EXAMPLES
from ivig.query.names import nearest
from ivig.query.results import result_bytes
from ivig.web.addresses import url
from ivig.web.negotiation import RESULT_TYPES, accepted, chosen_format, content_type
from ivig.web.pages import answer_table
from ivig.web.problems import problem
from ivig.web.served import Here, Served

_VARY = {"Vary": "Accept"}
_FORMAT_PARAMETER = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "The format of the answer, in place of the Accept header.",
    "schema": {"type": "string", "enum": [*RESULT_TYPES, "html"]},
}


def router(queries: SavedQueries) -> APIRouter:
    """The routes of `/queries`: one for each saved query, so that each is described with its parameters."""
    routes = APIRouter(prefix="/queries", tags=["saved queries"])

    @routes.get("", summary="The saved queries", operation_id="queries")
    def listing(here: Here, request: Request) -> Response:
        """Every saved query with its title, parameters and columns."""
        named = request.query_params.get("format")
        format_name = chosen_format({"json": "application/json"}, accepted(request), named, html=True)
        if format_name == "html":
            return here.pages.page(request, "queries.html", queries=list(queries.values()))
        return JSONResponse([_described(query, request) for query in queries.values()], headers=_VARY)

    for name, query in queries.items():
        routes.add_api_route(
            f"/{name}.rq",
            _text_route(query),
            methods=["GET"],
            summary=f"{query.title}, as SPARQL",
            operation_id=f"{name}.rq",
            response_class=PlainTextResponse,
            openapi_extra={"parameters": _parameters(query, required=False)},
        )
        routes.add_api_route(
            f"/{name}",
            _answer_route(query),
            methods=["GET"],
            summary=query.title,
            description=query.description,
            operation_id=name,
            responses={200: {"content": {media: {} for media in (*RESULT_TYPES.values(), "text/html")}}},
            openapi_extra={"parameters": [*_parameters(query, required=True), _FORMAT_PARAMETER]},
        )

    @routes.get("/{name}", include_in_schema=False)
    def unknown(name: str) -> Response:
        asked = name.removesuffix(".rq")
        raise UnknownName("query", asked, nearest(asked, queries)[:5])

    return routes


def _text_route(query: SavedQuery) -> Callable[..., Response]:
    # Without its parameters a query is still worth reading: only what is given is bound.
    optional = query._replace(parameters=tuple(p._replace(required=False) for p in query.parameters))

    def text(here: Here, request: Request) -> Response:
        values = _values(request, query)
        return Response(optional.bind(values, here.graph.names), media_type="application/sparql-query")

    return text


def _answer_route(query: SavedQuery) -> Callable[..., Response]:
    def answer(here: Here, request: Request) -> Response:
        values = _values(request, query)
        named = request.query_params.get("format")
        format_name = chosen_format(RESULT_TYPES, accepted(request), named, html=True)
        if format_name == "html":
            return _page(here, request, query, values)
        if how_to_run := _how_to_run(query):
            raise Refused(how_to_run)
        body = result_bytes(here.graph.solutions(query.name, values), format_name)
        return Response(body, media_type=content_type(RESULT_TYPES[format_name]), headers=_VARY)

    return answer


def _how_to_run(query: SavedQuery) -> str | None:
    """What to do with a query that calls another server, which this one does not; None for any other."""
    if not query.service:
        return None
    words = "".join(f' --{p.name} "{EXAMPLES[p.kind]}"' for p in query.parameters if p.required)
    return (
        f"{query.name} calls {query.service}, and this server calls no other: "
        f"run `ivig query {query.name}{words}`, or take its text at /queries/{query.name}.rq"
    )


def _page(here: Served, request: Request, query: SavedQuery, values: dict[str, str]) -> Response:
    """The page of a query: its form, and its answer once it has what it needs."""
    table, error, status = None, _how_to_run(query), 200
    try:
        if not error and all(values.get(parameter.name) for parameter in query.parameters if parameter.required):
            table = answer_table(here.graph.query(query.name, **values), query.table)
    except IvigError as found:
        error, status = str(found), problem(found).status_code
    return here.pages.page(
        request,
        "query.html",
        status=status,
        query=query,
        values=values,
        table=table,
        error=error,
        suggestions={p.name: here.graph.names.labels(p.kind) for p in query.parameters},
        examples=EXAMPLES,
        formats=list(RESULT_TYPES),
    )


def _values(request: Request, query: SavedQuery) -> dict[str, str]:
    """The parameters of a request.

    :raises BadInput: where one is given twice, or is none of the query's
    """
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name == "format":
            continue
        if name in values:
            raise BadInput(f"{name} is given twice")
        values[name] = value
    query.check(values)
    return values


def _described(query: SavedQuery, request: Request) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "description": query.description,
        "keywords": list(query.keywords),
        "parameters": [parameter._asdict() for parameter in query.parameters],
        "columns": [{"name": name, "meaning": meaning} for name, meaning in query.columns.items()],
        "href": url(request, f"/queries/{query.name}"),
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
