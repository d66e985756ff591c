"""The commands, one or more a room."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphFormat, GraphOption, ReleasesOption
from ivig.cli.query import SavedQueryGroup
from ivig.errors import BadInput, NotThere

app = typer.Typer(
    name="ivig",
    help="The open knowledge graph of the evidence on intravenous immunoglobulin.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(
    typer.Typer(cls=SavedQueryGroup, no_args_is_help=True, rich_markup_mode=None),
    name="query",
    help="Ask a saved question. Example: ivig query evidence-for-condition --condition GBS",
)


@app.command()
def build(graph: GraphOption = None, releases: ReleasesOption = None) -> None:
    """Build a release: read, validate, reason, derive, seal.

    The release that was current stays so unless the build succeeds.

    Example: ivig build --graph my-graph
    """
    from ivig.cli.opened import built
    from ivig.files import graph_files
    from ivig.release import releases_of

    files = graph_files(graph)
    release = built(files, releases_of(files, releases))
    counts = release.manifest["things"]
    print(f"{counts.get('Statement', 0)} statements, {sum(release.manifest['graphs'].values())} triples")
    print(f"release {release.digest}")
    print(f"in {release.folder}")


@app.command()
def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Turtle files to check; the whole graph without any.")
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Check the files without the graph's own data.")] = False,
    graph: GraphOption = None,
) -> None:
    """Check data against the shapes: what is wrong, where, and how to mend it.

    Files are read together with the graph's data, so that they may speak of its things. Ends with 1 where a rule is
    broken.

    Example: ivig validate my-statements.ttl
    """
    from ivig.build import read, validate as violations_of
    from ivig.files import graph_files

    paths = files or []
    if alone and not paths:
        raise BadInput("--alone needs files to check")
    source = graph_files(graph)
    sources = read(source, paths, own_data=not alone)
    found = violations_of(sources)
    if paths:
        names = {source.name(path) for path in paths}
        own = {thing for thing, file in read(source, paths, own_data=False).stands_in.items() if file in names}
        found = [violation for violation in found if violation.thing in own]
    for violation in found:
        print(violation)
    if found:
        print(f"{len(found)} rule{'s' * (len(found) != 1)} broken", file=sys.stderr)
        raise typer.Exit(1)
    print(f"all shapes hold: {len(sources.data)} triples of data", file=sys.stderr)


@app.command()
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
    from ivig.cli.sparql import write_result

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
    write_result(opened(graph, releases).engine.ask(query or ""), format)


@app.command()
def export(
    condition: Annotated[
        str | None, typer.Option("--condition", help="One condition and its narrower ones; everything without it.")
    ] = None,
    format: Annotated[
        GraphFormat, typer.Option("--format", "-f", help="Turtle, or N-Quads with graphs.")
    ] = GraphFormat.turtle,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output without it.")
    ] = None,
    asserted: Annotated[bool, typer.Option("--asserted", help="Leave out what was inferred.")] = False,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Take the graph away, or the part that belongs to one condition, with everything it mentions.

    Example: ivig export --condition "Kawasaki disease" -o kawasaki.ttl
    """
    from ivig.cli.opened import opened
    from ivig.export import serialize_quads, subgraph, whole

    source = opened(graph, releases)
    quads = subgraph(source, condition, inferred=not asserted) if condition else whole(source, inferred=not asserted)
    if output is None:
        serialize_quads(quads, format.value, sys.stdout.buffer)
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            serialize_quads(quads, format.value, file)
        draft.replace(output)
    except OSError as error:
        raise NotThere(f"{output}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="IVIG_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="IVIG_PORT", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Serve the graph over HTTP: SPARQL endpoint, saved queries, a page for every thing.

    Example: ivig serve --port 8080
    """
    from ivig.cli.opened import opened
    from ivig.serve import run

    run(opened(graph, releases), host, port)


@app.command("format")
def format_(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Turtle files; the graph's data and vocabularies without any.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is not in canonical order, and end with 1.")
    ] = False,
    graph: GraphOption = None,
) -> None:
    """Bring data files into canonical order, so that a change can be read as prose.

    Example: ivig format --check
    """
    from ivig.curate import format_file
    from ivig.files import graph_files

    source = graph_files(graph)
    paths = files or [*source.data, source.folder / "ontology" / "vocabulary.ttl"]
    changed = [path for path in paths if format_file(path, check=check)]
    for path in changed:
        print(f"{source.name(path)}: {'not in canonical order' if check else 'brought into canonical order'}")
    if check and changed:
        raise typer.Exit(1)


@app.command("verify-sources")
def verify_sources(
    folder: Annotated[Path, typer.Argument(help="Folder with the source documents.")],
    graph: GraphOption = None,
) -> None:
    """Check every passage against the source documents: is the text still what was read?

    Ends with 1 where a passage differs.

    Example: ivig verify-sources ~/documents
    """
    from ivig.curate import check_passages, stated_passages
    from ivig.files import graph_files
    from ivig.turtle import read_turtle

    source = graph_files(graph)
    triples = [triple for path in source.data for triple in read_turtle(path, source.name(path))]
    checks = list(check_passages(stated_passages(triples), folder))
    for check in checks:
        if check.problem:
            print(f"{check.passage.source} {check.passage.number}: {check.problem}")
    good = sum(not check.problem for check in checks)
    print(f"{good} of {len(checks)} passages stand unchanged")
    if good < len(checks):
        raise typer.Exit(1)
