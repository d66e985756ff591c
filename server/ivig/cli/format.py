"""`ivig format`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphOption


def format(
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
    from ivig.graph_files import graph_files
    from ivig.io.canonical import format_file

    source = graph_files(graph)
    paths = files or [*source.data, source.folder / "ontology" / "vocabulary.ttl"]
    changed = [path for path in paths if format_file(path, check=check)]
    for path in changed:
        print(f"{source.name(path)}: {'not in canonical order' if check else 'brought into canonical order'}")
    if check and changed:
        raise typer.Exit(1)
