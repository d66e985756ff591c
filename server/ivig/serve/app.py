"""The application: what answers where, and what every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

import ivig
from ivig.ask import Answer, Graph
from ivig.errors import IvigError
from ivig.serve.export_routes import export_routes
from ivig.serve.pages import Pages, local_path
from ivig.serve.problems import on_bug, on_http_error, on_ivig_error
from ivig.serve.resources import resource_routes
from ivig.serve.saved_routes import saved_query_routes
from ivig.serve.sparql_routes import sparql_routes

STATIC = Path(__file__).parent / "static"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{more_style}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY.format(more_style=""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
# The API browser sets style attributes; nothing of a visitor's is shown on its page.
_DOCS_POLICY = _POLICY.format(more_style=" 'unsafe-inline'")


def create_app(graph: Graph) -> FastAPI:
    """The application that serves a graph, read-only."""
    app = FastAPI(
        title="IVIG Evidence Graph",
        summary="The open knowledge graph of the evidence on intravenous immunoglobulin.",
        version=ivig.__version__,
        docs_url=None,
        redoc_url=None,
        license_info={"name": "CC BY 4.0 (data), MIT (code)"},
    )
    pages = Pages(graph)
    app.add_exception_handler(IvigError, on_ivig_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_bug)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"])
    app.middleware("http")(_with_headers)
    app.add_middleware(_HeadAsGet)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _house_routes(app, graph, pages)
    app.include_router(sparql_routes(graph, pages))
    app.include_router(saved_query_routes(graph, pages))
    app.include_router(export_routes(graph))
    app.include_router(resource_routes(graph, pages))
    return app


class _HeadAsGet:
    """HEAD is answered like GET; the server below drops the body, which it knows to do by the request as it came."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _house_routes(app: FastAPI, graph: Graph, pages: Pages) -> None:
    @app.get("/", include_in_schema=False)
    def home() -> Response:
        return pages.page("home.html", conditions=overview(), queries=graph.queries)

    @cache
    def overview() -> Answer:
        # A release does not change: what stands on the first page is asked once.
        return graph.query("evidence-summary")

    @app.get("/find", include_in_schema=False)
    def find(name: str = "") -> Response:
        found = graph.names.search(name)
        if len(found) == 1:
            return RedirectResponse(local_path(found[0]), status_code=303)
        return pages.page("find.html", name=name, found=[(iri, graph.names.label(iri)) for iri in found])

    @app.get("/health", tags=["operation"], summary="Is the server alive?")
    def health() -> dict[str, Any]:
        """The release that is served."""
        return {"status": "ok", "release": graph.release.digest}

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        # What a browser asks for beside a document that names no icon.
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        page = pages.page("docs.html")
        page.headers["Content-Security-Policy"] = _DOCS_POLICY
        return page
