"""`/export`: a subgraph in any format, with the parameters of the command line; and the JSON-LD context.

Subgraphs are written in processes of their own, with limits of their own.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from ivig.errors import BadInput
from ivig.export import FORMATS
from ivig.export.context import Context
from ivig.export.selection import mentioned
from ivig.export.worker import task
from ivig.query.sandbox import Job, Pool
from ivig.web.answers import made, sent
from ivig.web.export_parameters import asked_by, parameters
from ivig.web.negotiation import BYTE_ORDER_MARK, content_type
from ivig.web.served import Here

_LARGEST_ANSWER = 8_000_000
"""Bytes of the answer that picks a subgraph: it is read here, not passed on."""
_MOST_THINGS = 50_000
"""An answer may name things that there are not, and each would be looked for."""


router = APIRouter(tags=["export"])


@router.get(
    "/export",
    summary="Take a subgraph away",
    operation_id="export",
    response_class=Response,
    openapi_extra={"parameters": parameters()},
)
async def export(here: Here, request: Request) -> Response:
    """Everything that the statements mention comes along. Values of one parameter are alternatives, different
    parameters must all hold; none gives the whole graph."""
    asked = asked_by(request)
    selection, format_ = asked.selection, asked.format
    if selection.sparql is not None:
        # Asked where all visitors' queries are, so that no export waits for one that goes wrong.
        found = await _mentioned(here.queries, selection.sparql, request)
        selection = replace(selection, sparql=None, mentioned=tuple(sorted(found)))
    limits = here.exports.limits
    wanted = task(selection, format_.name, inferred=asked.inferred, profile=asked.profile)
    _, body = await made(here.exports, Job("", task=wanted, seconds=limits.seconds, answer=limits.answer), request)
    file_name = asked.file_name(here.graph.release.published)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Vary": "Accept"}
    return sent(body, content_type(format_.media_type), headers, BYTE_ORDER_MARK if asked.marked else b"")


@router.get("/context.jsonld", summary="The JSON-LD context", operation_id="context")
def context(here: Here) -> Response:
    """Names for every class and property, as the JSON-LD of exports has them."""
    return JSONResponse(Context(here.graph).document(), media_type=FORMATS["jsonld"].media_type)


async def _mentioned(pool: Pool, query: str, request: Request) -> set[str]:
    """The things of ours in the answer to a visitor's query.

    :raises BadInput: where there is none, or no end of them
    """
    most = min(pool.limits.answer, _LARGEST_ANSWER)
    job = Job(query, rows="json", triples="ntriples", seconds=pool.limits.seconds, answer=most)
    format_name, body = await made(pool, job, request)

    def read() -> set[str]:
        with body:
            if format_name == "ntriples":
                return mentioned(parse(body, format=RdfFormat.N_TRIPLES))
            return mentioned(parse_query_results(body, format=QueryResultsFormat.JSON))

    found = await run_in_threadpool(read)
    if not found:
        raise BadInput("the answer names nothing of this graph")
    if len(found) > _MOST_THINGS:
        raise BadInput(f"the answer names more than {_MOST_THINGS} things; the graph has not so many")
    return found
