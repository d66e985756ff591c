"""`ivig remove`."""

from __future__ import annotations

from typing import Annotated

import typer

from ivig.cli.options import GraphOption
from ivig.errors import BadInput


def remove(
    ids: Annotated[list[str], typer.Argument(help="Statements, by the ids of their records or by their IRIs.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go and write nothing.")] = False,
    graph: GraphOption = None,
) -> None:
    """Take statements out of the graph's files, with what only they used.

    Effects, regimens, pages, citations and studies go with the last statement that leads to them; conditions, outcomes
    and the like stay.

    Example: ivig remove neurom-016 --dry-run
    """
    from ivig.curate.store import remove_statements
    from ivig.graph_files import graph_files

    source = graph_files(graph)
    if source.packaged and not dry_run:
        raise BadInput("the graph of an installed package is not to be changed: name a folder of your own with --graph")
    gone, names = remove_statements(source, ids, dry_run=dry_run)
    would = "would be " if dry_run else ""
    for path in gone:
        print(f"{path} {would}removed")
    for name in names:
        print(f"{name} {would}written")
