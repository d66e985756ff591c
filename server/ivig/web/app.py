"""The application: what answers where, and what every answer carries."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

import ivig
from ivig.export.description import schema_org
from ivig.query import Answer, Graph
from ivig.query.sandbox import Pool
from ivig.web.cache import AnswerCache
from ivig.web.metrics import Metrics
from ivig.web.pages import Pages, local_path
from ivig.web.problem_handlers import handle_problems
from ivig.web.routes.export import export_routes
from ivig.web.routes.operation import operation_routes
from ivig.web.routes.resolve import resolve_routes
from ivig.web.routes.resources import resource_routes
from ivig.web.routes.saved_queries import saved_query_routes
from ivig.web.routes.sparql import sparql_routes
from ivig.web.routes.well_known import public_url, well_known_routes
from ivig.web.services import Services
from ivig.web.settings import Settings

STATIC = Path(__file__).parent / "static"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{more_style}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY.format(more_style=""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
"""What every answer carries that does not say otherwise."""

# The API browser sets style attributes; nothing of a visitor's is shown on its page.
_DOCS_POLICY = _POLICY.format(more_style=" 'unsafe-inline'")
_LONGEST_NAME = 300


def create_app(
    graph: Graph,
    pool: Pool,
    exports: Pool | None,
    cache: AnswerCache,
    settings: Settings,
    metrics: Metrics,
    services: Services,
) -> FastAPI:
    """The application that serves a graph, read-only; a file of quads has no pages and no exports."""
    app = FastAPI(
        title="IVIG Evidence Graph",
        summary="The open knowledge graph of the evidence on intravenous immunoglobulin.",
        version=ivig.__version__,
        docs_url=None,
        redoc_url=None,
        license_info={"name": "CC BY 4.0 (data), MIT (code)"},
    )
    pages = None if settings.dataset else Pages(graph)
    handle_problems(app, pages)
    app.include_router(operation_routes(graph, pool, metrics))
    app.include_router(sparql_routes(graph, pool, cache, settings, metrics, services, pages))
    app.include_router(well_known_routes(graph, settings))
    if pages is not None and exports is not None:
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        _house_routes(app, graph, pages, settings)
        app.include_router(saved_query_routes(graph, pages, pool, services))
        app.include_router(resolve_routes(graph, pages))
        app.include_router(export_routes(graph, pool, exports))
        app.include_router(resource_routes(graph, pages))
    return app


def _house_routes(app: FastAPI, graph: Graph, pages: Pages, settings: Settings) -> None:
    @app.get("/", include_in_schema=False)
    def home(request: Request) -> Response:
        dataset = schema_org(graph, public_url(request, settings))
        return pages.page("home.html", conditions=overview(), queries=graph.queries, dataset=dataset)

    @cache
    def overview() -> Answer:
        # A release does not change: what stands on the first page is asked once.
        return graph.query("evidence-summary")

    @app.get("/find", include_in_schema=False)
    def find(name: str = "") -> Response:
        found = graph.names.search(name[:_LONGEST_NAME])
        if len(found) == 1:
            return RedirectResponse(local_path(found[0]), status_code=303)
        return pages.page("find.html", name=name, found=[(iri, graph.names.label(iri), "") for iri in found])

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        # What a browser asks for beside a document that names no icon.
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        page = pages.page("docs.html")
        page.headers["Content-Security-Policy"] = _DOCS_POLICY
        return page
