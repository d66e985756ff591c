"""`ivig search`."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import BadInput, NotThere


class HitFormat(StrEnum):
    """Formats of what a search finds."""

    table = "table"
    csv = "csv"
    json = "json"


def search(
    text: Annotated[list[str], typer.Argument(help="Words; a phrase between quotation marks.", show_default=False)],
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only such things: condition, mechanism, citation, statement …", metavar="KIND"),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many at most.", min=1, max=1000)] = 20,
    format: Annotated[HitFormat, typer.Option("--format", "-f", help="How to write what is found.")] = HitFormat.table,
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
    if not hits and format is not HitFormat.json:
        raise NotThere(f'nothing here is called "{wanted}" or tells of it')
    if format is HitFormat.json:
        print(json.dumps([hit.as_dict() for hit in hits], ensure_ascii=False, indent=2))
        return
    rows = [hit.as_dict() for hit in hits]
    if format is HitFormat.csv:
        table = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        return
    from ivig.cli.table import print_table

    print_table(list(rows[0]), [{**row} for row in rows], ["kind", "label", "excerpt"], more_by="--format csv")
