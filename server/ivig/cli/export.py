"""`ivig export`."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from ivig.cli.options import GraphOption, OutputOption, ReleasesOption, add_options, write_output
from ivig.errors import BadInput
from ivig.export.formats import BIBLIOGRAPHIES, FORMATS, format_of
from ivig.export.selection import CRITERIA, Selection, took
from ivig.io.text import read_text

_BIBLIOGRAPHY_BY_ENDING = {".bib": "bibtex", ".ris": "ris"}
"""Endings that only a bibliography has."""


def export(
    *,
    query: Annotated[str | None, typer.Option(help="What a saved query gives.", metavar="NAME")] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(help="A parameter of the saved query.", metavar="NAME=VALUE", show_default=False),
    ] = None,
    sparql: Annotated[
        Path | None, typer.Option(help="What the SELECT or CONSTRUCT query in this file gives.", metavar="FILE")
    ] = None,
    depth: Annotated[int, typer.Option(help="Steps to go on to what else is said of the same things.")] = 0,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help=f"How to write it; by the ending of the file, else turtle. One of {', '.join(FORMATS)}.",
            metavar="FORMAT",
            click_type=click.Choice([*FORMATS]),
            show_default=False,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="RDF in the terms of another ontology: pico or sepio.", metavar="NAME"),
    ] = None,
    output: OutputOption = None,
    citations: Annotated[
        str | None,
        typer.Option(
            "--citations",
            help="The publications instead, as do the endings .bib and .ris.",
            click_type=click.Choice([*BIBLIOGRAPHIES]),
        ),
    ] = None,
    package: Annotated[
        Path | None,
        typer.Option(help="A package to check and to cite: an RO-Crate, as a folder or a ZIP.", metavar="DIR|ZIP"),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", help="A spreadsheet of the records, to correct and to import.", metavar="XLSX"),
    ] = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="What the graph is and holds, in DCAT and VoID, instead.")
    ] = False,
    asserted: Annotated[bool, typer.Option("--asserted", help="Leave out what was inferred.")] = False,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
    **criteria: list[str] | None,
) -> None:
    """Write the graph, or a subgraph of it, with everything it mentions.

    Values of one option are alternatives, different options must all hold.

    Example: ivig export --condition "Kawasaki disease" -o kawasaki.csv
    """
    from ivig.cli.opened import opened
    from ivig.export import Exporter

    named: dict[str, Any] = {name: tuple(values or ()) for name, values in criteria.items()}
    selection = Selection(
        **named, query=query, parameters=_parameters(parameter or []), sparql=_text(sparql), depth=depth
    )
    others = citations is not None or package is not None or template is not None or describe
    if format is None and not others and output is not None:
        citations = _BIBLIOGRAPHY_BY_ENDING.get(output.suffix.lower())
    whole = {"--package": package, "--template": template, "--describe": describe or None}
    _one_of({"--citations": citations, **whole})
    _one_of({"--template": template, "--output": output})
    _one_of({"--template": template, "--format": format})
    _one_of({"--citations": citations, "--describe": describe or None, "--format": format})
    _one_of({"--package": package, "--output": output})
    _one_of({"--profile": profile, "--citations": citations, **whole})
    exporter = Exporter(opened(graph, releases))
    for line in took(exporter.graph, selection):
        print(f"ivig: {line}", file=sys.stderr)
    inferred = not asserted
    if citations is not None:
        from ivig.export.bibliography import bibliography
        from ivig.query.wording import counted

        among = exporter.subgraph(selection, inferred=inferred).members if selection else None
        written = bibliography(exporter.graph, citations, among)
        write_output(output, lambda out: out.write(written.text.encode()))
        if written.left_out:
            left_out = counted(written.left_out, "publication")
            print(f"left out, with neither title nor identifier: {left_out}", file=sys.stderr)
    elif describe:
        from pyoxigraph import RdfFormat, serialize

        from ivig.export.description import DESCRIPTION_PREFIXES, description

        if selection:
            raise BadInput("--describe is on the whole graph: leave the selection out")
        said, prefixes = description(exporter.graph), DESCRIPTION_PREFIXES
        write_output(output, lambda out: serialize(said, output=out, format=RdfFormat.TURTLE, prefixes=prefixes))
    elif template is not None:
        _write_records(template, exporter.subgraph(selection, inferred=inferred).statements, graph)
    elif package is not None:
        from ivig.export.crate import write_package

        write_package(exporter, selection, format or "turtle", package, inferred=inferred)
    else:
        name = format or format_of(output.name if output else "").name
        if output is None and sys.stdout.isatty() and FORMATS[name].is_binary:
            raise BadInput(f"{name} is no text: name a file with --output")
        write_output(output, lambda out: exporter.write(selection, name, out, inferred=inferred, profile=profile))


add_options(
    export,
    {
        name: Annotated[list[str] | None, typer.Option(help=note, metavar="NAME", show_default=False)]
        for name, note in CRITERIA.items()
    },
)


def _write_records(path: Path, statements: Collection[str], graph: Path | None) -> None:
    """Write statements as the records that they were made from.

    :raises BadInput: where none of them was made from one
    """
    from ivig.cli.template import write
    from ivig.curate.extraction import record_rows
    from ivig.curate.store import Store
    from ivig.graph_files import graph_files
    from ivig.query.wording import counted

    rows, by_hand = record_rows(Store(graph_files(graph)), statements)
    if not rows:
        raise BadInput("none of these statements was made from a record: edit them in data/")
    write(path, rows, graph)
    print(f"{counted(sum(map(len, rows.values())), 'record')} on {', '.join(rows)}")
    if by_hand:
        left_out = counted(len(by_hand), "statement")
        print(f"left out, since no record holds them: {left_out}; edit them in data/", file=sys.stderr)


def _one_of(given: dict[str, object]) -> None:
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise BadInput(f"{' and '.join(names)} are different things: give one")


def _parameters(given: list[str]) -> dict[str, str]:
    parameters = {}
    for one in given:
        name, is_there, value = one.partition("=")
        if not is_there or name in parameters:
            raise BadInput(f"a parameter reads NAME=VALUE and is given once, not {one}")
        parameters[name] = value
    return parameters


def _text(file: Path | None) -> str | None:
    return None if file is None else read_text(file)
