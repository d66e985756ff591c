"""Which format an answer has: what the client names outright, else what it accepts best."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import mimeparse
from fastapi import Request

from ivig.errors import BadInput, UnknownName
from ivig.model.labels import normal
from ivig.web.problems import NotAcceptable

HTML = "text/html"
_LONGEST_NAME = 80

RESULT_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ndjson": "application/x-ndjson",
}
"""Formats of rows, the preferred first."""

RECORD_TYPES = {
    "records": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Formats of rows for who knows nothing of SPARQL: a JSON array of objects, and a spreadsheet."""

ENDINGS = {"records": "json", "turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf", "json": "srj", "xml": "srx"}
"""The endings of files in a format, where they are not its name."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What tells Excel that a CSV is in UTF-8."""

GRAPH_TYPES = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Formats of triples, the preferred first."""

_ALSO_KNOWN_AS = {
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/n3": "turtle",
    "text/rdf+n3": "turtle",
}
"""Other media types that mean a format."""

_OTHER_NAMES = {
    "ttl": "turtle",
    "n3": "turtle",
    "nt": "ntriples",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "xml": "rdfxml",
    "json": "jsonld",
    "json-ld": "jsonld",
    "json+ld": "jsonld",
}
"""What clients call a format of triples beside its name; SPARQLWrapper says xml and json of rows and triples alike."""


def query_parameter(name: str, description: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A parameter that may be left out, for the description of the API where its route reads the address itself.

    :param description: what it means
    :param schema: of its values, in JSON Schema
    :param more: such as an example
    """
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, **more}


def accepted(request: Request) -> str | None:
    """The Accept header, its lines in one, as they mean together (RFC 9110, 5.3)."""
    return ", ".join(request.headers.getlist("accept")) or None


def chosen_format(types: Mapping[str, str], accept: str | None, named: str | None, *, html: bool = False) -> str:
    """The name of the format to answer in.

    :param types: format to media type, the preferred first
    :param accept: the header
    :param named: what the client names outright: a format, what others call it, or media types
    :param html: whether there is a page, which is then named `html`
    :raises UnknownName: where the named format is none of them
    :raises NotAcceptable: where the client accepts none

    >>> chosen_format(GRAPH_TYPES, None, "rdf+xml"), chosen_format(RESULT_TYPES, "Text/CSV", None)
    ('rdfxml', 'csv')
    """
    offered = {**types, "html": HTML} if html else dict(types)
    by_type = {media_type: name for name, media_type in offered.items()}
    by_type = {media: name for media, name in _ALSO_KNOWN_AS.items() if name in types} | by_type
    if named and "/" not in named:
        name = named.strip().lower()
        for found in (name, _OTHER_NAMES.get(name)):
            if found in offered:
                return found
        raise UnknownName("format", named, [], list(offered))
    # The library takes the last of equals, so the preferred comes last.
    others = (media for media in _ALSO_KNOWN_AS if media in by_type and media not in offered.values())
    preference = [*others, *reversed(offered.values())]
    try:
        best = mimeparse.best_match(preference, (named or accept or "*/*").lower())
    except mimeparse.MimeTypeParseException:
        best = ""
    if not best and named:
        raise UnknownName("format", named, [], list(offered))
    if not best:
        raise NotAcceptable(f"none of the accepted types is offered; offered are {', '.join(by_type)}")
    return by_type[best]


def without_mark(named: str | None) -> tuple[str | None, bool]:
    """A format that a client names, and whether it wants a byte order mark before it, as Excel does before a CSV.

    :raises BadInput: for a mark before something else

    >>> without_mark("csv;bom"), without_mark("tsv")
    (('csv', True), ('tsv', False))
    """
    name, _, option = (named or "").partition(";")
    if option.strip().lower() != "bom":
        return named, False
    if name.strip().lower() not in ("csv", "text/csv"):
        raise BadInput(f"only CSV has a byte order mark: csv;bom, not {named}")
    return name.strip(), True


def disposition(stem: str, format_name: str, published: datetime) -> str:
    """The header that names a download: what it is, the day of the release that it is from, and an ending.

    A browser saves tables and shows the rest.

    :param stem: what the download is, in any spelling
    :param format_name: as chosen for the answer
    :param published: when the release was published

    >>> disposition("conditions", "csv", datetime(2026, 11, 28))
    'attachment; filename="ivig-conditions-2026-11-28.csv"'
    """
    safe = re.sub("[^a-z0-9]+", "-", normal(stem))[:_LONGEST_NAME].strip("-")
    how = "attachment" if format_name in ("csv", "tsv", "xlsx") else "inline"
    ending = ENDINGS.get(format_name, format_name)
    return f'{how}; filename="ivig-{safe}-{published:%Y-%m-%d}.{ending}"'


def content_type(media_type: str) -> str:
    """The media type with its charset, as the header has it."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
