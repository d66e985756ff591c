"""For those who run the server: is it alive, is it ready, what has it done. None of them waits for a query."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from ivig.errors import NotThere
from ivig.web.monitoring import MEDIA_TYPE
from ivig.web.problems import document
from ivig.web.served import Here

_NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(tags=["operation"])


@router.get("/health", summary="Is the server alive?")
async def health(here: Here, response: Response) -> dict[str, Any]:
    """The release that is served."""
    response.headers.update(_NO_STORE)
    return {"status": "ok", "release": here.graph.release.digest}


@router.get("/ready", summary="Can the server take queries?", responses={503: {"description": "Not yet."}})
async def ready(here: Here, response: Response) -> Any:
    """The release and how many workers run; 503 while one is missing."""
    pool = here.queries
    if pool.up < pool.limits.workers:
        return document(503, "Not ready", f"{pool.up} of {pool.limits.workers} workers run")
    response.headers.update(_NO_STORE)
    return {"status": "ready", "release": here.graph.release.digest, "workers": pool.up}


@router.get("/metrics", summary="Counters, for Prometheus", response_class=Response)
async def counters(here: Here) -> Response:
    """Requests, times, the queue, workers that were stopped, the cache, the release and its age."""
    if not here.settings.metrics:
        raise NotThere("there is nothing at this address: the metrics are closed")
    return Response(await here.metrics.text(), media_type=MEDIA_TYPE, headers=_NO_STORE)
