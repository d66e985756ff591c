"""Writing the result of any SPARQL query to the terminal or a pipe."""

from __future__ import annotations

import sys

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, serialize

from ivig.ask.engine import Result
from ivig.ask.results import columns, rows, serialize_results
from ivig.errors import UnknownName
from ivig.namespaces import PREFIXES

_GRAPH_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_RESULT_FORMATS = ("table", "json", "csv", "tsv", "xml", "ndjson")


def write_result(result: Result, format_name: str | None) -> None:
    """Write a result to standard output.

    format_name: one that fits the kind of result; None takes a table, a plain yes or no, or Turtle.
    Raises UnknownName with the formats that fit.
    """
    if isinstance(result, QueryTriples):
        rdf_format = _GRAPH_FORMATS.get(format_name or "turtle")
        if rdf_format is None:
            raise UnknownName("format of a graph", str(format_name), list(_GRAPH_FORMATS))
        prefixes = PREFIXES if rdf_format in (RdfFormat.TURTLE, RdfFormat.RDF_XML) else None
        serialize(result, output=sys.stdout.buffer, format=rdf_format, prefixes=prefixes)
        return
    if format_name is not None and format_name not in _RESULT_FORMATS:
        raise UnknownName("format of a result", format_name, list(_RESULT_FORMATS))
    if isinstance(result, QueryBoolean) and format_name in (None, "table"):
        print("true" if result else "false")
    elif isinstance(result, QuerySolutions) and format_name in (None, "table"):
        from ivig.cli.terminal import print_table

        names = columns(result)
        print_table(names, list(rows(result)), names)
    else:
        sys.stdout.buffer.write(serialize_results(result, format_name or "json"))
