"""`/sparql`: the SPARQL 1.1 Protocol for queries, read-only, on the guarded engine."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from ivig.errors import BadInput, Busy, Refused, UnknownName
from ivig.query import Dataset
from ivig.query.query_text import QueryText
from ivig.query.sandbox import Job, NotWanted
from ivig.web.addresses import public_url
from ivig.web.answers import made, sent
from ivig.web.descriptions import document_of, service_description
from ivig.web.monitoring import note, query_digest
from ivig.web.negotiation import GRAPH_TYPES, RESULT_TYPES, accepted, chosen_format, content_type
from ivig.web.problems import Gone, NotAcceptable, TooLarge, TooSlow, UnsupportedMedia
from ivig.web.served import Here, Served

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_BODY_SIZE = 1_000_000
"""Bytes that the body of a request may have: the longest query that anyone has a use for is a tenth of it."""
_READ_ON = 10
"""So many times that is read and dropped: a client that still sends would not read why it is refused."""
_BODY_SECONDS = 10
"""In which the body of a request must have arrived."""

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_FORMATS = {"type": "string", "enum": [*RESULT_TYPES, *GRAPH_TYPES]}


def _parameter(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema} | more


_PARAMETERS = [
    _parameter(
        "query",
        "A SPARQL 1.1 query.",
        _TEXT,
        example="SELECT ?condition { ?condition a <https://w3id.org/ivig/ontology#Condition> } LIMIT 5",
    ),
    _parameter("default-graph-uri", "A graph of the default graph; may be given several times.", _TEXTS),
    _parameter("named-graph-uri", "A graph that GRAPH can reach; may be given several times.", _TEXTS),
    _parameter("format", "The format of the answer, in place of the Accept header.", _FORMATS),
    _parameter("timeout", "Seconds that the query may take; no more than the server gives.", {"type": "number"}),
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
        return here.pages.page(request, "sparql.html")
    if set(request.query_params) - {"format"}:
        raise BadInput("give a query: /sparql?query=…")
    address = public_url(request, here.settings.public_url)
    return document_of(service_description(here.graph, address), request)


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
    """A query operation: the text, the dataset that the protocol names, the format that the client names, and the
    seconds that it gives the query."""

    query: str
    dataset: Dataset
    format: str | None
    seconds: float | None


async def _answer(here: Served, asked: Operation, request: Request) -> Response:
    accept, limits = accepted(request), here.queries.limits
    job = Job(
        asked.query,
        asked.dataset.default,
        asked.dataset.named,
        _format(RESULT_TYPES, accept, asked.format),
        _format(GRAPH_TYPES, accept, asked.format),
        min(asked.seconds or limits.seconds, limits.seconds),
        limits.answer,
    )
    if job.rows is None and job.triples is None:
        # Says what is offered, or what the named format is nearest to.
        chosen_format({**RESULT_TYPES, **GRAPH_TYPES}, accept, asked.format)
    note(request.scope, query=query_digest(asked.query), kept=False)
    try:
        format_name, body = await made(here.queries, job, request)
    except NotWanted as error:
        chosen_format(RESULT_TYPES if error.kind == "rows" else GRAPH_TYPES, accept, asked.format)
        raise
    except Busy:
        here.metrics.refused.inc()
        raise
    headers = {"Vary": "Accept"}
    if request.method == "POST" or QueryText(asked.query).varies:
        headers["Cache-Control"] = "no-store"
    return sent(body, content_type({**RESULT_TYPES, **GRAPH_TYPES}[format_name]), headers)


def _format(types: Mapping[str, str], accept: str | None, named: str | None) -> str | None:
    """The format for one kind of answer, None where the client takes none of them."""
    try:
        return chosen_format(types, accept, named)
    except (UnknownName, NotAcceptable):
        return None


def operation(method: str, query_string: str, content_type: str | None, body: bytes) -> Operation | None:
    """The operation that a request asks for; None for a GET without a query.

    :raises BadInput: where it cannot be read; Refused for an update, UnsupportedMedia for a body of another type
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
    return Operation(queries[0].removeprefix("\ufeff"), Dataset(default, named), format_name or None, _seconds(seconds))


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
