"""`ivig sparql`: any query, its result written as the terminal or a pipe wants it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import QueryBoolean, QueryTriples

from ivig.cli.options import EngineOption, GraphOption, OutputOption, ReleasesOption, endpoint_of, write_output
from ivig.errors import BadInput, UnknownName
from ivig.io.text import read_text
from ivig.query import results
from ivig.query.engine import Result
from ivig.query.results import RDF_FORMATS, W3C_FORMATS

_ENDINGS = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml", "json": "records", "srj": "json", "srx": "xml"}
"""What files end in whose format is called otherwise."""


def sparql(
    query: Annotated[str | None, typer.Argument(help="The query; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Read the query from a file.")] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="table, json, csv, tsv, xml, ndjson, records; turtle, ntriples, rdfxml, jsonld. By the ending of the "
            "file, else a table, or Turtle.",
        ),
    ] = None,
    output: OutputOption = None,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
    engine: EngineOption = None,
) -> None:
    """Ask in SPARQL. The prefixes ivig, rdf, rdfs, owl, xsd, skos and dcterms need no declaration.

    Example: ivig sparql 'SELECT ?s { ?s a ivig:Condition } LIMIT 5'
    """
    from ivig.cli.opened import opened

    if (query is None) == (file is None):
        raise BadInput("give a query, or a file with --file, and not both")
    if file is not None:
        query = read_text(file)
    elif query == "-":
        query = sys.stdin.read()
    asked = opened(graph, releases, endpoint_of(engine))
    ending = output.suffix[1:].lower() if output and format is None else ""
    write_result(asked.engine.ask(query or ""), format or _ENDINGS.get(ending, ending) or None, output)


def write_result(result: Result, format_name: str | None, output: Path | None) -> None:
    """Write a result to a file or to standard output.

    :param format_name: one that fits the kind of result; None takes a table, a plain yes or no, or Turtle
    :raises UnknownName: with the formats that fit
    """
    triples = isinstance(result, QueryTriples)
    formats = list(RDF_FORMATS) if triples else ["table", *W3C_FORMATS, "ndjson", "records"]
    if format_name is None:
        format_name = "turtle" if triples else "table" if output is None else "csv"
    if format_name not in formats:
        raise UnknownName(f"format of a {'graph' if triples else 'result'}", format_name, [], formats)
    if format_name != "table":
        write_output(output, lambda out: results.write_result(result, format_name, out))
    elif output is not None:
        raise BadInput("a table is for the terminal: take csv or records for a file")
    elif isinstance(result, QueryBoolean):
        print("true" if result else "false")
    elif not isinstance(result, QueryTriples):
        from ivig.cli.table import print_table

        names = results.columns(result)
        print_table(names, list(results.rows(result)), names, more_by="--format csv")
