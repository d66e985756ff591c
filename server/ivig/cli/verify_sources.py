"""`ivig verify-sources`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphOption


def verify_sources(
    folder: Annotated[Path, typer.Argument(help="Folder with the source documents.")],
    graph: GraphOption = None,
) -> None:
    """Check every passage against the source documents: is the text still what was read?

    Ends with 1 where a passage differs.

    Example: ivig verify-sources ~/documents
    """
    from ivig.curate.sources import check_passages, stated_passages
    from ivig.graph_files import graph_files
    from ivig.io.turtle import read_turtle

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
