"""For those who run the server: is it alive, is it ready, what has it done."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from ivig.query import Graph
from ivig.query.sandbox import Pool
from ivig.web.metrics import MEDIA_TYPE, Metrics
from ivig.web.problems import document

_NO_STORE = {"Cache-Control": "no-store"}


def operation_routes(graph: Graph, pool: Pool, metrics: Metrics) -> APIRouter:
    """`/health`, `/ready` and `/metrics`. They never wait for a query."""
    router = APIRouter(tags=["operation"])

    @router.get("/health", summary="Is the server alive?")
    async def health(response: Response) -> dict[str, Any]:
        """The release that is served."""
        response.headers.update(_NO_STORE)
        return {"status": "ok", "release": graph.release.digest}

    @router.get("/ready", summary="Can the server take queries?", responses={503: {"description": "Not yet."}})
    async def ready(response: Response) -> Any:
        """The release and how many workers run; 503 while one is missing."""
        wanted = pool.limits.workers
        if pool.up < wanted:
            return document(503, "Not ready", f"{pool.up} of {wanted} workers run")
        response.headers.update(_NO_STORE)
        return {"status": "ready", "release": graph.release.digest, "workers": pool.up}

    @router.get("/metrics", summary="Counters, for Prometheus", response_class=Response)
    async def counters() -> Response:
        """Requests, times, the queue, workers that were stopped, the cache."""
        return Response(metrics.text(), media_type=MEDIA_TYPE, headers=_NO_STORE)

    return router
