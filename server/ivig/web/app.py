"""The application that serves one release: what it holds, what answers where, and what stands around every answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette_compress import CompressMiddleware, add_compress_type

import ivig
from ivig.export.worker import PROGRAM as EXPORTS
from ivig.query import EmbeddedEngine, Graph
from ivig.query.sandbox import Pool
from ivig.query.sandbox.limits import MEGABYTE
from ivig.web.assets import Assets
from ivig.web.cache import AnswerCache, Cached
from ivig.web.monitoring import Metrics
from ivig.web.negotiation import GRAPH_TYPES, RESULT_TYPES
from ivig.web.problems import handle_problems
from ivig.web.routes import (
    export,
    network,
    operation,
    pages,
    pictures,
    resolve,
    resources,
    saved_queries,
    search,
    sparql,
    well_known,
)
from ivig.web.served import Served
from ivig.web.settings import Settings
from ivig.web.templating import POLICY

HEADERS = {
    "Content-Security-Policy": POLICY.format(more_style=""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
"""What every answer carries that does not say otherwise."""

_THREADS = 8
"""Saved queries and pages that are made at once."""

for _media_type in (*RESULT_TYPES.values(), *GRAPH_TYPES.values(), "application/trig", "application/n-quads"):
    add_compress_type(_media_type)


def create_app(graph: Graph, settings: Settings, metrics: Metrics | None = None) -> FastAPI:
    """The application that serves a graph, read-only; a file of quads has no pages and no exports.

    Its lifespan starts and stops the workers.

    :param metrics: the counters, which outlive a release
    """
    counters = metrics or Metrics()

    def stopped(reason: str) -> None:
        counters.stopped.labels(reason).inc()

    served = Served(
        graph,
        settings,
        counters,
        AnswerCache(int(settings.cache_size * MEGABYTE)),
        Pool(graph.release, settings.limits(), stopped, endpoint=graph.endpoint),
        Pool(graph.release, settings.export_limits(), stopped, (EXPORTS, str(graph.files.folder)), graph.endpoint),
    )
    if served.has_pages:
        # A release that is damaged is found out before it takes over, not by the first who asks for a name.
        graph.read()
    app = FastAPI(
        title="IVIG Evidence Graph",
        summary="The open knowledge graph of the evidence on intravenous immunoglobulin.",
        version=ivig.__version__,
        docs_url=None,
        redoc_url=None,
        license_info={"name": "CC BY 4.0 (data), MIT (code)"},
        lifespan=_lifespan,
    )
    app.state.served = served
    handle_problems(app, served.pages.problem if served.has_pages else None)
    # The last that is added is the first that a request meets.
    app.add_middleware(CompressMiddleware)
    app.add_middleware(Cached, cache=served.cache, metrics=counters)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["*"],
        expose_headers=["Content-Disposition", "ETag", "Retry-After"],
    )
    app.include_router(operation.router)
    app.include_router(sparql.router)
    app.include_router(well_known.router(served.has_pages))
    if served.has_pages:
        app.mount("/static", Assets(), name="static")
        app.include_router(pages.router)
        app.include_router(pictures.router)
        app.include_router(search.router)
        app.include_router(network.router)
        app.include_router(saved_queries.router(graph.queries))
        app.include_router(resolve.router)
        app.include_router(export.router)
        # They come last: whatever is nothing else is a thing of the graph, or not there.
        app.include_router(resources.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The workers of the release. Queries can be asked once it has begun; exports wait until theirs has read all, and
    what pages ask is answered from the disk until the graph is in memory."""
    served: Served = app.state.served
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    await served.queries.start()
    exports = asyncio.create_task(served.exports.start()) if served.has_pages else None
    engine = served.graph.engine
    held = asyncio.create_task(asyncio.to_thread(engine.hold)) if isinstance(engine, EmbeddedEngine) else None
    try:
        yield
    finally:
        if held is not None:
            await held
        if exports is not None:
            exports.cancel()
            (outcome,) = await asyncio.gather(exports, return_exceptions=True)
            if isinstance(outcome, Exception):
                logging.getLogger("ivig").error("exports could not be made: %s", outcome)
        await asyncio.gather(served.queries.close(), served.exports.close())
        # The last who reads it.
        await asyncio.to_thread(served.graph.release.drop)
