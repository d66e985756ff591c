"""Saved queries over HTTP: the list, the answer to each in every format, and each as SPARQL, parameters bound."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse

from ivig.errors import BadInput, IvigError
from ivig.query import Answer, Graph, SavedQuery
from ivig.query.examples import EXAMPLES
from ivig.query.results import result_bytes
from ivig.query.sandbox import Job, Pool
from ivig.web.negotiation import RESULT_TYPES, chosen_format, content_type
from ivig.web.pages import Pages, answer_table
from ivig.web.problems import problem
from ivig.web.services import Services

_VARY = {"Vary": "Accept"}


def saved_query_routes(graph: Graph, pages: Pages, pool: Pool, services: Services) -> APIRouter:
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
            _answer_endpoint(_Asked(graph, query, pool, services), pages),
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


class _Asked:
    """A saved query and where it runs: here, or among the visitors' queries where it calls another server, which may
    take its time.
    """

    def __init__(self, graph: Graph, query: SavedQuery, pool: Pool, services: Services) -> None:
        self.graph, self.query = graph, query
        self._pool, self._services = pool, services

    @property
    def headers(self) -> dict[str, str]:
        """What another server says may be something else tomorrow."""
        return {**_VARY, "Cache-Control": "no-store"} if self.query.service else _VARY

    async def written(self, values: dict[str, str], format_name: str) -> bytes:
        """The answer in a format."""
        if not self.query.service:
            return await run_in_threadpool(
                lambda: result_bytes(self.graph.solutions(self.query.name, values), format_name)
            )
        limits = self._pool.limits
        text = await run_in_threadpool(self.graph.bound, self.query.name, values)
        job = Job(
            text,
            rows=format_name,
            seconds=limits.seconds,
            answer=limits.answer,
            services=self._services.allowed,
        )
        running = await self._pool.run(job, self.query.service)
        try:
            return b"".join([chunk async for chunk in running.chunks()])
        finally:
            running.close()

    async def answer(self, values: dict[str, str]) -> Answer:
        """The answer as rows."""
        if not self.query.service:
            return await run_in_threadpool(lambda: self.graph.query(self.query.name, **values))
        return Answer.from_json(await self.written(values, "json"))


def _answer_endpoint(asked: _Asked, pages: Pages) -> Any:
    async def endpoint(request: Request) -> Response:
        values = _values(request, asked.query)
        format_name = chosen_format(
            RESULT_TYPES, request.headers.get("accept"), request.query_params.get("format"), html=True
        )
        if format_name == "html":
            page = await _page(asked, pages, values)
            page.headers.update(asked.headers)
            return page
        body = await asked.written(values, format_name)
        return Response(body, media_type=content_type(RESULT_TYPES[format_name]), headers=asked.headers)

    return endpoint


async def _page(asked: _Asked, pages: Pages, values: dict[str, str]) -> Response:
    """The page of a query: its form, and its answer once it has what it needs."""
    table, error, status = None, None, 200
    query = asked.query
    if all(values.get(parameter.name) for parameter in query.parameters if parameter.required):
        try:
            answer = await asked.answer(values)
            table = await run_in_threadpool(answer_table, answer, query.table)
        except IvigError as found:
            error, status = str(found), problem(found).status_code

    def filled() -> Response:
        return pages.page(
            "query.html",
            status=status,
            query=query,
            values=values,
            table=table,
            error=error,
            suggestions={p.name: asked.graph.names.labels(p.kind) for p in query.parameters},
            examples=EXAMPLES,
            formats=list(RESULT_TYPES),
        )

    return await run_in_threadpool(filled)


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
