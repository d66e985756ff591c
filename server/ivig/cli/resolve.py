"""`ivig resolve`."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import IvigError

if TYPE_CHECKING:
    from ivig.query.resolve import Meaning


class MeaningFormat(StrEnum):
    """Formats of what identifiers mean."""

    table = "table"
    csv = "csv"
    json = "json"


def resolve(
    identifiers: Annotated[
        list[str],
        typer.Argument(help="CURIEs or addresses in any usual spelling, PMIDs, DOIs.", show_default=False),
    ],
    format: Annotated[
        MeaningFormat, typer.Option("--format", "-f", help="A table, CSV, or JSON with every statement.")
    ] = MeaningFormat.table,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Say what identifiers of other collections mean here, and how exactly.

    Ends with 2 where one of them means nothing; what the others mean is said all the same.

    Example: ivig resolve MONDO:0016218 ORPHA:2103 https://doi.org/10.1007/s10067-004-0959-7
    """
    from ivig.cli.opened import opened
    from ivig.query.resolve import meanings

    source = opened(graph, releases)
    found, failed = list["Meaning"](), False
    for typed in identifiers:
        try:
            found += meanings(source, typed)
        except IvigError as error:
            print(f"ivig: {error}", file=sys.stderr)
            failed = True
    _write(found, format)
    if failed:
        raise typer.Exit(2)


def _write(found: list[Meaning], format: MeaningFormat) -> None:
    if format is MeaningFormat.json:
        print(json.dumps([meaning._asdict() for meaning in found], ensure_ascii=False, indent=2))
        return
    rows = [{**meaning._asdict(), "statements": len(meaning.statements)} for meaning in found]
    if not rows:
        return
    if format is MeaningFormat.csv:
        table = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        return
    from ivig.cli.table import print_table

    print_table(list(rows[0]), rows, ["identifier", "thing", "kind", "predicate", "statements"], more_by="--format csv")
