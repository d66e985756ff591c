"""`ivig sparql`: any query, its result written as the terminal or a pipe wants it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import QueryBoolean, QueryTriples

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import BadInput, UnknownName
from ivig.io.text import read_text
from ivig.query import results
from ivig.query.engine import Result
from ivig.query.results import RDF_FORMATS, W3C_FORMATS


def sparql(
    query: Annotated[str | None, typer.Argument(help="The query; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from a file.")] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", help="table, json, csv, tsv, xml, ndjson; turtle, ntriples, rdfxml, jsonld."),
    ] = None,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Ask in SPARQL.

    Example: ivig sparql 'SELECT ?s { ?s a <https://w3id.org/ivig/ontology#Condition> } LIMIT 5'
    """
    from ivig.cli.opened import opened

    if (query is None) == (file is None):
        raise BadInput("give a query, or a file with --file, and not both")
    if file is not None:
        query = read_text(file)
    elif query == "-":
        query = sys.stdin.read()
    asked = opened(graph, releases)
    write_result(asked.engine.ask(query or ""), format)


def write_result(result: Result, format_name: str | None) -> None:
    """Write a result to standard output.

    format_name: one that fits the kind of result; None takes a table, a plain yes or no, or Turtle.
    Raises UnknownName with the formats that fit.
    """
    triples = isinstance(result, QueryTriples)
    formats = list(RDF_FORMATS) if triples else ["table", *W3C_FORMATS, "ndjson"]
    if format_name is not None and format_name not in formats:
        raise UnknownName(f"format of a {'graph' if triples else 'result'}", format_name, formats)
    if format_name not in (None, "table"):
        results.write_result(result, str(format_name), sys.stdout.buffer)
    elif isinstance(result, QueryTriples):
        results.write_result(result, "turtle", sys.stdout.buffer)
    elif isinstance(result, QueryBoolean):
        print("true" if result else "false")
    else:
        from ivig.cli.table import print_table

        names = results.columns(result)
        print_table(names, list(results.rows(result)), names, more_by="--format csv")
