"""`ivig validate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphOption
from ivig.errors import BadInput

ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE.ttl", help="Write a sh:ValidationReport in Turtle.", show_default=False),
]
# Not by the environment: who checks files must not check something else because a server is to ask an engine.
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", metavar="URL", help="Check what this SPARQL endpoint holds.", show_default=False),
]
ReferenceOption = Annotated[bool, typer.Option("--reference", help="By the reference engine, pyshacl.")]

_SECONDS = 600.0
"""That an engine may take for one part of its graph."""


def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Turtle files to check; the whole graph without any.")
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Check the files without the graph's own data.")] = False,
    report: ReportOption = None,
    reference: ReferenceOption = False,
    engine: EngineOption = None,
    graph: GraphOption = None,
) -> None:
    """Check data against the shapes: what is wrong, where, and how to mend it.

    Files are read together with the graph's data, so that they may speak of its things. Without files, orphans are
    named too: effects, regimens, pages and studies that no statement leads to. Ends with 1 where a rule is broken.
    With --engine, the release that is current there is read from it and checked against the shapes that are here.

    Example: ivig validate my-statements.ttl
    """
    from ivig.build.sources import read
    from ivig.build.validation import validate as violations_of, write_report
    from ivig.cli.options import endpoint_of
    from ivig.cli.terminal import counting
    from ivig.curate.store import orphans
    from ivig.graph_files import graph_files
    from ivig.namespaces import BASE

    paths = files or []
    if alone and not paths:
        raise BadInput("--alone needs files to check")
    source = graph_files(graph)
    if endpoint := endpoint_of(engine, _SECONDS):
        if paths:
            raise BadInput("give files to check, or --engine")
        from ivig.query.remote.sources import sources_in

        with counting(f"reading from {endpoint.url}", shown=""):
            sources = sources_in(endpoint, source)
    else:
        sources = read(source, paths, own_data=not alone)
    with counting("validating", shown=""):
        found = violations_of(sources, reference=reference)
    if paths:
        names = {source.name(path) for path in paths}
        own = {thing for thing, file in read(source, paths, own_data=False).stands_in.items() if file in names}
        found = [violation for violation in found if violation.thing in own]
    if report is not None:
        write_report(found, report)
    for violation in found:
        print(violation)
    left = [] if paths else orphans(source, sources.data)
    for iri in left:
        file, path = sources.stands_in.get(iri, ""), iri.removeprefix(BASE)
        place = f"{file}: " if file else ""
        print(f"{place}<{path}> No statement leads to it: take it out, or say what it belongs to. [Orphan]")
    found_at_all = len(found) + len(left)
    if found_at_all:
        print(f"{found_at_all} rule{'s' * (found_at_all != 1)} broken", file=sys.stderr)
        raise typer.Exit(1)
    print(f"all shapes hold: {len(sources.data)} triples of data", file=sys.stderr)
