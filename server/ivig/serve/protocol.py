"""The SPARQL 1.1 Protocol, for queries: GET, POST with a form, POST with the query as its body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from pyoxigraph import QueryTriples, RdfFormat, serialize

from ivig.ask import Dataset
from ivig.ask.engine import Result
from ivig.ask.results import serialize_results
from ivig.errors import BadInput, Refused
from ivig.namespaces import PREFIXES
from ivig.serve.problems import TooLarge, UnsupportedMedia

MAX_BODY = 1_000_000
"""Bytes of a request body that are read."""

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"

RDF_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


class Operation(NamedTuple):
    """A query operation: the text, the dataset that the protocol names, the format that the client names."""

    query: str
    dataset: Dataset
    format: str | None


def operation(method: str, query_string: str, content_type: str | None, body: bytes) -> Operation | None:
    """The operation that a request asks for; None for a GET without a query.

    Raises BadInput, Refused for an update, TooLarge, UnsupportedMedia.
    """
    parameters = _parameters(query_string)
    if method == "POST":
        if len(body) > MAX_BODY:
            raise TooLarge(f"a request may have {MAX_BODY} bytes")
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
    return Operation(queries[0], dataset, values.get("format", [None])[-1])


def written(result: Result, format_name: str) -> bytes:
    """A result in a format of its kind."""
    if isinstance(result, QueryTriples):
        rdf_format = RDF_FORMATS[format_name]
        prefixes: Mapping[str, str] | None = PREFIXES if format_name in ("turtle", "rdfxml") else None
        return serialize(result, format=rdf_format, prefixes=dict(prefixes) if prefixes else None) or b""
    return serialize_results(result, format_name)


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
