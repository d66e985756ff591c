"""`/sparql`: the SPARQL 1.1 Protocol for queries, read-only, on the guarded engine."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from itertools import islice
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pyoxigraph import QueryBoolean, QueryResultsFormat, parse_query_results
from starlette.requests import ClientDisconnect

from ivig.errors import BadInput, Busy, IvigError, Refused, UnknownName
from ivig.namespaces import PREFIXES
from ivig.query import Answer, Dataset
from ivig.query.query_text import QueryText
from ivig.query.results import columns, rows
from ivig.query.sandbox import Job, NotWanted
from ivig.web.answers import made, sent
from ivig.web.descriptions import document_of, service_description
from ivig.web.monitoring import note, query_digest
from ivig.web.negotiation import (
    BYTE_ORDER_MARK,
    GRAPH_TYPES,
    RESULT_TYPES,
    accepted,
    chosen_format,
    content_type,
    disposition,
    query_parameter,
    without_mark,
)
from ivig.web.problems import Gone, NotAcceptable, TooLarge, TooSlow, UnsupportedMedia, problem
from ivig.web.served import Here, Served
from ivig.web.templating import Cell, Table, answer_table

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_BODY_SIZE = 1_000_000
"""Bytes that the body of a request may have: the longest query that anyone has a use for is a tenth of it."""
_READ_ON = 10
"""So many times that is read and dropped: a client that still sends would not read why it is refused."""
_BODY_SECONDS = 10
"""In which the body of a request must have arrived."""

_SHOWN_ROWS = 1000
_SHOWN_BYTES = 200_000
"""What a page shows of an answer; the rest is for programs."""

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_FORMATS = {"type": "string", "enum": [*RESULT_TYPES, *GRAPH_TYPES]}


_PARAMETERS = [
    query_parameter(
        "query",
        "A SPARQL 1.1 query.",
        _TEXT,
        example="SELECT ?condition { ?condition a <https://w3id.org/ivig/ontology#Condition> } LIMIT 5",
    ),
    query_parameter("default-graph-uri", "A graph of the default graph; may be given several times.", _TEXTS),
    query_parameter("named-graph-uri", "A graph that GRAPH can reach; may be given several times.", _TEXTS),
    query_parameter("format", "The format of the answer, in place of the Accept header.", _FORMATS),
    query_parameter("timeout", "Seconds that the query may take; no more than the server gives.", {"type": "number"}),
]
_BODIES = {
    _QUERY: {"schema": _TEXT},
    _FORM: {"schema": {"type": "object", "properties": {"query": _TEXT}, "required": ["query"]}},
}

router = APIRouter(tags=["SPARQL"])


@router.get("/sparql", summary="Ask in SPARQL", operation_id="sparql_get", openapi_extra={"parameters": _PARAMETERS})
async def get(here: Here, request: Request) -> Response:
    """Rows come as SPARQL JSON, XML, CSV or TSV, triples as Turtle, N-Triples, RDF/XML or JSON-LD. Without a query:
    the description of the service."""
    asked = operation("GET", request.url.query, None, b"")
    if asked is not None:
        return await _answer(here, asked, request)
    named = request.query_params.get("format")
    if chosen_format(GRAPH_TYPES, accepted(request), named, html=here.has_pages) == "html":
        return _page(here, request, Shown())
    if set(request.query_params) - {"format"}:
        raise BadInput("give a query: /sparql?query=…")
    return document_of(service_description(here.graph, here.address(request)), request)


@router.post(
    "/sparql",
    summary="Ask in SPARQL",
    operation_id="sparql_post",
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def post(here: Here, request: Request) -> Response:
    """As a form, or with the query as the body."""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _body(request)
    except TimeoutError:
        raise TooSlow(f"the body of a request has to arrive within {_BODY_SECONDS} seconds") from None
    except ClientDisconnect:
        raise Gone("the client is gone") from None
    asked = operation("POST", request.url.query, request.headers.get("content-type"), body)
    if asked is None:
        raise BadInput("give a query")
    return await _answer(here, asked, request)


async def _body(request: Request) -> bytes:
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= _BODY_SIZE:
            body += chunk
        elif size > _READ_ON * _BODY_SIZE:
            break
    if size > _BODY_SIZE:
        raise TooLarge(f"the body of a request may have {_BODY_SIZE} bytes")
    return bytes(body)


class Operation(NamedTuple):
    """A query operation.

    :param query: in SPARQL
    :param dataset: the one that the protocol names
    :param format: the one that the client names; None for none
    :param seconds: that the client gives the query; None where it says nothing
    :param marked: whether a byte order mark comes before the answer
    """

    query: str
    dataset: Dataset
    format: str | None
    seconds: float | None
    marked: bool = False


class Shown(NamedTuple):
    """What the page shows of a query, beside the form.

    :param query: its text; empty where none was asked
    :param table: rows, no more than the page holds; a yes or no is a table of one cell
    :param triples: Turtle, no more than the page holds
    :param more: whether the answer has more than is shown
    :param error: what was wrong, with `detail`, `status`, and `line` and `column` where it has a place
    """

    query: str = ""
    table: Table | None = None
    triples: str | None = None
    more: bool = False
    error: dict[str, Any] | None = None


def _page(here: Served, request: Request, shown: Shown) -> Response:
    status = shown.error["status"] if shown.error else 200
    return here.pages.page(request, "sparql.html", status=status, shown=shown, prefixes=PREFIXES)


async def _answer_as_page(here: Served, asked: Operation, request: Request) -> Response:
    """The page with the form, the query in it, and its answer or what is wrong with it."""
    try:
        format_name, body = await _made(here, asked, request, "json", "turtle")
    except IvigError as error:
        found = problem(error)
        page = _page(here, request, Shown(asked.query, error=json.loads(bytes(found.body))))
        page.headers.update({name: found.headers[name] for name in ("retry-after",) if name in found.headers})
        page.headers["Cache-Control"] = "no-store"
        return page
    page = _page(here, request, await run_in_threadpool(_shown, asked.query, format_name, body))
    if request.method == "POST" or QueryText(asked.query).varies:
        page.headers["Cache-Control"] = "no-store"
    return page


def _shown(query: str, format_name: str, body: IO[bytes]) -> Shown:
    with body:
        if format_name == "turtle":
            triples = body.read(_SHOWN_BYTES).decode(errors="ignore")
            return Shown(query, triples=triples, more=bool(body.read(1)))
        result = parse_query_results(body, format=QueryResultsFormat.JSON)
        if isinstance(result, QueryBoolean):
            return Shown(query, Table(["answer"], [[Cell("yes" if result else "no")]]))
        names = columns(result)
        found = list(islice(rows(result), _SHOWN_ROWS))
        return Shown(query, answer_table(Answer(names, found), names), more=next(result, None) is not None)


async def _answer(here: Served, asked: Operation, request: Request) -> Response:
    accept = accepted(request)
    types = {**RESULT_TYPES, **GRAPH_TYPES}
    # A browser takes a page before anything else, and names no format.
    if here.has_pages and _format(types, accept, asked.format, html=True) == "html":
        return await _answer_as_page(here, asked, request)
    of_rows, of_triples = (_format(types, accept, asked.format) for types in (RESULT_TYPES, GRAPH_TYPES))
    if of_rows is None and of_triples is None:
        # Says what is offered, or what the named format is nearest to.
        chosen_format(types, accept, asked.format)
    try:
        format_name, body = await _made(here, asked, request, of_rows, of_triples)
    except NotWanted as error:
        chosen_format(RESULT_TYPES if error.kind == "rows" else GRAPH_TYPES, accept, asked.format)
        raise
    headers = {"Vary": "Accept"}
    if request.method == "POST" or QueryText(asked.query).varies:
        headers["Cache-Control"] = "no-store"
    if asked.format:
        stem = f"sparql {query_digest(asked.query)[:8]}"
        headers["Content-Disposition"] = disposition(stem, format_name, here.graph.release.published)
    return sent(body, content_type(types[format_name]), headers, BYTE_ORDER_MARK if asked.marked else b"")


async def _made(
    here: Served, asked: Operation, request: Request, rows: str | None, triples: str | None
) -> tuple[str, IO[bytes]]:
    """The answer to a query in the format of its kind, as `made` has it."""
    limits = here.queries.limits
    seconds = min(asked.seconds or limits.seconds, limits.seconds)
    job = Job(asked.query, asked.dataset.default, asked.dataset.named, rows, triples, seconds, limits.answer)
    note(request.scope, query=query_digest(asked.query), kept=False)
    try:
        return await made(here.queries, job, request)
    except Busy:
        here.metrics.refused.inc()
        raise


def _format(types: Mapping[str, str], accept: str | None, named: str | None, *, html: bool = False) -> str | None:
    """The format for one kind of answer, None where the client takes none of them."""
    try:
        return chosen_format(types, accept, named, html=html)
    except (UnknownName, NotAcceptable):
        return None


def operation(method: str, query_string: str, content_type: str | None, body: bytes) -> Operation | None:
    """The operation that a request asks for; None for a GET without a query.

    :param method: `GET` or `POST`
    :param query_string: of the address, as it came
    :param content_type: the header of that name
    :param body: of a POST
    :raises BadInput: where it cannot be read
    :raises Refused: for an update
    :raises UnsupportedMedia: for a body of another type than a form or a query
    """
    parameters = _parameters(query_string)
    if method == "POST":
        media_type, charset = _media_type(content_type)
        text = _decoded(body, charset)
        if media_type == _UPDATE:
            raise Refused("the graph is read-only: updates are refused")
        if media_type == _FORM:
            parameters += _parameters(text)
        elif media_type == _QUERY:
            if any(name == "query" for name, _ in parameters):
                raise BadInput("the query stands in the body and in the address: give it once")
            parameters.append(("query", text))
        else:
            raise UnsupportedMedia(f"a POST has the type {_FORM} or {_QUERY}, not {media_type or 'none'}")
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise Refused("the graph is read-only: updates are refused")
    queries = values.get("query", [])
    if not queries and method == "GET":
        return None
    if len(queries) != 1:
        raise BadInput(f"a request has one query, not {len(queries) or 'none'}")
    # Forms of other endpoints send an empty graph where the visitor has named none.
    default, named = (tuple(filter(None, values.get(f"{kind}-graph-uri", ()))) for kind in ("default", "named"))
    format_name, seconds = values.get("format", [""])[-1], values.get("timeout", [""])[-1]
    # A byte order mark is no part of the query.
    query, (wanted, marked) = queries[0].removeprefix("\ufeff"), without_mark(format_name)
    return Operation(query, Dataset(default, named), wanted or None, _seconds(seconds), marked)


def _seconds(text: str) -> float | None:
    """None where no limit is given: nothing, or the 0 that means so to other endpoints."""
    try:
        seconds = float(text or 0)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise BadInput(f"timeout is a number of seconds, 0 for as many as may be, not {text}")
    return seconds or None


def _parameters(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise BadInput(f"the parameters cannot be read: {error}") from error


def _media_type(content_type: str | None) -> tuple[str, str]:
    media_type, _, rest = (content_type or "").partition(";")
    charset = "utf-8"
    for part in rest.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return media_type.strip().lower(), charset


def _decoded(body: bytes, charset: str) -> str:
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMedia(f"the body is read as UTF-8, not as {charset}")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"the body is not UTF-8 at byte {error.start}") from error
