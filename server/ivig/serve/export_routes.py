"""`/export`: a part of the graph in any format, with the parameters of the command line; and the JSON-LD context."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from ivig.ask import Graph
from ivig.ask.examples import EXAMPLES
from ivig.ask.guarded import Job, Pool
from ivig.ask.names import nearest
from ivig.errors import BadInput, UnknownName
from ivig.export import FORMATS, Format, Selection
from ivig.export.context import Context
from ivig.export.formats import format_named
from ivig.export.selection import mentioned
from ivig.export.worker import task
from ivig.names import normal
from ivig.namespaces import BASE
from ivig.serve.negotiation import chosen_format, content_type

_IN_MEMORY = 4_000_000
_BLOCK = 1 << 16
_LONGEST_NAME = 80
_LARGEST_ANSWER = 8_000_000
"""Bytes of the answer that picks a part: it is read here, not passed on."""
_MOST_THINGS = 50_000
"""An answer may name things that there are not, and each would be looked for."""

_SEVERAL = {
    "condition": "A condition, narrower ones included; `none` for statements on no condition.",
    "group": "A group of conditions or mechanisms.",
    "mechanism": "A mechanism.",
    "outcome": "An outcome, narrower ones included.",
    "study_type": "A kind of study, narrower ones included.",
    "level": "A level of evidence, 1 to 5.",
    "direction": "A direction of effect.",
    "citation": "A publication, by PMID, DOI or IRI.",
    "year": "Years: 2015, 2010-2020, 2010- or -2010.",
    "source": "A source document.",
    "kind": "A kind of statement.",
    "parameter": "A parameter of the saved query, as NAME=VALUE.",
}
_ONE = {
    "query": "What the saved query of this name gives.",
    "sparql": "What this SELECT or CONSTRUCT query gives.",
    "depth": "Steps to go on to what else is said of the same things.",
    "asserted": "true leaves out what was inferred.",
    "format": "The format, in place of the Accept header.",
}


def export_routes(graph: Graph, queries: Pool, exports: Pool) -> APIRouter:
    """The routes of exports. Parts are made in processes of their own, with limits of their own; a visitor's query is
    asked where all such queries are, so that no export waits for one that goes wrong."""
    router = APIRouter(tags=["export"])

    @router.get(
        "/export",
        summary="Take a part of the graph away",
        operation_id="export",
        response_class=Response,
        openapi_extra={"parameters": _described()},
    )
    async def export(request: Request) -> Response:
        """Everything that the part mentions comes along. Values of one parameter are alternatives, different parameters
        must all hold; none gives the whole graph."""
        values = _values(request)
        selection = _selection(values)
        made = _format(request, values)
        inferred = _truth(values.get("asserted", ["false"])[0]) is False
        client = request.client.host if request.client else ""
        if selection.sparql is not None:
            found = await _mentioned(queries, selection.sparql, client)
            selection = replace(selection, sparql=None, mentioned=tuple(sorted(found)))
        limits = exports.limits
        job = Job("", task=task(selection, made.name, inferred=inferred), seconds=limits.seconds, answer=limits.answer)
        body = await _written(exports, job, client)
        headers = {
            "Content-Disposition": f'attachment; filename="{_file_name(selection, made)}"',
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
        answer = b"".join([chunk async for chunk in running.chunks(job)])
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
        async for chunk in running.chunks(job):
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


def _values(request: Request) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in _SEVERAL and name not in _ONE:
            known = [*_SEVERAL, *_ONE]
            raise UnknownName("parameter of export", name, nearest(name, known)[:5] or known)
        if name in _ONE and name in values:
            raise BadInput(f"{name} is given twice")
        if not value.strip():
            raise BadInput(f"{name} is empty: give a value, or leave it out")
        values.setdefault(name, []).append(value)
    return values


def _selection(values: dict[str, list[str]]) -> Selection:
    named = {name: tuple(values.get(name, ())) for name in _SEVERAL if name != "parameter"}
    pairs = [one.partition("=") for one in values.get("parameter", ())]
    if any(not is_there for _, is_there, _ in pairs):
        raise BadInput("a parameter of the saved query reads NAME=VALUE")
    depth = values.get("depth", ["0"])[0]
    if not depth.isascii() or not depth.isdigit() or len(depth) > 3:
        raise BadInput(f'a depth is 0 to 9, not "{depth}"')
    return Selection(
        **named,
        query=values.get("query", [None])[0],
        parameters={name: value for name, _, value in pairs},
        sparql=values.get("sparql", [None])[0],
        depth=int(depth),
    )


def _file_name(selection: Selection, made: Format) -> str:
    """What a download is called: what was asked for, in signs that are harmless in a header and on a disk.

    >>> _file_name(Selection(condition=("Guillain-Barré syndrome",), direction=("benefit",)), FORMATS["csv"])
    'ivig-guillain-barre-syndrome-benefit.csv'
    >>> _file_name(Selection(), FORMATS["nanopub"])
    'ivig-nanopub.trig'
    """
    asked = [name.removeprefix(BASE) for criterion in _SEVERAL for name in getattr(selection, criterion, ())]
    words = normal(" ".join(["ivig", *asked, selection.query or ""]))
    stem = re.sub("[^a-z0-9]+", "-", words)[:_LONGEST_NAME].strip("-")
    shares_its_suffix = next(other for other in FORMATS.values() if other.suffix == made.suffix) is not made
    return f"{stem}-{made.name}{made.suffix}" if shares_its_suffix else stem + made.suffix


def _format(request: Request, values: dict[str, list[str]]) -> Format:
    if named := values.get("format"):
        return format_named(named[0])
    # Of several formats with one media type the first counts.
    types: dict[str, str] = {}
    for made in FORMATS.values():
        if made.media_type not in types.values():
            types[made.name] = made.media_type
    return FORMATS[chosen_format(types, request.headers.get("accept"), None)]


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise BadInput(f'asserted is true or false, not "{value}"')
    return value == "true"


def _described() -> list[dict[str, Any]]:
    """The parameters, for the description of the API."""
    examples = {"condition": EXAMPLES["Condition"], "format": "turtle"}

    def parameter(name: str, note: str, schema: dict[str, Any]) -> dict[str, Any]:
        example = {"example": examples[name]} if name in examples else {}
        return {"name": name, "in": "query", "required": False, "description": note, "schema": schema} | example

    texts = [parameter(name, note, {"type": "array", "items": {"type": "string"}}) for name, note in _SEVERAL.items()]
    schemas: dict[str, dict[str, Any]] = {
        "depth": {"type": "integer", "minimum": 0, "maximum": 9},
        "asserted": {"type": "boolean"},
        "format": {"type": "string", "enum": list(FORMATS)},
    }
    return texts + [parameter(name, note, schemas.get(name, {"type": "string"})) for name, note in _ONE.items()]
