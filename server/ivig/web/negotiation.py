"""Which format an answer has: what the client names outright, else what it accepts best."""

from __future__ import annotations

from collections.abc import Mapping

import mimeparse

from ivig.errors import UnknownName
from ivig.web.problems import NotAcceptable

HTML = "text/html"

RESULT_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ndjson": "application/x-ndjson",
}
"""Formats of rows, the preferred first."""

GRAPH_TYPES = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Formats of triples, the preferred first."""

_ALSO_KNOWN_AS = {"application/json": "json", "application/xml": "xml", "text/xml": "xml"}


def chosen_format(types: Mapping[str, str], accept: str | None, named: str | None, *, html: bool = False) -> str:
    """The name of the format to answer in.

    types: format to media type, the preferred first; accept: the header; named: what the client names outright; html:
    whether there is a page, which is then named `html`.
    Raises UnknownName where the named format is none of them, NotAcceptable where the client accepts none.
    """
    offered = {**types, "html": HTML} if html else dict(types)
    if named:
        if named not in offered:
            raise UnknownName("format", named, list(offered))
        return named
    by_type = {media_type: name for name, media_type in offered.items()}
    by_type.update({media: name for media, name in _ALSO_KNOWN_AS.items() if name in types})
    # The library takes the last of equals, so the preferred comes last.
    preference = [*(media for media in _ALSO_KNOWN_AS if media in by_type), *reversed(offered.values())]
    try:
        best = mimeparse.best_match(preference, accept or "*/*")
    except mimeparse.MimeTypeParseException:
        best = ""
    if not best:
        raise NotAcceptable(f"none of the accepted types is offered; offered are {', '.join(by_type)}")
    return by_type[best]


def content_type(media_type: str) -> str:
    """The media type with its charset, as the header has it."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
