"""The SPARQL 1.1 Protocol, for queries: GET, POST with a form, POST with the query as its body."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from ivig.errors import BadInput, Refused
from ivig.query import Dataset
from ivig.web.problems import UnsupportedMedia

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


class Operation(NamedTuple):
    """A query operation: the text, the dataset that the protocol names, the format that the client names, and the
    seconds that it gives the query."""

    query: str
    dataset: Dataset
    format: str | None
    seconds: float | None


def operation(method: str, query_string: str, content_type: str | None, body: bytes) -> Operation | None:
    """The operation that a request asks for; None for a GET without a query.

    Raises BadInput, Refused for an update, UnsupportedMedia.
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
    return _operation(parameters, required=method == "POST")


def _operation(parameters: Sequence[tuple[str, str]], *, required: bool) -> Operation | None:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise Refused("the graph is read-only: updates are refused")
    queries = values.get("query", [])
    if not queries and not required:
        return None
    if len(queries) != 1:
        raise BadInput(f"a request has one query, not {len(queries) or 'none'}")
    dataset = Dataset(tuple(values.get("default-graph-uri", ())), tuple(values.get("named-graph-uri", ())))
    format_name, seconds = values.get("format", [None])[-1], values.get("timeout", [None])[-1]
    return Operation(queries[0], dataset, format_name, _seconds(seconds) if seconds is not None else None)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise BadInput(f"timeout is a number of seconds greater than 0, not {text}")
    return seconds


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
