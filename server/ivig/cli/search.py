"""`ivig search`."""

from __future__ import annotations

from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.cli.rows import RowFormat, write_rows
from ivig.errors import BadInput, NotThere


def search(
    text: Annotated[list[str], typer.Argument(help="Words; a phrase between quotation marks.", show_default=False)],
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only such things: condition, mechanism, citation, statement …", metavar="KIND"),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many at most.", min=1, max=1000)] = 20,
    format: Annotated[RowFormat, typer.Option("--format", "-f", help="How to write what is found.")] = RowFormat.table,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Find things by name, and what was found by its words: findings, populations, titles, authors.

    Names come first, conditions before all else; the words are marked. Ends with 2 where nothing is found.

    Example: ivig search kawasaki resistance
    """
    from ivig.cli.opened import opened

    wanted = " ".join(text)
    if not wanted.strip():
        raise BadInput("give a word to look for")
    source = opened(graph, releases)
    hits = source.search(wanted, kind or None, limit)
    if not hits and format is not RowFormat.json:
        raise NotThere(f'nothing here is called "{wanted}" or tells of it')
    write_rows([hit.as_dict() for hit in hits], format, ["kind", "label", "excerpt"])
