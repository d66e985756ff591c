"""The saved queries as examples: each with names that it has an answer for, those left out that do not run here."""

from __future__ import annotations

from itertools import chain, islice, product
from typing import NamedTuple
from urllib.parse import urlsplit

from ivig.errors import BadInput
from ivig.query import Graph, SavedQuery
from ivig.query.examples import EXAMPLES
from ivig.web.settings import Settings

_TRIES = 40
"""Names that are tried until a query has an answer."""


class Example(NamedTuple):
    """A saved query, and its text with all that it requires."""

    query: SavedQuery
    text: str


def examples(graph: Graph, settings: Settings) -> list[Example]:
    """An example of each saved query that has an answer on this server.

    One that calls another server is an example where that server may be called; whether it answers is up to it.
    """
    found = (_example(graph, graph.queries[name], settings) for name in graph.queries)
    return [example for example in found if example is not None]


def _example(graph: Graph, query: SavedQuery, settings: Settings) -> Example | None:
    if query.service and urlsplit(query.service).netloc.lower() not in settings.hosts:
        return None
    required = [parameter for parameter in query.parameters if parameter.required]
    candidates = (chain([EXAMPLES[parameter.kind]], graph.names.labels(parameter.kind)) for parameter in required)
    for names in islice(product(*(islice(some, _TRIES) for some in candidates)), _TRIES):
        values = {parameter.name: name for parameter, name in zip(required, names, strict=True)}
        try:
            text = query.bind(values, graph.names)
            if query.service or next(graph.solutions(query.name, values), None) is not None:
                return Example(query, text)
        except BadInput:
            # Not in this graph, or not linked to what the other server knows.
            continue
    return None
