"""`ivig sparql`: any query, its result written as the terminal or a pipe wants it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, serialize

from ivig.ask.engine import Result
from ivig.ask.results import columns, result_bytes, rows
from ivig.cli.options import GraphOption, ReleasesOption, ServiceHostsOption
from ivig.errors import BadInput, NotThere, UnknownName
from ivig.namespaces import PREFIXES

_GRAPH_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_RESULT_FORMATS = ("table", "json", "csv", "tsv", "xml", "ndjson")


def sparql(
    query: Annotated[str | None, typer.Argument(help="The query; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from a file.")] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", help="table, json, csv, tsv, xml, ndjson; turtle, ntriples, rdfxml, jsonld."),
    ] = None,
    service_hosts: ServiceHostsOption = None,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Ask in SPARQL.

    Example: ivig sparql 'SELECT ?s { ?s a <https://w3id.org/ivig/ontology#Condition> } LIMIT 5'
    """
    from ivig.cli.opened import calling, opened

    if (query is None) == (file is None):
        raise BadInput("give a query, or a file with --file, and not both")
    if file is not None:
        try:
            query = file.read_text(encoding="utf-8")
        except OSError as error:
            raise NotThere(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BadInput(f"{file}: not UTF-8 at byte {error.start}") from error
    elif query == "-":
        query = sys.stdin.read()
    asked = opened(graph, releases)
    with calling(asked, service_hosts):
        write_result(asked.engine.ask(query or ""), format)


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
        from ivig.cli.table import print_table

        names = columns(result)
        print_table(names, list(rows(result)), names, more_by="--format csv")
    else:
        sys.stdout.buffer.write(result_bytes(result, format_name or "json"))
