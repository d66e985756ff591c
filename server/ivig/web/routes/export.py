"""`/export`: a part of the graph in any format, with the parameters of the command line; and the JSON-LD context."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from ivig.errors import BadInput
from ivig.export import FORMATS
from ivig.export.context import Context
from ivig.export.selection import mentioned
from ivig.export.worker import task
from ivig.query import Graph
from ivig.query.sandbox import Job, Pool
from ivig.web.clients import client_of
from ivig.web.export_parameters import asked_by, parameters
from ivig.web.negotiation import content_type

_IN_MEMORY = 4_000_000
_BLOCK = 1 << 16
_LARGEST_ANSWER = 8_000_000
"""Bytes of the answer that picks a part: it is read here, not passed on."""
_MOST_THINGS = 50_000
"""An answer may name things that there are not, and each would be looked for."""


def export_routes(graph: Graph, queries: Pool, exports: Pool) -> APIRouter:
    """The routes of exports. Parts are made in processes of their own, with limits of their own; a visitor's query is
    asked where all such queries are, so that no export waits for one that goes wrong."""
    router = APIRouter(tags=["export"])

    @router.get(
        "/export",
        summary="Take a part of the graph away",
        operation_id="export",
        response_class=Response,
        openapi_extra={"parameters": parameters()},
    )
    async def export(request: Request) -> Response:
        """Everything that the part mentions comes along. Values of one parameter are alternatives, different parameters
        must all hold; none gives the whole graph."""
        asked = asked_by(request)
        selection, made = asked.selection, asked.format
        client = client_of(request.scope)
        if selection.sparql is not None:
            found = await _mentioned(queries, selection.sparql, client)
            selection = replace(selection, sparql=None, mentioned=tuple(sorted(found)))
        limits = exports.limits
        job = Job(
            "", task=task(selection, made.name, inferred=asked.inferred), seconds=limits.seconds, answer=limits.answer
        )
        body = await _written(exports, job, client)
        headers = {
            "Content-Disposition": f'attachment; filename="{asked.file_name}"',
            "Vary": "Accept",
        }
        size = body.seek(0, os.SEEK_END)
        if size <= _IN_MEMORY:
            with body:
                body.seek(0)
                return Response(body.read(), media_type=content_type(made.media_type), headers=headers)
        headers["Content-Length"] = str(size)
        return StreamingResponse(_blocks(body), media_type=content_type(made.media_type), headers=headers)

    @router.get("/context.jsonld", summary="The JSON-LD context", operation_id="context")
    def context() -> Response:
        """Names for every class and property, as the JSON-LD of exports has them."""
        return JSONResponse(Context(graph).document(), media_type=FORMATS["jsonld"].media_type)

    return router


async def _mentioned(pool: Pool, query: str, client: str) -> set[str]:
    """The things of ours in the answer to a visitor's query. Raises BadInput where there is none, or no end of them."""
    most = min(pool.limits.answer, _LARGEST_ANSWER)
    job = Job(query, rows="json", triples="ntriples", seconds=pool.limits.seconds, answer=most)
    running = await pool.run(job, client)
    try:
        answer = b"".join([chunk async for chunk in running.chunks()])
    finally:
        running.close()

    def read() -> set[str]:
        if running.format == "ntriples":
            return mentioned(parse(answer, format=RdfFormat.N_TRIPLES))
        return mentioned(parse_query_results(answer, format=QueryResultsFormat.JSON))

    found = await run_in_threadpool(read)
    if not found:
        raise BadInput("the answer names nothing of this graph")
    if len(found) > _MOST_THINGS:
        raise BadInput(f"the answer names more than {_MOST_THINGS} things; the graph has not so many")
    return found


async def _written(pool: Pool, job: Job, client: str) -> IO[bytes]:
    """The part, on disk where it is large: a slow client must not keep a worker."""
    running = await pool.run(job, client)
    body: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    try:
        async for chunk in running.chunks():
            body.write(chunk)
    except BaseException:
        body.close()
        raise
    finally:
        running.close()
    return body


def _blocks(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        body.seek(0)
        while block := body.read(_BLOCK):
            yield block
